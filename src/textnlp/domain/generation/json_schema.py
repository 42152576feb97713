"""Reading JSON Schemas: references, types, and the places where they allow more than one form."""

from collections.abc import Mapping, Sequence
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


def unfolded_size(root: Schema) -> int:
    """Return how many schemas there are once every reference is replaced by what it refers to.

    A reference from within what it refers to counts as one. A small document may unfold to any size, and a validator
    may have to look at all of it.
    """
    sizes: dict[str, int] = {}

    def size_of(part: object) -> int:
        if isinstance(part, Mapping):
            schema = cast("Schema", part)
            reference = schema.get("$ref")
            referred = size_at(reference) if isinstance(reference, str) else 0
            inside = (value for name, value in schema.items() if name not in _DEFINITIONS)
            return 1 + referred + sum(map(size_of, inside))
        if isinstance(part, Sequence) and not isinstance(part, str):
            return sum(map(size_of, cast("Sequence[object]", part)))
        return 0

    def size_at(reference: str) -> int:
        if reference not in sizes:
            sizes[reference] = 1
            sizes[reference] = size_of(_at(root, reference)) if reference.startswith("#") else 1
        return sizes[reference]

    return size_of(root)


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
