"""The template functions that depend on nothing but their arguments.

What a function does is from Microsoft's reference of ARM template functions. A function that is not here is an error
on purpose: an expression that nobody worked out has been checked by nobody.
"""

import base64
import hashlib
import json
import operator
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast
from urllib.parse import quote, urljoin

from textnlp_infra.expansion.values import RuntimeValue

_GUIDS = uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
"""Name space of the ids that `guid` makes."""
_UNIQUE_LENGTH = 13


def _concat(*parts: Any) -> Any:
    if parts and isinstance(parts[0], list):
        lists = cast("tuple[list[Any], ...]", parts)
        return [item for part in lists for item in part]
    return _text("".join(_shown(part) for part in parts), *parts)


def _format(pattern: str, *values: Any) -> str:
    text = pattern
    for place, value in enumerate(values):
        text = text.replace("{" + str(place) + "}", _shown(value))
    return _text(text, *values)


def _text(text: str, *made_from: Any) -> str:
    return RuntimeValue(text) if any(isinstance(item, RuntimeValue) for item in made_from) else text


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _unique(*parts: str) -> str:
    digest = hashlib.sha256("-".join(parts).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:_UNIQUE_LENGTH]


def _union(first: Any, *rest: Any) -> Any:
    if isinstance(first, Mapping):
        objects = cast("list[Mapping[str, Any]]", [first, *rest])
        return {key: value for part in objects for key, value in part.items()}
    items: list[Any] = []
    for part in (first, *rest):
        items += [item for item in part if item not in items]
    return items


def _create_object(*items: Any) -> dict[str, Any]:
    return dict(zip(items[::2], items[1::2], strict=True))


def _equals(first: Any, second: Any) -> bool:
    if isinstance(first, str) and isinstance(second, str):
        return first.lower() == second.lower()
    return bool(first == second)


def _substring(text: str, start: int, length: int | None = None) -> str:
    return text[start:] if length is None else text[start : start + length]


def _coalesce(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _and(*values: Any) -> bool:
    return all(values)


def _or(*values: Any) -> bool:
    return any(values)


def _array(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [value]


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _bool(value: Any) -> bool:
    return str(value).lower() in {"true", "1"}


def _create_array(*items: Any) -> list[Any]:
    return list(items)


def _div(first: int, second: int) -> int:
    return first // second


def _ends_with(text: str, end: str) -> bool:
    return text.lower().endswith(end.lower())


def _starts_with(text: str, start: str) -> bool:
    return text.lower().startswith(start.lower())


def _false() -> bool:
    return False


def _true() -> bool:
    return True


def _null() -> None:
    return None


def _first(value: Any) -> Any:
    return value[0]


def _last(value: Any) -> Any:
    return value[-1]


def _guid(*parts: str) -> str:
    return str(uuid.uuid5(_GUIDS, "-".join(parts)))


def _index_of(text: str, part: str) -> int:
    return text.lower().find(part.lower())


def _intersection(first: Sequence[Any], second: Sequence[Any]) -> list[Any]:
    return [item for item in first if item in second]


def _join(items: Sequence[Any], mark: str) -> str:
    return mark.join(_shown(item) for item in items)


def _flat(values: tuple[Any, ...]) -> Sequence[Any]:
    return cast("list[Any]", values[0]) if isinstance(values[0], list) else values


def _max(*values: Any) -> Any:
    return max(_flat(values))


def _min(*values: Any) -> Any:
    return min(_flat(values))


def _pad_left(text: Any, width: int, fill: str = " ") -> str:
    return _shown(text).rjust(width, fill)


def _range(start: int, count: int) -> list[int]:
    return list(range(start, start + count))


def _replace(text: str, old: str, new: str) -> str:
    return _text(text.replace(old, new), text)


def _skip(value: Any, count: int) -> Any:
    return value[count:]


def _take(value: Any, count: int) -> Any:
    return value[:count]


def _split(text: str, mark: str) -> list[str]:
    return text.split(mark)


def _to_lower(text: str) -> str:
    return _text(text.lower(), text)


def _to_upper(text: str) -> str:
    return _text(text.upper(), text)


def _trim(text: str) -> str:
    return text.strip()


def _uri_component(text: str) -> str:
    return quote(text, safe="")


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "and": _and,
    "array": _array,
    "base64": _base64,
    "bool": _bool,
    "coalesce": _coalesce,
    "concat": _concat,
    "contains": operator.contains,
    "createarray": _create_array,
    "createobject": _create_object,
    "div": _div,
    "empty": operator.not_,
    "endswith": _ends_with,
    "equals": _equals,
    "false": _false,
    "first": _first,
    "format": _format,
    "greater": operator.gt,
    "greaterorequals": operator.ge,
    "guid": _guid,
    "indexof": _index_of,
    "int": int,
    "intersection": _intersection,
    "join": _join,
    "json": json.loads,
    "last": _last,
    "length": len,
    "less": operator.lt,
    "lessorequals": operator.le,
    "max": _max,
    "min": _min,
    "mod": operator.mod,
    "mul": operator.mul,
    "not": operator.not_,
    "null": _null,
    "or": _or,
    "padleft": _pad_left,
    "range": _range,
    "replace": _replace,
    "skip": _skip,
    "split": _split,
    "startswith": _starts_with,
    "string": _shown,
    "sub": operator.sub,
    "substring": _substring,
    "take": _take,
    "tolower": _to_lower,
    "toupper": _to_upper,
    "trim": _trim,
    "true": _true,
    "union": _union,
    "uniquestring": _unique,
    "uri": urljoin,
    "uricomponent": _uri_component,
}
"""By name in lower case, as Resource Manager does not mind the case. `uniqueString` makes a text of the right form,
not Azure's own."""
