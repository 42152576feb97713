"""Forms as browsers and OAuth clients send them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from textnlp.api.request_body import read_body
from textnlp.domain.errors import invalid_input
from textnlp.domain.identity.refusals import shown

FORM = "application/x-www-form-urlencoded"
"""Their media type."""

_MOST_BYTES = 32_768
_MOST_FIELDS = 32


async def read_form(
    request: Request[Any, Any, Any], *, max_bytes: int = _MOST_BYTES, max_fields: int = _MOST_FIELDS
) -> dict[str, str]:
    """Read a form of a few fields; raise `INVALID_INPUT` for a body that is none, `TOO_LARGE`."""
    body = await read_body(request, max_bytes=max_bytes)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body), max_num_fields=max_fields)
    except (ValueError, UnicodeDecodeError) as exc:
        raise invalid_input(f"The body is no form: {exc}.") from exc
    return single_fields(fields)


def single_fields(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return fields by name; raise `INVALID_INPUT` for one that comes twice (RFC 6749, section 3.1)."""
    given = list(fields)
    for name, count in Counter(name for name, _ in given).items():
        if count > 1:
            raise invalid_input(f"{shown(name)} was sent more than once.")
    return dict(given)
