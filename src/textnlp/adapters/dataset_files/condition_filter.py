"""Conditions over the columns of a row as expressions of Polars, for many rows at once.

They are written in the language of templates. What is taken is the part of it that means the same for a whole column:
columns, texts, numbers, true, false, none and lists of them; `==` `!=` `<` `<=` `>` `>=`, `in` and `not in`; `and`,
`or`, `not`; `+` `-` `*` `/` of numbers; the filters `length`, `lower`, `upper`, `trim` and `abs`; `is none` and
`is not none`. Nothing that is written becomes a text of another language, so that nothing can be slipped into one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import eq, ge, gt, le, lt, ne
from typing import Any, NoReturn

import polars as pl
from jinja2 import nodes

from textnlp.domain.templates.expression_text import parse_expression, refusal

_FIELD = "where"
_MOST_DEPTH = 24
_MOST_NUMBER = 2**63 - 1
_ORDERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": eq,
    "ne": ne,
    "lt": lt,
    "lteq": le,
    "gt": gt,
    "gteq": ge,
}
_SIGNS: Mapping[type, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    nodes.Add: pl.Expr.__add__,
    nodes.Sub: pl.Expr.__sub__,
    nodes.Mul: pl.Expr.__mul__,
    nodes.Div: pl.Expr.__truediv__,
}


class Kind(StrEnum):
    """What the values of an expression are."""

    TEXT = "text"
    NUMBER = "numbers"
    TRUTH = "true or false"
    NOTHING = "none"
    OTHER = "values that have no order"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typed:
    expression: pl.Expr
    kind: Kind


def condition_filter(text: str, *, columns: Mapping[str, Kind]) -> pl.Expr:
    """Return a filter for the rows that meet a condition over these columns.

    A row without a value meets no comparison with it, whichever way that is turned; `is none` finds it. Raises
    `INVALID_INPUT` for a column that is not there, kinds that do not compare, and what is beyond the part of the
    language that is taken; the field is `where`.
    """
    return _Translation(text, columns).filter()


def kind_of(dtype: pl.DataType) -> Kind:
    """Return what the values of a column are."""
    if dtype == pl.String:
        return Kind.TEXT
    if dtype.is_numeric():
        return Kind.NUMBER
    return Kind.TRUTH if dtype == pl.Boolean else Kind.OTHER


class _Translation:
    """The way from one text to one expression."""

    def __init__(self, text: str, columns: Mapping[str, Kind]) -> None:
        self._text = text
        self._columns = columns
        self._makers: Mapping[type, Callable[[Any, int], _Typed]] = {
            nodes.Name: self._name,
            nodes.Const: self._constant,
            nodes.Compare: self._comparison,
            nodes.And: self._junction,
            nodes.Or: self._junction,
            nodes.Not: self._turned,
            nodes.Neg: self._turned,
            nodes.Filter: self._filtered,
            nodes.Test: self._test,
            **dict.fromkeys(_SIGNS, self._reckoned),
        }

    def filter(self) -> pl.Expr:
        return self._truth(parse_expression(self._text, what=_FIELD), 0)

    def _typed(self, node: nodes.Node, depth: int) -> _Typed:
        if depth > _MOST_DEPTH:
            self._refuse("it is nested too deeply")
        maker = self._makers.get(type(node))
        if maker is None:
            self._refuse(f"{type(node).__name__.lower()} cannot be used in a search")
        return maker(node, depth + 1)

    def _truth(self, node: nodes.Node, depth: int) -> pl.Expr:
        typed = self._typed(node, depth)
        if typed.kind is not Kind.TRUTH:
            self._refuse(f"{typed.kind} is neither true nor false; compare it with something")
        return typed.expression

    def _name(self, node: nodes.Name, _: int) -> _Typed:
        kind = self._columns.get(node.name)
        if kind is None:
            self._refuse(f"there is no column {node.name!r}; there are {', '.join(self._columns)}")
        return _Typed(expression=pl.col(node.name), kind=kind)

    def _constant(self, node: nodes.Const, _: int) -> _Typed:
        value: Any = node.value
        if isinstance(value, bool):
            return _Typed(expression=pl.lit(value), kind=Kind.TRUTH)
        if isinstance(value, (int, float)):
            if not -_MOST_NUMBER <= value <= _MOST_NUMBER:
                self._refuse(f"{value:.3g} is too large" if isinstance(value, float) else "a number is too large")
            return _Typed(expression=pl.lit(value), kind=Kind.NUMBER)
        if isinstance(value, str):
            return _Typed(expression=pl.lit(value), kind=Kind.TEXT)
        return _Typed(expression=pl.lit(None), kind=Kind.NOTHING)

    def _junction(self, node: nodes.And | nodes.Or, depth: int) -> _Typed:
        parts: list[nodes.Node] = []
        rest: nodes.Node = node
        while isinstance(rest, (nodes.And, nodes.Or)) and type(rest) is type(node):
            parts.append(rest.right)
            rest = rest.left
        found = [self._truth(part, depth) for part in (rest, *reversed(parts))]
        joined = pl.all_horizontal(found) if isinstance(node, nodes.And) else pl.any_horizontal(found)
        return _Typed(expression=joined, kind=Kind.TRUTH)

    def _turned(self, node: nodes.Not | nodes.Neg, depth: int) -> _Typed:
        if isinstance(node, nodes.Not):
            return _Typed(expression=~self._truth(node.node, depth), kind=Kind.TRUTH)
        return _Typed(expression=-self._number(node.node, depth), kind=Kind.NUMBER)

    def _reckoned(self, node: nodes.BinExpr, depth: int) -> _Typed:
        left, right = self._number(node.left, depth), self._number(node.right, depth)
        return _Typed(expression=_SIGNS[type(node)](left, right), kind=Kind.NUMBER)

    def _number(self, node: nodes.Node, depth: int) -> pl.Expr:
        typed = self._typed(node, depth)
        if typed.kind is not Kind.NUMBER:
            self._refuse(f"{typed.kind} cannot be reckoned with")
        return typed.expression

    def _comparison(self, node: nodes.Compare, depth: int) -> _Typed:
        left_node: nodes.Node = node.expr
        found: list[pl.Expr] = []
        for operand in node.ops:
            if operand.op in _ORDERS:
                left, right = self._typed(left_node, depth), self._typed(operand.expr, depth)
                found.append(self._ordered(operand.op, left, right))
            else:
                among = self._among(self._typed(left_node, depth), operand.expr, depth)
                found.append(among if operand.op == "in" else ~among)
            left_node = operand.expr
        return _Typed(expression=pl.all_horizontal(found), kind=Kind.TRUTH)

    def _ordered(self, op: str, left: _Typed, right: _Typed) -> pl.Expr:
        if Kind.NOTHING in {left.kind, right.kind} and op in {"eq", "ne"}:
            known = right.expression if left.kind is Kind.NOTHING else left.expression
            return known.is_null() if op == "eq" else known.is_not_null()
        if left.kind is not right.kind or left.kind in {Kind.OTHER, Kind.NOTHING}:
            self._refuse(f"{left.kind} and {right.kind} cannot be compared")
        return _ORDERS[op](left.expression, right.expression)

    def _among(self, left: _Typed, node: nodes.Expr, depth: int) -> pl.Expr:
        if not isinstance(node, (nodes.List, nodes.Tuple)):
            whole = self._typed(node, depth)
            if {left.kind, whole.kind} != {Kind.TEXT}:
                self._refuse("`in` looks for a text in a text, or for a value in a list that is written out")
            return whole.expression.str.contains(left.expression, literal=True)
        items = [self._typed(item, depth) for item in node.items]
        if not items or any(item.kind is not left.kind for item in items) or left.kind is Kind.OTHER:
            self._refuse(f"a list to look for {left.kind} in has to hold {left.kind}")
        return pl.any_horizontal([left.expression == item.expression for item in items])

    def _filtered(self, node: nodes.Filter, depth: int) -> _Typed:
        if node.node is None or node.args or node.kwargs:
            self._refuse(f"the filter {node.name} takes nothing here")
        typed = self._typed(node.node, depth)
        if typed.kind is Kind.NUMBER and node.name == "abs":
            return _Typed(expression=typed.expression.abs(), kind=Kind.NUMBER)
        texts: dict[str, Callable[[], pl.Expr]] = {
            "length": typed.expression.str.len_chars,
            "lower": typed.expression.str.to_lowercase,
            "trim": typed.expression.str.strip_chars,
            "upper": typed.expression.str.to_uppercase,
        }
        if typed.kind is not Kind.TEXT or node.name not in texts:
            self._refuse(f"the filter {node.name} cannot be used for {typed.kind} in a search")
        # The length is counted without a sign, and a difference of such numbers would wrap around.
        kind = Kind.NUMBER if node.name == "length" else Kind.TEXT
        made = texts[node.name]()
        return _Typed(expression=made.cast(pl.Int64) if kind is Kind.NUMBER else made, kind=kind)

    def _test(self, node: nodes.Test, depth: int) -> _Typed:
        if node.name != "none":
            self._refuse(f"the test {node.name} cannot be used in a search")
        return _Typed(expression=self._typed(node.node, depth).expression.is_null(), kind=Kind.TRUTH)

    def _refuse(self, message: str) -> NoReturn:
        raise refusal(self._text, message, what=_FIELD)
