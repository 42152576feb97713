"""Made-up values of three sizes, for what a model has not written yet."""

from typing import Any

import msgspec

from textnlp.domain.generation.json_schema import (
    Schema,
    as_schema,
    branches_of,
    options_of,
    properties_of,
    resolved,
    types_of,
)
from textnlp.domain.recipes.estimate.band import Size

MAX_MADE_CHARACTERS = 32_768
"""Characters of a made-up text at most; what is longer is not taken along into prompts in full."""

_FILLER = (
    "A plain sentence says what happened and why it matters to whoever reads it later. "
    "It gives one example, names the exception that people forget, and ends there. "
)
_STRING_CHARACTERS = (8, 60, 400)
_ITEMS = (1, 3, 10)
_SCALARS: dict[str, tuple[Any, Any, Any]] = {
    "integer": (1, 42, 1_000_000),
    "number": (1, 3.25, 12_345.678),
    "boolean": (True, True, False),
    "null": (None, None, None),
}
_FORMAT_CHARACTERS = 24
_MOST_ITEMS = 1_000
_MAX_DEPTH = 6
_MOST_STEPS = 3_000


def made_text(characters: float) -> str:
    """Return words of so many characters, 32,768 at most."""
    wanted = min(round(characters), MAX_MADE_CHARACTERS)
    return (_FILLER * (wanted // len(_FILLER) + 1))[:wanted]


def made_value(schema: Schema, size: Size) -> Any:
    """Return a value about as small, as usual or as large as answers to a schema may be.

    Bounds, options and required fields are kept to as far as they decide the length; a small value leaves out what is
    optional. At most 3,000 steps are taken, and six levels made.
    """
    return _Maker(schema, size).value(schema, 0)


def json_characters(value: Any) -> int:
    """Return how long a value is as compact JSON."""
    return len(msgspec.json.encode(value).decode())


class _Maker:
    def __init__(self, root: Schema, size: Size) -> None:
        self._root = root
        self._size = size
        self._steps_left = _MOST_STEPS

    def value(self, schema: Schema, depth: int) -> Any:
        self._steps_left -= 1
        schema = resolved(schema, self._root)
        if self._steps_left < 0 or depth > _MAX_DEPTH:
            return None
        options = options_of(schema)
        if options:
            return self._one_of(options)
        branches = [branch for branch in branches_of(schema) if branch]
        if branches:
            return self._one_of([self.value(branch, depth + 1) for branch in branches])
        return self._typed(schema, depth)

    def _typed(self, schema: Schema, depth: int) -> Any:
        types = types_of(schema) or ("string",)
        if self._size is Size.LOW and "null" in types:
            return None
        match next((name for name in types if name != "null"), "null"):
            case "object":
                return self._object(schema, depth)
            case "array":
                return self._array(schema, depth)
            case "string":
                return self._string(schema)
            case other:
                return _SCALARS.get(other, (None, None, None))[self._size]

    def _one_of(self, values: list[Any]) -> Any:
        ordered = sorted(values, key=json_characters)
        return ordered[(0, len(ordered) // 2, -1)[self._size]]

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        return {
            name: self.value(part, depth + 1)
            for name, part in properties_of(schema).items()
            if self._size is not Size.LOW or name in required
        }

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        parts = [as_schema(part) for part in schema.get("prefixItems", ())]
        item = as_schema(schema.get("items"))
        least = _whole(schema.get("minItems"))
        most = _whole(schema.get("maxItems"))
        count = min(_between(least, most, usual=_ITEMS, size=self._size), _MOST_ITEMS)
        made: list[Any] = []
        while len(made) < count and self._steps_left > 0:
            made.append(self.value(parts[len(made)] if len(made) < len(parts) else item, depth + 1))
        return made

    def _string(self, schema: Schema) -> str:
        if "format" in schema:
            return "0" * _FORMAT_CHARACTERS
        least, most = _whole(schema.get("minLength")), _whole(schema.get("maxLength"))
        return made_text(_between(least, most, usual=_STRING_CHARACTERS, size=self._size))


def _whole(bound: object) -> int | None:
    return int(bound) if isinstance(bound, int | float) and bound >= 0 else None


def _between(least: int | None, most: int | None, *, usual: tuple[int, int, int], size: Size) -> int:
    """Return a count between bounds: near the usual where a bound is missing, the middle where both are there."""
    low = least if least is not None else min(usual[0], most if most is not None else usual[0])
    high = most if most is not None else max(usual[2], 2 * low)
    middle = (low + high) // 2 if least is not None and most is not None else max(low, min(usual[1], high))
    return (low, middle, max(low, high))[size]
