"""What the address of a page asks for, and what a form of one was filled in with."""

from collections.abc import Iterable
from typing import Any, TypeVar

from litestar import Request

from textnlp.api.form_fields import read_form
from textnlp.api.text_fields import read_fields

_Shape = TypeVar("_Shape")
FORM_TOKEN = "form_token"  # noqa: S105  a field's name
"""Field of every form, which the page's own guard reads."""


def read_filters(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    """Convert the query into a struct, blank fields left out; raise `INVALID_INPUT` naming one that is wrong."""
    return read_fields(filled_in(request.query_params.multi_items()), shape)


async def read_filled_in(request: Request[Any, Any, Any], shape: type[_Shape]) -> _Shape:
    """Convert a form of at most 32 KB likewise."""
    return read_fields(filled_in((await read_form(request)).items()), shape)


def filled_in(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields that somebody filled in; browsers send the blank ones, too."""
    return [(name, value) for name, value in fields if value.strip() and name != FORM_TOKEN]
