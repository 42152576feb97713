"""The type of a column, found by looking at its values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import reduce
from typing import Any, cast

_EXACT_IN_DOUBLE = 1 << 53
_WHOLE_LIMIT = 1 << 63
_MOST_FIELDS = 256
_MOST_DEPTH = 16


class TypeKind(StrEnum):
    """What values have in common."""

    NOTHING = "null"
    BOOLEAN = "bool"
    WHOLE = "int64"
    WIDE = "int64 beyond 53 bits"
    """Whole numbers that a double cannot hold."""
    NUMBER = "double"
    TEXT = "string"
    LIST = "list"
    OBJECT = "struct"
    JSON = "JSON text"
    """Values that have no type in common, or one that a table cannot hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnType:
    """A type; `item` is that of a list's items, `fields` are those of an object by name."""

    kind: TypeKind
    item: "ColumnType | None" = None
    fields: tuple[tuple[str, "ColumnType"], ...] = ()

    def __str__(self) -> str:
        if self.item is not None:
            return f"list<{self.item}>"
        if self.kind is TypeKind.OBJECT:
            return f"struct<{', '.join(f'{name}: {field}' for name, field in self.fields)}>"
        return TypeKind.WHOLE.value if self.kind is TypeKind.WIDE else self.kind.value


NOTHING = ColumnType(kind=TypeKind.NOTHING)
BOOLEAN = ColumnType(kind=TypeKind.BOOLEAN)
WHOLE = ColumnType(kind=TypeKind.WHOLE)
NUMBER = ColumnType(kind=TypeKind.NUMBER)
TEXT = ColumnType(kind=TypeKind.TEXT)
JSON_TEXT = ColumnType(kind=TypeKind.JSON)
VECTOR = ColumnType(kind=TypeKind.LIST, item=NUMBER)
_WIDE = ColumnType(kind=TypeKind.WIDE)
_SCALARS: dict[type, ColumnType] = {type(None): NOTHING, bool: BOOLEAN, float: NUMBER, str: TEXT}
_WIDER = {
    frozenset({TypeKind.WHOLE, TypeKind.NUMBER}): NUMBER,
    frozenset({TypeKind.WHOLE, TypeKind.WIDE}): _WIDE,
}

KIND_TYPES: Mapping[str, ColumnType] = {
    "text": TEXT,
    "code": TEXT,
    "uuid": TEXT,
    "datetime": TEXT,
    "timedelta": TEXT,
    "bernoulli": BOOLEAN,
    "poisson": WHOLE,
    "embed": VECTOR,
}
"""Types of columns that their kind in a recipe decides."""
EXPRESSION_TYPES: Mapping[str, ColumnType] = {"text": TEXT, "whole": WHOLE, "number": NUMBER, "boolean": BOOLEAN}
"""Types of expression columns by their `type`."""


def type_of(value: Any, *, depth: int = 0) -> ColumnType:
    """Return the type of one JSON value; objects without a field, or deeper than 16 levels, are JSON text."""
    scalar = _SCALARS.get(cast("type[Any]", type(value)))
    if scalar is not None:
        return scalar
    if isinstance(value, int):
        return _whole(value)
    if depth >= _MOST_DEPTH:
        return JSON_TEXT
    if isinstance(value, list):
        return _list_of(cast("list[Any]", value), depth=depth)
    return _object_of(cast("dict[str, Any]", value), depth=depth) if isinstance(value, dict) else JSON_TEXT


def common_type(one: ColumnType, other: ColumnType) -> ColumnType:
    """Return the narrowest type that holds the values of both exactly; JSON text where there is none.

    Objects have one only where they have the same fields: a field that is missing is not one that is null.
    """
    if one == other or other is NOTHING:
        return one
    if one is NOTHING:
        return other
    if one.kind is not other.kind:
        return _WIDER.get(frozenset({one.kind, other.kind}), JSON_TEXT)
    if one.item is not None and other.item is not None:
        item = common_type(one.item, other.item)
        return JSON_TEXT if item is JSON_TEXT else replace(one, item=item)
    others = dict(other.fields)
    if others.keys() != dict(one.fields).keys():
        return JSON_TEXT
    return _object([(name, common_type(field, others[name])) for name, field in one.fields])


def settled(found: ColumnType, *, declared: ColumnType | None = None) -> ColumnType:
    """Return the type that is written for values of type `found`: the declared one where it holds them too."""
    if declared is not None and common_type(declared, found) == declared:
        return declared
    return _filled(found)


def declared_types(recipe: Mapping[str, Any]) -> dict[str, ColumnType]:
    """Return the types that a recipe decides by itself, by column."""
    found: dict[str, ColumnType] = {}
    for name, column in recipe.get("columns", {}).items():
        kind = column.get("kind")
        known = EXPRESSION_TYPES.get(column.get("type", "text")) if kind == "expression" else KIND_TYPES.get(kind)
        if kind in {"uniform", "gaussian"}:
            known = WHOLE if column.get("decimals") == 0 else NUMBER
        if known is not None:
            found[name] = known
    return found


def _whole(value: int) -> ColumnType:
    if -_EXACT_IN_DOUBLE <= value <= _EXACT_IN_DOUBLE:
        return WHOLE
    return _WIDE if -_WHOLE_LIMIT <= value < _WHOLE_LIMIT else JSON_TEXT


def _list_of(values: list[Any], *, depth: int) -> ColumnType:
    kinds = set(map(type, values))
    if kinds <= _SCALARS.keys():
        item = _common(_SCALARS[kind] for kind in kinds)
    else:
        item = _common(type_of(value, depth=depth + 1) for value in values)
    return JSON_TEXT if item is JSON_TEXT else ColumnType(kind=TypeKind.LIST, item=item)


def _object_of(value: dict[str, Any], *, depth: int) -> ColumnType:
    if not value or len(value) > _MOST_FIELDS or "" in value:
        return JSON_TEXT
    return _object([(name, type_of(field, depth=depth + 1)) for name, field in value.items()])


def _object(fields: list[tuple[str, ColumnType]]) -> ColumnType:
    if any(field is JSON_TEXT for _, field in fields):
        return JSON_TEXT
    return ColumnType(kind=TypeKind.OBJECT, fields=tuple(fields))


def _common(types: Iterable[ColumnType]) -> ColumnType:
    return reduce(common_type, types, NOTHING)


def _filled(found: ColumnType) -> ColumnType:
    """Let what was never anything but null be text."""
    if found.kind is TypeKind.NOTHING:
        return TEXT
    if found.item is not None:
        return replace(found, item=_filled(found.item))
    if not found.fields:
        return found
    return replace(found, fields=tuple((name, _filled(field)) for name, field in found.fields))
