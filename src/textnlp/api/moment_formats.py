"""Says of moments in schemas that they are moments."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec
from msgspec import inspect


def mark_moments(components: dict[str, dict[str, Any]], structs: Iterable[type[msgspec.Struct]]) -> None:
    """Give every property that is a `datetime` the format `date-time`, in the schemas of `structs` and of their parts.

    msgspec does so only where a time zone is demanded.
    """
    seen: set[type] = set()
    for found in inspect.multi_type_info(list(structs)):
        for struct in _structs_in(found, seen):
            properties = components.get(struct.cls.__name__, {}).get("properties", {})
            for field in struct.fields:
                if field.encode_name in properties:
                    _mark(properties[field.encode_name], field.type)


def _mark(schema: dict[str, Any], kind: inspect.Type) -> None:
    options = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    if any(isinstance(option, inspect.DateTimeType) for option in options):
        for text in schema.get("anyOf", [schema]):
            if text.get("type") == "string":
                text["format"] = "date-time"


def _structs_in(kind: Any, seen: set[type]) -> Iterator[inspect.StructType]:
    """Yield the structs that a type is made of, each once."""
    if isinstance(kind, inspect.StructType):
        if kind.cls in seen:
            return
        seen.add(kind.cls)
        yield kind
    if isinstance(kind, tuple):
        for part in cast("tuple[Any, ...]", kind):
            yield from _structs_in(part, seen)
    elif isinstance(kind, inspect.Type | inspect.Field):
        for name in kind.__struct_fields__:
            yield from _structs_in(getattr(kind, name), seen)
