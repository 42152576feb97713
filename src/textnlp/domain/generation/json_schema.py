"""Reading JSON Schemas: references, types, and the places where they allow more than one form."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, cast

Schema = Mapping[str, Any]

ANYTHING: Schema = {}
"""The schema that every value satisfies."""

_MAX_REFERENCES = 32
_DEFINITIONS = frozenset({"$defs", "definitions"})
_CLASSES: Mapping[str, tuple[type, ...]] = {
    "null": (type(None),),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


def as_schema(part: object) -> Schema:
    """Return a part of a schema as one; `true`, `false` and what is no schema count as one without demands."""
    return cast("Schema", part) if isinstance(part, Mapping) else ANYTHING


def as_plain(value: object) -> object:
    """Turn a mapping of another kind into a dict, for encoders that know no other; raise `TypeError` for the rest."""
    if isinstance(value, Mapping):
        return dict(cast("Schema", value))
    raise TypeError(f"a {type(value).__name__} is no part of a JSON Schema")


def resolved(schema: Schema, root: Schema) -> Schema:
    """Follow `$ref` within the document, as far as it can be followed; keywords beside a `$ref` are kept."""
    for _ in range(_MAX_REFERENCES):
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return schema
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**_at(root, reference), **beside}
    return ANYTHING


def types_of(schema: Schema) -> tuple[str, ...]:
    """Return the types a schema names or, from its keywords, means; empty for any."""
    named = schema.get("type")
    if isinstance(named, str):
        return (named,)
    if isinstance(named, Sequence):
        return tuple(str(name) for name in cast("Sequence[object]", named))
    if "properties" in schema:
        return ("object",)
    if "items" in schema or "prefixItems" in schema:
        return ("array",)
    return ()


def has_type(value: object, name: str) -> bool:
    """Whether a decoded JSON value is of the type `name`; a float without a fraction is an integer too."""
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and value.is_integer():
        return name in {"integer", "number"}
    return isinstance(value, _CLASSES.get(name, ()))


def branches_of(schema: Schema) -> list[Schema]:
    """Return the schemas of `anyOf` and `oneOf`."""
    found: list[Schema] = []
    for keyword in ("anyOf", "oneOf"):
        parts = schema.get(keyword)
        if isinstance(parts, Sequence) and not isinstance(parts, str):
            found += [as_schema(part) for part in cast("Sequence[object]", parts)]
    return found


def properties_of(schema: Schema) -> dict[str, Schema]:
    """Return the schemas of the named properties."""
    properties = as_schema(schema.get("properties"))
    return {name: as_schema(part) for name, part in properties.items()}


def options_of(schema: Schema) -> list[Any] | None:
    """Return the values that `const` or `enum` allows, None where there is neither."""
    if "const" in schema:
        return [schema["const"]]
    options = schema.get("enum")
    return list(cast("Sequence[Any]", options)) if isinstance(options, Sequence) else None


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a schema is, once every reference is replaced by what it refers to.

    A small document may unfold to any size, and a validator may have to look at all of it.

    Attributes:
        size: schemas in it.
        loops: references from within what they refer to; each counts as one schema. A validator may have to try all
            of them anew on every level of a value.
    """

    size: int = 0
    loops: int = 0

    def plus(self, other: "Extent") -> "Extent":
        """Return both together."""
        return Extent(self.size + other.size, self.loops + other.loops)


_ONE = Extent(1)
_LOOP = Extent(1, 1)


def extent_of(root: Schema) -> Extent:
    """Measure a schema; raise `RecursionError` for a chain of references of thousands."""
    known: dict[str, Extent] = {}

    def measured(part: object) -> Extent:
        if isinstance(part, Mapping):
            schema = cast("Schema", part)
            reference = schema.get("$ref")
            extent = _ONE.plus(referred(reference)) if isinstance(reference, str) else _ONE
            inside: Iterable[object] = (value for name, value in schema.items() if name not in _DEFINITIONS)
        elif isinstance(part, Sequence) and not isinstance(part, str):
            extent, inside = Extent(), cast("Sequence[object]", part)
        else:
            return Extent()
        return reduce(Extent.plus, map(measured, inside), extent)

    def referred(reference: str) -> Extent:
        if reference not in known:
            known[reference] = _LOOP
            known[reference] = measured(_at(root, reference))
        return known[reference]

    return referred("#")


def _at(root: Schema, reference: str) -> Schema:
    """Look up a JSON pointer (RFC 6901) in the fragment of a reference."""
    place: Any = root
    for step in reference[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        try:
            place = place[int(name) if isinstance(place, list) else name]
        except (LookupError, TypeError, ValueError):
            return ANYTHING
    return as_schema(place)
