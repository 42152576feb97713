"""Made-up values that satisfy a JSON Schema, for dry runs and tests."""

import itertools
import math
import random
from collections.abc import Callable, Mapping
from typing import Any

from textnlp.domain.generation.json_schema import (
    Schema,
    as_schema,
    branches_of,
    options_of,
    properties_of,
    resolved,
    types_of,
)

_MAX_DEPTH = 8
"""From here on the smallest form is taken, so that schemas that refer to themselves come to an end."""

_MAX_NESTING = 64
_MOST_STEPS = 5_000
_MOST_CHARACTERS = 100_000
_MAX_TRIES = 100
_WORDS = (
    "amber", "brisk", "cedar", "delta", "ember", "fable", "grain", "harbour", "island", "juniper", "kettle", "lantern",
    "meadow", "nectar", "orchard", "pebble", "quartz", "river", "saddle", "timber", "umbrella", "violet", "willow",
)  # fmt: skip

_FORMATS: Mapping[str, Callable[[random.Random], str]] = {
    "date": lambda draw: f"2026-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}",
    "time": lambda draw: f"{draw.randint(0, 23):02}:{draw.randint(0, 59):02}:00Z",
    "date-time": lambda draw: f"2026-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}T{draw.randint(0, 23):02}:00:00Z",
    "duration": lambda draw: f"P{draw.randint(1, 30)}D",
    "email": lambda draw: f"{draw.choice(_WORDS)}@example.org",
    "hostname": lambda draw: f"{draw.choice(_WORDS)}.example.org",
    "ipv4": lambda draw: f"192.0.2.{draw.randint(1, 254)}",
    "ipv6": lambda draw: f"2001:db8::{draw.randint(1, 9999)}",
    "uri": lambda draw: f"https://example.org/{draw.choice(_WORDS)}",
    "uuid": lambda draw: "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}".format(*map(draw.getrandbits, (32, 16, 12, 12, 48))),
}


def sample_value(schema: Schema, *, seed: str) -> Any:
    """Return a value for `schema`; the same one for the same seed, in every process.

    Making it takes at most 5,000 steps, and its texts have at most 100,000 characters, whatever the schema demands.
    Up to there lengths, bounds, `multipleOf`, `enum`, `uniqueItems`, references and the usual formats are kept to;
    `pattern`, `not`, `if` and `contains` are not looked at, so a schema that has them may refuse the value.
    """
    draw = random.Random(seed)  # noqa: S311  makes up data, guards nothing
    return _Sampler(schema, draw).value(schema, 0)


