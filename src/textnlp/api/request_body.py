"""Bodies of requests: a JSON document decoded at once, or a large file piece by piece."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.exceptions import ClientException

from textnlp.api.dependencies import services_of
from textnlp.api.invalid_fields import invalid_field, invalid_json
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_Document = TypeVar("_Document")


async def read_document(request: Request[Any, Any, Any], shape: type[_Document], *, max_bytes: int) -> _Document:
    """Decode a JSON body; raise `INVALID_INPUT` naming line and column, or the field, and `TOO_LARGE`."""
    body = await read_body(request, max_bytes=max_bytes)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as exc:
        raise invalid_field(exc, shape=shape) from exc
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_json(exc, body) from exc


async def read_body(request: Request[Any, Any, Any], *, max_bytes: int) -> bytes:
    """Read the whole body; raises what `body_pieces` does."""
    return b"".join([piece async for piece in body_pieces(request, max_bytes=max_bytes)])


async def body_pieces(request: Request[Any, Any, Any], *, max_bytes: int) -> AsyncGenerator[bytes]:
    """Yield the body as it comes.

    Raises `TOO_LARGE` before the first byte when the announced length is above `max_bytes`, else as soon as more
    has come; `CANCELLED` when the sender hangs up. A body that is compressed for the way is answered 415, and one
    whose sender pauses, or takes longer in all than a call may, 408.
    """
    _require_plain(request)
    limits = services_of(request.scope).limits
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(max_bytes)
    clock = services_of(request.scope).platform.clock
    deadline = clock.monotonic() + limits.request_timeout_seconds
    size_bytes = 0
    while True:
        try:
            async with asyncio.timeout(min(limits.body_pause_seconds, deadline - clock.monotonic())):
                message: Any = await request.receive()
        except TimeoutError as exc:
            raise ClientException("The body came too slowly", status_code=HTTPStatus.REQUEST_TIMEOUT) from exc
        if message["type"] == "http.disconnect":
            raise TextNLPError("The sender hung up before all was sent.", kind=ErrorKind.CANCELLED)
        piece: bytes = message.get("body", b"")
        size_bytes += len(piece)
        if size_bytes > max_bytes:
            raise _too_large(max_bytes)
        if piece:
            yield piece
        if not message.get("more_body", False):
            return


def _require_plain(request: Request[Any, Any, Any]) -> None:
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"", "identity"}:
        raise ClientException(
            "A body with a Content-Encoding is not taken",
            status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            headers={"Accept-Encoding": "identity"},
        )


def _too_large(max_bytes: int) -> TextNLPError:
    return TextNLPError(
        f"The body is larger than {max_bytes:,} bytes.",
        kind=ErrorKind.TOO_LARGE,
        facts=ErrorFacts(hint="Send less in one request.", limit_name="max_body_bytes"),
    )
