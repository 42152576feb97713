"""Expressions: values that Resource Manager works out while it deploys, and what they were made from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

Place: TypeAlias = str | None
"""Where an expression is evaluated: in a deployment to the resource group of that name, or to the subscription."""


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A value that is known only at deployment.

    Attributes:
        text_in: writes it, without the brackets around, for the place it is evaluated in; the id of a resource is
            shorter where the resource group is the deployment's own.
        uses: the resources and parameters it was made from; `dependsOn` and declarations are derived from these.
    """

    text_in: Callable[[Place], str]
    uses: tuple[object, ...] = ()

    def property(self, path: str) -> "Expression":
        """Return a part of the value, `a.b[0].c` say."""
        return Expression(lambda place: f"{self.text_in(place)}.{path}", self.uses)


@dataclass(frozen=True, slots=True, eq=False)
class ById:
    """An object whose keys are ids, as the field `identity` wants of identities; its values are empty objects."""

    ids: tuple[Expression, ...]


Argument: TypeAlias = Expression | str | int | bool
Value: TypeAlias = "Expression | ById | str | int | float | bool | Mapping[str, Value] | Sequence[Value] | None"
"""What a property may be given; None leaves the property out."""


def call(function: str, *arguments: Argument) -> Expression:
    """Call a template function; texts are quoted."""
    uses = tuple(use for argument in arguments if isinstance(argument, Expression) for use in argument.uses)

    def text_in(place: Place) -> str:
        return f"{function}({', '.join(_argument(argument, place) for argument in arguments)})"

    return Expression(text_in, uses)


def concat(*parts: Argument) -> Expression:
    """Join texts, some of which are known only at deployment."""
    return call("concat", *parts)


def written_object(value: Mapping[str, Value], place: Place) -> dict[str, object]:
    """Return an object as it stands in a template's JSON; what is None is left out."""
    return {name: written(item, place) for name, item in value.items() if item is not None}


def written(value: Value, place: Place) -> object:
    """Return `value` as it stands in a template's JSON; a text that begins with a bracket is escaped."""
    if isinstance(value, Expression):
        return f"[{value.text_in(place)}]"
    if isinstance(value, ById):
        return {f"[{key.text_in(place)}]": dict[str, object]() for key in value.ids}
    if isinstance(value, str):
        return f"[{value}" if value.startswith("[") else value
    if isinstance(value, Mapping):
        return written_object(cast("Mapping[str, Value]", value), place)
    if isinstance(value, Sequence):
        return [written(item, place) for item in value]
    return value


def used_by(value: Value) -> Iterator[object]:
    """Yield the resources and parameters that the expressions inside `value` were made from."""
    if isinstance(value, Expression):
        yield from value.uses
    elif isinstance(value, ById):
        yield from (use for key in value.ids for use in key.uses)
    elif isinstance(value, Mapping):
        items = cast("Mapping[str, Value]", value)
        for item in items.values():
            yield from used_by(item)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from used_by(item)


def _argument(argument: Argument, place: Place) -> str:
    if isinstance(argument, Expression):
        return argument.text_in(place)
    if isinstance(argument, bool):
        return f"{str(argument).lower()}()"
    if isinstance(argument, int):
        return str(argument)
    return "'" + argument.replace("'", "''") + "'"
