"""Fields that come as text, from a query or from a form."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeVar

import msgspec
from litestar import Request

from textnlp.api.invalid_fields import invalid_field
from textnlp.domain.errors import invalid_input

_Shape = TypeVar("_Shape")


def read_query(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    """Convert the query; raise `INVALID_INPUT` naming a parameter that is unknown or wrong."""
    return read_fields(request.query_params.multi_items(), shape)


def read_fields(fields: Iterable[tuple[str, str]], shape: type[_Shape]) -> _Shape:
    """Convert names and texts into `shape`, a struct; one that may be a list may come more than once."""
    gathered: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in fields:
        gathered[name].append(value)
    lists = _list_fields(shape)
    values = {name: given[0] if len(given) == 1 and name not in lists else given for name, given in gathered.items()}
    try:
        return msgspec.convert(values, shape, strict=False)
    except msgspec.ValidationError as exc:
        raise invalid_field(exc, shape=shape) from exc


def read_object(text: str, *, field: str) -> dict[str, Any]:
    """Read a field that holds a JSON object as text; raise `INVALID_INPUT` for anything else."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as exc:
        raise invalid_input(f"The field {field} is not a JSON object: {exc}.", field=field) from exc


@cache
def _list_fields(shape: Any) -> frozenset[str]:
    info: Any = msgspec.inspect.type_info(shape)
    return frozenset(field.encode_name for field in info.fields if isinstance(field.type, msgspec.inspect.ListType))
