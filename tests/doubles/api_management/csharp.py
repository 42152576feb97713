"""The part of C# that policy expressions use: parsed, and evaluated over plain objects.

An object shows its members by `cs_member(name)`. What is not understood raises `CSharpError`, so that an expression
which the real compiler would refuse does not pass for false.
"""

import json
import operator
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Protocol, cast, runtime_checkable

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*")|(?P<char>'[^'\\]')|(?P<number>\d+)|(?P<name>[A-Za-z_]\w*)"""
    r"""|(?P<mark>\|\||&&|==|!=|<=|>=|\?\?|\?\.|[-+!?:.,()\[\]{}<>]))"""
)
_CASTS = frozenset({"string", "bool", "object", "Jwt"})
_LEVELS: tuple[tuple[str, ...], ...] = (("||",), ("&&",), ("==", "!="), ("<", ">", "<=", ">="), ("+",))
_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}

Scope = Mapping[str, Any]
Node = Callable[[Scope], Any]


class CSharpError(Exception):
    """An expression is none, or failed as it would in the gateway."""


@runtime_checkable
class HasMembers(Protocol):
    """An object that expressions may look into."""

    def cs_member(self, name: str) -> Any:
        """Return a property, or a function for a method."""
        ...


class JObject(dict[str, Any]):
    """A JSON object of Newtonsoft's."""


def evaluate(expression: str, scope: Scope) -> Any:
    """Return the value of `@(…)`."""
    return _parsed(expression[2:-1])(scope)


@cache
def _parsed(source: str) -> Node:
    parser = _Parser(source)
    node = parser.conditional()
    parser.require_end()
    return node


