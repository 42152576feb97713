"""Forms with fields that may come more than once, such as answers to questions."""

from collections import defaultdict
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request

from textnlp.api.request_body import read_body
from textnlp.console.form_token import FIELD
from textnlp.domain.errors import invalid_input

MOST_BYTES = 1 << 20
_MOST_FIELDS = 1_000


async def read_lists(request: Request[Any, Any, Any]) -> dict[str, list[str]]:
    """Return what a form of at most 1 MB was filled in with, by field; raises `INVALID_INPUT`, `TOO_LARGE`."""
    body = await read_body(request, max_bytes=MOST_BYTES)
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except (ValueError, UnicodeDecodeError) as exc:
        raise invalid_input(f"The body is no form: {exc}.") from exc
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in fields:
        if name != FIELD:
            found[name].append(value)
    return dict(found)
