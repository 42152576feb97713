"""Bringing a value that is almost right into the form its schema asks for."""

import re
from collections.abc import Callable
from typing import Any, cast

import msgspec

from textnlp.domain.generation.json_schema import (
    Schema,
    as_schema,
    branches_of,
    has_type,
    options_of,
    properties_of,
    resolved,
    types_of,
)

FitsBranch = Callable[[Any, Schema], bool]

_MAX_DEPTH = 32
_MOST_STEPS = 20_000
_STEPS_OF_A_BRANCH = 20
_INTEGER = re.compile(r"[+-]?\d{1,18}(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}
_NOTHING = frozenset({"", "null", "none", "n/a"})
_FAILED: Any = object()


class Coercion:
    """Changes the form of values where a schema leaves one sensible reading.

    - a number, boolean or null written as a string becomes one; a number or boolean where a string is wanted becomes
      its text; 4.0 becomes 4 where an integer is wanted;
    - a single value becomes a list of one where a list is wanted; a list of one object becomes that object;
    - an object or list written into a string becomes one;
    - a string that differs from one of `enum` only in case or white space becomes that one;
    - a property whose name differs from an expected one only in case, spaces, `-` or `_` gets the expected name;
    - a property that the schema forbids, and an optional one that is null where null is not allowed, is left out.

    Text is never cut and nothing is invented; what does not fit is returned as it is, for the validator to refuse. So
    is what is left after some 20,000 steps, which only schemas need that refer to themselves over and over.

    Args:
        root: the whole schema, in which references are looked up.
        fits: whether a value satisfies one branch of an `anyOf` or `oneOf`.
    """

    def __init__(self, root: Schema, *, fits: FitsBranch) -> None:
        self._root = root
        self._fits = fits
        self._steps_left = _MOST_STEPS

    def apply(self, value: Any) -> Any:
        """Return `value` in the form that the schema asks for, as far as it can be brought there."""
        self._steps_left = _MOST_STEPS
        return self._coerced(value, self._root, 0)

    def _coerced(self, value: Any, schema: Schema, depth: int) -> Any:
        self._steps_left -= 1
        if depth > _MAX_DEPTH or self._steps_left < 0:
            return value
        schema = resolved(schema, self._root)
        branches = branches_of(schema)
        if branches:
            value = self._by_branch(value, branches, depth)
        for part in schema.get("allOf", ()):
            value = self._coerced(value, as_schema(part), depth + 1)
        options = options_of(schema)
        if options is not None:
            return _nearest_option(value, options)
        types = types_of(schema)
        if types and not any(has_type(value, name) for name in types):
            value = self._converted(value, types)
        elif "integer" in types and "number" not in types and isinstance(value, float):
            value = int(value)
        return self._inside(value, schema, depth)

    def _by_branch(self, value: Any, branches: list[Schema], depth: int) -> Any:
        for branch in branches:
            self._steps_left -= _STEPS_OF_A_BRANCH
            if self._steps_left < 0:
                break
            candidate = self._coerced(value, branch, depth + 1)
            if self._fits(candidate, branch):
                return candidate
        return value

    def _converted(self, value: Any, types: tuple[str, ...]) -> Any:
        for name in types:
            found = _CONVERSIONS[name](value) if name in _CONVERSIONS else _FAILED
            if found is not _FAILED:
                return found
        return value

    def _inside(self, value: Any, schema: Schema, depth: int) -> Any:
        if isinstance(value, dict):
            return self._object(cast("dict[str, Any]", value), schema, depth)
        if isinstance(value, list):
            first = [as_schema(part) for part in schema.get("prefixItems", ())]
            rest = as_schema(schema.get("items"))
            items = cast("list[Any]", value)
            return [
                self._coerced(item, first[at] if at < len(first) else rest, depth + 1) for at, item in enumerate(items)
            ]
        return value

    def _object(self, value: dict[str, Any], schema: Schema, depth: int) -> dict[str, Any]:
        properties = properties_of(schema)
        required = set(schema.get("required", ()))
        others = schema.get("additionalProperties", True)
        patterns = schema.get("patternProperties")
        kept: dict[str, Any] = {}
        for name, item in _renamed(value, properties).items():
            if name in properties:
                coerced = self._coerced(item, properties[name], depth + 1)
                allowed = types_of(resolved(properties[name], self._root))
                if coerced is None and name not in required and allowed and "null" not in allowed:
                    continue
                kept[name] = coerced
            elif others is not False or patterns:
                kept[name] = self._coerced(item, as_schema(others), depth + 1)
        return kept


def _renamed(value: dict[str, Any], properties: dict[str, Schema]) -> dict[str, Any]:
    missing = {_plain(name): name for name in properties if name not in value}
    if not missing:
        return value
    named = {name: missing.get(_plain(name), name) if name not in properties else name for name in value}
    if len(set(named.values())) < len(named):
        return value
    return {named[name]: item for name, item in value.items()}


def _plain(name: str) -> str:
    return name.strip().casefold().replace("-", "_").replace(" ", "_").replace("_", "")


def _nearest_option(value: Any, options: list[Any]) -> Any:
    if value in options and not isinstance(value, bool):
        return value
    written = _as_text(value).strip().casefold()
    near = [option for option in options if _as_text(option).strip().casefold() == written]
    return near[0] if len(near) == 1 else value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _to_integer(value: Any) -> Any:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value.strip().partition(".")[0])
    return _FAILED


def _to_number(value: Any) -> Any:
    if not isinstance(value, str) or not _NUMBER.fullmatch(value.strip()):
        return _FAILED
    whole = _to_integer(value)
    return float(value) if whole is _FAILED else whole


def _to_boolean(value: Any) -> Any:
    return _TRUTH.get(value.strip().casefold(), _FAILED) if isinstance(value, str) else _FAILED


def _to_null(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().casefold() in _NOTHING else _FAILED


def _to_string(value: Any) -> Any:
    return _as_text(value) if isinstance(value, int | float) else _FAILED


def _to_array(value: Any) -> Any:
    unpacked = _unpacked(value)
    if isinstance(unpacked, list):
        return cast("list[Any]", unpacked)
    return _FAILED if value is None else [value]


def _to_object(value: Any) -> Any:
    unpacked = _unpacked(value)
    if isinstance(unpacked, list) and len(cast("list[Any]", unpacked)) == 1:
        unpacked = cast("list[Any]", unpacked)[0]
    return cast("dict[str, Any]", unpacked) if isinstance(unpacked, dict) else _FAILED


def _unpacked(value: Any) -> Any:
    """Decode a string that holds an object or a list."""
    if not isinstance(value, str) or value.strip()[:1] not in {"{", "["}:
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError):
        return value


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "integer": _to_integer,
    "number": _to_number,
    "boolean": _to_boolean,
    "null": _to_null,
    "string": _to_string,
    "array": _to_array,
    "object": _to_object,
}