class _Sampler:
    def __init__(self, root: Schema, draw: random.Random) -> None:
        self._root = root
        self._draw = draw
        self._steps_left = _MOST_STEPS

    def _is_spent(self) -> bool:
        """Count one more step, and tell whether there were too many of them."""
        self._steps_left -= 1
        return self._steps_left < 0

    def value(self, schema: Schema, depth: int) -> Any:
        if self._is_spent():
            return None
        schema = self._merged(resolved(schema, self._root), depth)
        options = options_of(schema)
        if options:
            return self._draw.choice(options)
        types = types_of(schema) or ("string",)
        shallow = [name for name in types if name not in {"object", "array"}]
        chosen = self._draw.choice(shallow if depth >= _MAX_DEPTH and shallow else types)
        if chosen == "object" and depth < _MAX_NESTING:
            return self._object(schema, depth)
        if chosen == "array" and depth < _MAX_NESTING:
            return self._array(schema, depth)
        return self._scalar(chosen, schema)

    def _scalar(self, chosen: str, schema: Schema) -> Any:
        match chosen:
            case "integer" | "number":
                return self._number(schema, is_integer=chosen == "integer")
            case "boolean":
                return self._draw.choice((False, True))
            case "string":
                return self._string(schema)
            case _:
                return None

    def _merged(self, schema: Schema, depth: int) -> Schema:
        """Lay one branch of `anyOf` or `oneOf`, and all of `allOf`, over the schema."""
        if self._is_spent():
            return schema
        branches = branches_of(schema)
        parts = [as_schema(part) for part in schema.get("allOf", ())]
        if branches:
            parts.append(branches[-1] if depth >= _MAX_DEPTH else self._draw.choice(branches))
        merged = {name: part for name, part in schema.items() if name not in {"anyOf", "oneOf", "allOf"}}
        for part in parts:
            found = self._merged(resolved(part, self._root), depth + 1) if depth < 2 * _MAX_DEPTH else part
            joined = {**properties_of(merged), **properties_of(found)}
            required = [*merged.get("required", ()), *found.get("required", ())]
            merged = {**merged, **found, **({"properties": joined} if joined else {}), "required": required}
        return merged

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        required = set(schema.get("required", ()))
        made = {
            name: self.value(part, depth + 1)
            for name, part in properties_of(schema).items()
            if name in required or depth < _MAX_DEPTH // 2
        }
        others = as_schema(schema.get("additionalProperties"))
        names = itertools.chain(sorted(required - made.keys()), (f"key{number}" for number in itertools.count(1)))
        least = max(int(schema.get("minProperties", 0)), len(required | made.keys()))
        while len(made) < least and self._steps_left > 0:
            made[next(names)] = self.value(others, depth + 1)
        return made

    def _array(self, schema: Schema, depth: int) -> list[Any]:
        first = [as_schema(part) for part in schema.get("prefixItems", ())]
        items = as_schema(schema.get("items"))
        least = int(schema.get("minItems", 0))
        most = int(schema.get("maxItems", max(least, len(first), 3)))
        if schema.get("items") is False:
            most = min(most, len(first))
        count = self._draw.randint(least, max(least, most)) if depth < _MAX_DEPTH else least
        count = max(count, min(len(first), most))
        made: list[Any] = []
        for _ in range(_MAX_TRIES * max(count, 1)):
            if len(made) >= count or self._steps_left <= 0:
                break
            item = self.value(first[len(made)] if len(made) < len(first) else items, depth + 1)
            if not (schema.get("uniqueItems") and item in made):
                made.append(item)
        return made

    def _number(self, schema: Schema, *, is_integer: bool) -> int | float:
        step = schema.get("multipleOf") or (1 if is_integer else 0.5)
        low, high = _bounds(schema, step)
        first, last = _multiples(low, high, step)
        multiple = self._draw.randint(first, max(first, last)) * step
        if not is_integer and not low <= multiple <= high:
            return self._draw.uniform(low, high)
        return int(multiple) if is_integer else round(multiple, 9)

    def _string(self, schema: Schema) -> str:
        form = _FORMATS.get(str(schema.get("format")))
        if form is not None:
            return form(self._draw)
        least = min(int(schema.get("minLength", 0)), _MOST_CHARACTERS)
        most = int(schema.get("maxLength", least + 60))
        text = " ".join(self._draw.choices(_WORDS, k=self._draw.randint(2, 6)))
        while len(text) < least:
            text += " " + self._draw.choice(_WORDS)
        return text[: max(most, least)]


def _multiples(low: float, high: float, step: float) -> tuple[int, int]:
    """Return the least and the largest factor of `step` within the bounds; 0 where they are beyond all numbers."""
    try:
        return math.ceil(low / step), math.floor(high / step)
    except OverflowError:
        return 0, 0


def _bounds(schema: Schema, step: float) -> tuple[float, float]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = schema["exclusiveMinimum"] + step * 1e-3 if step < 1 else schema["exclusiveMinimum"] + 1
    if "exclusiveMaximum" in schema:
        high = schema["exclusiveMaximum"] - step * 1e-3 if step < 1 else schema["exclusiveMaximum"] - 1
    if low is None:
        low = 0 if high is None or high >= 0 else high - 100 * step
    return low, max(low, low + 100 * step if high is None else high)