class _Parser:
    """Recursive descent, one method a level of precedence."""

    def __init__(self, source: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(source.rstrip()):
            found = _TOKEN.match(source, at)
            if found is None:
                raise CSharpError(f"cannot read {source[at:]!r}")
            kind = str(found.lastgroup)
            self._tokens.append((kind, found[kind]))
            at = found.end()
        self._at = 0

    def require_end(self) -> None:
        if self._at != len(self._tokens):
            raise CSharpError(f"unexpected {self._tokens[self._at][1]!r}")

    def conditional(self) -> Node:
        condition = self._coalesced()
        if not self._take("?"):
            return condition
        first = self.conditional()
        self._need(":")
        second = self.conditional()
        return lambda scope: first(scope) if _truth(condition(scope)) else second(scope)

    def _coalesced(self) -> Node:
        left = self._binary(0)
        if not self._take("??"):
            return left
        right = self._coalesced()

        def value(scope: Scope) -> Any:
            found = left(scope)
            return right(scope) if found is None else found

        return value

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while (mark := self._peek()) in _LEVELS[level]:
            self._at += 1
            left = _joined(mark, left, self._binary(level + 1))
        return left

    def _unary(self) -> Node:
        if self._take("!"):
            operand = self._unary()
            return lambda scope: not _truth(operand(scope))
        if self._peek() == "(" and self._peek(1) in _CASTS and self._peek(2) == ")":
            kind = self._peek(1)
            self._at += 3
            operand = self._unary()
            return lambda scope: _cast(kind, operand(scope))
        return self._postfix(self._primary())

    def _postfix(self, node: Node) -> Node:
        while True:
            if self._take("?."):
                node = _member(node, self._name(), is_lenient=True)
            elif self._take("."):
                node = _member(node, self._name(), is_lenient=False)
            elif self._peek() == "<" and self._peek(2) == ">" and self._peek(3) == "(":
                self._at += 3
            elif self._take("("):
                node = _called(node, self._list(")"))
            elif self._take("["):
                (key,) = self._list("]")
                node = _indexed(node, key)
            else:
                return node

    def _primary(self) -> Node:
        if self._take("("):
            inner = self.conditional()
            self._need(")")
            return inner
        if self._at == len(self._tokens):
            raise CSharpError("the expression ends too early")
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind in {"text", "char"}:
            return lambda _: text[1:-1]
        if kind == "number":
            return lambda _: int(text)
        if text == "new":
            return self._new()
        if text in {"true", "false", "null"}:
            return lambda _: {"true": True, "false": False}.get(text)
        if kind == "name":
            return lambda scope: _known(scope, text)
        raise CSharpError(f"unexpected {text!r}")

    def _new(self) -> Node:
        if self._take("["):
            self._need("]")
            self._need("{")
            items = self._list("}")
            return lambda scope: [item(scope) for item in items]
        kind = self._name()
        self._need("(")
        arguments = self._list(")")
        if kind == "JProperty":
            name, content = arguments
            return lambda scope: (name(scope), content(scope))
        if kind == "JObject":
            return lambda scope: JObject(argument(scope) for argument in arguments)
        raise CSharpError(f"there is no type {kind}")

    def _list(self, end: str) -> list[Node]:
        items: list[Node] = []
        while not self._take(end):
            if items:
                self._need(",")
            items.append(self.conditional())
        return items

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._tokens[at][1] if at < len(self._tokens) else ""

    def _take(self, mark: str) -> bool:
        is_there = self._peek() == mark
        self._at += is_there
        return is_there

    def _need(self, mark: str) -> None:
        if not self._take(mark):
            raise CSharpError(f"expected {mark!r}, not {self._peek()!r}")

    def _name(self) -> str:
        name = self._peek()
        self._at += 1
        return name


def _joined(mark: str, left: Node, right: Node) -> Node:
    if mark == "||":
        return lambda scope: _truth(left(scope)) or _truth(right(scope))
    if mark == "&&":
        return lambda scope: _truth(left(scope)) and _truth(right(scope))
    if mark == "+":
        return lambda scope: _sum(left(scope), right(scope))
    compare = _OPERATORS[mark]
    return lambda scope: compare(left(scope), right(scope))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CSharpError(f"{value!r} is no bool")
    return value


def _sum(left: Any, right: Any) -> Any:
    return left + right if isinstance(left, int) and isinstance(right, int) else f"{left}{right}"


def _cast(kind: str, value: Any) -> Any:
    fits = {"string": str, "bool": bool}.get(kind)
    if fits is not None and value is not None and not isinstance(value, fits):
        raise CSharpError(f"InvalidCastException: {value!r} is no {kind}")
    return value


def _member(node: Node, name: str, *, is_lenient: bool) -> Node:
    def value(scope: Scope) -> Any:
        found = node(scope)
        if found is None:
            if is_lenient:
                return None
            raise CSharpError(f"NullReferenceException: {name}")
        return member_of(found, name)

    return value


def _called(node: Node, arguments: list[Node]) -> Node:
    return lambda scope: node(scope)(*(argument(scope) for argument in arguments))


def _indexed(node: Node, key: Node) -> Node:
    def value(scope: Scope) -> Any:
        found, name = node(scope), key(scope)
        if isinstance(found, JObject):
            return found.get(name)
        if name not in found:
            raise CSharpError(f"KeyNotFoundException: {name}")
        return found[name]

    return value


def _known(scope: Scope, name: str) -> Any:
    if name not in scope:
        raise CSharpError(f"there is no name {name}")
    return scope[name]


def member_of(value: Any, name: str) -> Any:
    """Return a member of a value: of the platform's own objects, of texts, of arrays, of JSON."""
    if isinstance(value, HasMembers):
        return value.cs_member(name)
    members: dict[str, Any] = {}
    if isinstance(value, JObject):
        members = {"ToString": lambda: json.dumps(value)}
    elif isinstance(value, str):
        members = {"Split": value.split, "ToString": lambda: value}
    elif isinstance(value, int):
        members = {"ToString": lambda: str(value)}
    elif isinstance(value, list):
        members = _array_members(cast("list[Any]", value))
    if name not in members:
        raise CSharpError(f"{type(cast('object', value)).__name__} has no member {name}")
    return members[name]


def _array_members(items: list[Any]) -> dict[str, Any]:
    def common(other: list[Any]) -> list[Any]:
        return [item for item in items if item in other]

    return {"Contains": items.__contains__, "Intersect": common, "Any": lambda: bool(items)}
