"""The filters of templates: those of Jinja that write prompts, none of which can grow a value without bound."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from jinja2 import filters as stock
from jinja2 import pass_context
from jinja2.exceptions import SecurityError

from textnlp.domain.templates.budget import budget_of

_MAX_INDENT = 100
_MAX_DIGITS = 15

CONCAT, COUNTED, WEIGHED = "(concat)", "(counted)", "(weighed)"
"""Filters that no template can name; the grammar puts them where a value is joined, looped over or compared."""


@pass_context
def _concat(context: Any, *parts: object) -> str:
    budget = budget_of(context)
    texts = [budget.text_of(part) for part in parts]
    budget.require_size(sum(map(len, texts)))
    return "".join(texts)


@pass_context
def _counted(context: Any, members: Any, weight: int) -> Any:
    """Return `members`, each of which costs what the body of their loop does."""
    if isinstance(members, list | tuple | dict | range | str):
        budget_of(context).charge(weight * len(cast("list[object]", members)))
        return cast("object", members)
    return _one_by_one(context, members, weight)


def _one_by_one(context: Any, members: Iterable[object], weight: int) -> Iterator[object]:
    for member in members:
        budget_of(context).charge(weight)
        yield member


@pass_context
def _weighed(context: Any, value: object) -> object:
    budget_of(context).charge_value(value)
    return value


@pass_context
def _string(context: Any, value: object) -> str:
    return budget_of(context).text_of(value)


@pass_context
def _join(context: Any, members: Iterable[object], separator: str = "", attribute: str | None = None) -> str:
    budget = budget_of(context)
    if attribute is not None:
        members = stock.do_map(context, members, attribute=attribute)
    parts: list[str] = []
    size = 0
    for member in members:
        parts.append(budget.text_of(member))
        size += len(parts[-1]) + (len(separator) if len(parts) > 1 else 0)
        if size > budget.max_characters:
            budget.require_size(size)
    return separator.join(parts)


@pass_context
def _replace(context: Any, text: object, old: str, new: str, count: int = -1) -> str:
    budget = budget_of(context)
    whole = budget.text_of(text)
    found = whole.count(old)
    budget.require_size(len(whole) + (found if count < 0 else min(found, count)) * len(new))
    return whole.replace(old, new, count)


@pass_context
def _tojson(context: Any, value: object, indent: int | None = None) -> str:
    budget_of(context).text_of(value)
    return json.dumps(value, ensure_ascii=False, indent=None if indent is None else max(0, min(indent, 8)))


@pass_context
def _indent(context: Any, text: object, width: int = 4, first: bool = False, blank: bool = False) -> str:  # noqa: FBT001, FBT002  as Jinja has it
    budget = budget_of(context)
    whole = budget.text_of(text)
    if not 0 <= width <= _MAX_INDENT:
        raise SecurityError(f"indent takes a width of 0 to {_MAX_INDENT}")
    budget.require_size(len(whole) + (whole.count("\n") + 1) * width)
    return stock.do_indent(whole, width, first, blank)


@pass_context
def _round(context: Any, value: float, precision: int = 0, method: Any = "common") -> float:
    budget_of(context).charge(1)
    if not -_MAX_DIGITS <= precision <= _MAX_DIGITS:
        raise SecurityError(f"round takes a precision of {-_MAX_DIGITS} to {_MAX_DIGITS}")
    return stock.do_round(float(value), precision, method)


def _charged(function: Callable[..., Any], lead: Callable[[Any], tuple[Any, ...]]) -> Callable[..., Any]:
    """Return a filter of Jinja's that pays for what it is given and for what it returns."""

    @pass_context
    def call(context: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget = budget_of(context)
        budget.charge_value(value)
        result = function(*lead(context), value, *args, **kwargs)
        budget.charge_value(result)
        return result

    return call


def _nothing(_: Any) -> tuple[Any, ...]:
    return ()


def _environment(context: Any) -> tuple[Any, ...]:
    return (context.environment,)


def _evaluation(context: Any) -> tuple[Any, ...]:
    return (context.eval_ctx,)


def _whole_context(context: Any) -> tuple[Any, ...]:
    return (context,)


_STOCK: tuple[tuple[Callable[[Any], tuple[Any, ...]], str], ...] = (
    (
        _nothing,
        "abs capitalize count d default dictsort float int items length lower reverse title trim upper wordcount",
    ),
    (_evaluation, "list"),
    (_environment, "first last max min sort truncate unique"),
    (_whole_context, "map reject rejectattr select selectattr"),
)

FILTERS: dict[str, Callable[..., Any]] = {
    **{name: _charged(stock.FILTERS[name], lead) for lead, names in _STOCK for name in names.split()},
    "indent": _indent,
    "join": _join,
    "replace": _replace,
    "round": _round,
    "string": _string,
    "tojson": _tojson,
}
"""Those that a template may name."""

INTERNAL_FILTERS = {CONCAT: _concat, COUNTED: _counted, WEIGHED: _weighed}
