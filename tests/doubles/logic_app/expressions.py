"""Expressions of the workflow definition language: as many of its functions as the workflows of the platform use."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

_TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|(-?\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(\?\[|[\[\](),.]))")
_LITERALS: Mapping[str, Any] = {"true": True, "false": False, "null": None}

Thunk = Callable[[], Any]


class WorkflowExpressionError(Exception):
    """An expression that Logic Apps would refuse, too."""


@dataclass(slots=True)
class Scope:
    """What expressions can see.

    Attributes:
        results: of every action that has ended, by name: `status`, `outputs`, `error` and so on.
        children: names of the actions directly in a scope.
        item: the element that a query looks at.
        now: what the clock of Azure says.
    """

    trigger_body: Any
    parameters: Mapping[str, Any]
    run_name: str
    results: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    children: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    item: Any = None
    now: datetime = datetime(2026, 11, 27, tzinfo=UTC)


def resolve(value: Any, scope: Scope) -> Any:
    """Return a part of a definition with every expression in it evaluated."""
    if isinstance(value, dict):
        return {str(key): resolve(each, scope) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]  JSON
    if isinstance(value, list):
        return [resolve(each, scope) for each in value]  # pyright: ignore[reportUnknownVariableType]  JSON
    if not isinstance(value, str):
        return value
    if value.startswith("@@"):
        return value[1:]
    if value.startswith("@") and not value.startswith("@{"):
        return _evaluated(value[1:], scope)
    return re.sub(r"@\{((?:[^{}']|'(?:[^']|'')*')*)\}", lambda match: _text(_evaluated(match[1], scope)), value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _evaluated(text: str, scope: Scope) -> Any:
    parser = _Parser(text, scope)
    value = parser.expression()
    if parser.rest:
        raise WorkflowExpressionError(f"{text}: nothing is expected before {parser.rest[0]}")
    return value()


class _Parser:
    """Turns tokens into what is evaluated when its value is asked for, so that `if` leaves the other branch alone."""

    def __init__(self, text: str, scope: Scope) -> None:
        self.rest = self._tokens(text)
        self._scope = scope

    def _tokens(self, text: str) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        place = 0
        text = text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None:
                raise WorkflowExpressionError(f"{text}: cannot be read from {text[place:]}")
            place = match.end()
            string, number, name, mark = match.groups()
            if string is not None:
                found.append(("value", string.replace("''", "'")))
            elif number is not None:
                found.append(("value", json.loads(number)))
            else:
                found.append(("name", name) if name is not None else ("mark", mark))
        return found

    def expression(self) -> Thunk:
        kind, value = self._next()
        if kind == "value":
            return lambda: value
        if kind != "name":
            raise WorkflowExpressionError(f"{value} begins no expression")
        if value in _LITERALS:
            return lambda: _LITERALS[value]
        self._expect("(")
        return self._selected(self._call(value))

    def _call(self, name: str) -> Thunk:
        arguments: list[Thunk] = []
        while not self._is_next(")"):
            arguments.append(self.expression())
            if not self._is_next(")"):
                self._expect(",")
        self._expect(")")
        return lambda: _function(name)(self._scope, arguments)

    def _selected(self, value: Thunk) -> Thunk:
        while self._is_next("[") or self._is_next("?["):
            is_safe = self._next()[1] == "?["
            key = self.expression()
            self._expect("]")
            value = _selection(value, key, is_safe=is_safe)
        return value

    def _next(self) -> tuple[str, Any]:
        if not self.rest:
            raise WorkflowExpressionError("the expression ends too early")
        return self.rest.pop(0)

    def _is_next(self, mark: str) -> bool:
        return bool(self.rest) and self.rest[0] == ("mark", mark)

    def _expect(self, mark: str) -> None:
        if self._next() != ("mark", mark):
            raise WorkflowExpressionError(f"{mark} is missing")


def _selection(value: Thunk, key: Thunk, *, is_safe: bool) -> Thunk:
    def select() -> Any:
        whole, part = value(), key()
        if is_safe and (whole is None or (isinstance(whole, dict) and part not in whole)):
            return None
        if not isinstance(whole, dict | list):
            raise WorkflowExpressionError(f"property selection is not supported on {type(whole).__name__}")
        try:
            return whole[part]  # pyright: ignore[reportUnknownVariableType]  JSON
        except (KeyError, IndexError) as exc:
            raise WorkflowExpressionError(f"property {part} does not exist") from exc

    return select


def _function(name: str) -> Callable[[Scope, list[Thunk]], Any]:
    if name not in _FUNCTIONS:
        raise WorkflowExpressionError(f"this interpreter does not know the function {name}")
    return _FUNCTIONS[name]


def _outputs(scope: Scope, arguments: list[Thunk]) -> Any:
    name = arguments[0]()
    if name not in scope.results:
        raise WorkflowExpressionError(f"action {name} has not run before")
    return scope.results[name].get("outputs")


def _body(scope: Scope, arguments: list[Thunk]) -> Any:
    outputs = _outputs(scope, arguments)
    return outputs.get("body") if isinstance(outputs, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  JSON


def _result(scope: Scope, arguments: list[Thunk]) -> Any:
    names = scope.children[arguments[0]()]
    return [{"name": name, **scope.results[name]} for name in names if name in scope.results]


def _local_day(scope: Scope, arguments: list[Thunk]) -> str:
    """Convert the time to a zone; only that of UTC is known, and only whole days are written."""
    moment, zone, form = (each() for each in arguments)
    if (zone, form) != ("UTC", "yyyy-MM-dd"):
        raise WorkflowExpressionError(f"this interpreter does not convert to {zone} as {form}")
    return str(moment)[:10]


def _coalesce(_: Scope, arguments: list[Thunk]) -> Any:
    return next((value for value in (each() for each in arguments) if value is not None), None)


_FUNCTIONS: Mapping[str, Callable[[Scope, list[Thunk]], Any]] = {
    "body": _body,
    "outputs": _outputs,
    "result": _result,
    "coalesce": _coalesce,
    "triggerBody": lambda scope, _: scope.trigger_body,
    "parameters": lambda scope, given: scope.parameters[given[0]()],
    "workflow": lambda scope, _: {"run": {"name": scope.run_name}},
    "item": lambda scope, _: scope.item,
    "if": lambda _, given: given[1]() if given[0]() else given[2](),
    "or": lambda _, given: any(each() for each in given),
    "equals": lambda _, given: given[0]() == given[1](),
    "concat": lambda _, given: "".join(_text(each()) for each in given),
    "substring": lambda _, given: given[0]()[given[1]() :],
    "utcNow": lambda scope, _: scope.now.isoformat(),
    "convertFromUtc": _local_day,
    "greaterOrEquals": lambda _, given: given[0]() >= given[1](),
    "startsWith": lambda _, given: given[0]().lower().startswith(given[1]().lower()),
    "first": lambda _, given: next(iter(given[0]()), None),
    "json": lambda _, given: json.loads(given[0]()),
    "encodeURIComponent": lambda _, given: quote(given[0](), safe="!*'()~-_."),
}
