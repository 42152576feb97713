"""What the address of a page asks for, and what a form of one was filled in with."""

from collections.abc import Iterable
from typing import Any, TypeVar

from litestar import Request

from textnlp.api.dependencies import services_of
from textnlp.api.form_fields import read_form
from textnlp.api.text_fields import read_fields
from textnlp.console.form_token import FIELD

_Shape = TypeVar("_Shape")
_MOST_FIELDS = 200


def read_filters(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    """Convert the query into a struct, blank fields left out; raise `INVALID_INPUT` naming one that is wrong."""
    return read_fields(filled_in(request.query_params.multi_items()), shape)


async def read_filled_in(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    """Convert a form of at most 32 KB likewise."""
    return read_fields(filled_in((await read_form(request)).items()), shape)


async def read_texts(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return the fields of a form that somebody filled in, as large as a request of the API may be.

    Lines end as they do everywhere but in forms.
    """
    limits = services_of(request.scope).limits
    fields = await read_form(request, max_bytes=limits.max_request_body_bytes, max_fields=_MOST_FIELDS)
    return {name: value.replace("\r\n", "\n") for name, value in filled_in(fields.items())}


def filled_in(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields that somebody filled in; browsers send the blank ones, too."""
    return [(name, value) for name, value in fields if value.strip() and name != FIELD]
