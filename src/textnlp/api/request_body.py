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
_LENGTH = b"content-length"
_ENCODING = b"content-encoding"


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
    _require_acceptable(request, max_bytes=max_bytes)
    deadline = _deadline(request)
    body, is_last = await _next_piece(request, left_bytes=max_bytes, max_bytes=max_bytes, deadline=deadline)
    if is_last:
        return body
    pieces, size_bytes = [body], len(body)
    while not is_last:
        left_bytes = max_bytes - size_bytes
        piece, is_last = await _next_piece(request, left_bytes=left_bytes, max_bytes=max_bytes, deadline=deadline)
        size_bytes += len(piece)
        pieces.append(piece)
    return b"".join(pieces)


async def body_pieces(request: Request[Any, Any, Any], *, max_bytes: int) -> AsyncGenerator[bytes]:
    """Yield the body as it comes.

    Raises `TOO_LARGE` before the first byte when the announced length is above `max_bytes`, else as soon as more
    has come; `CANCELLED` when the sender hangs up. A body that is compressed for the way is answered 415, and one
    whose sender pauses, or takes longer in all than a call may, 408.
    """
    _require_acceptable(request, max_bytes=max_bytes)
    deadline = _deadline(request)
    left_bytes, is_last = max_bytes, False
    while not is_last:
        piece, is_last = await _next_piece(request, left_bytes=left_bytes, max_bytes=max_bytes, deadline=deadline)
        left_bytes -= len(piece)
        if piece:
            yield piece


def _require_acceptable(request: Request[Any, Any, Any], *, max_bytes: int) -> None:
    """Refuse a body by its headers alone."""
    for name, value in request.scope["headers"]:
        if name == _LENGTH and value.isdigit() and int(value) > max_bytes:
            raise _too_large(max_bytes)
        if name == _ENCODING and value.strip().lower() not in {b"", b"identity"}:
            raise ClientException(
                "A body with a Content-Encoding is not taken",
                status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                headers={"Accept-Encoding": "identity"},
            )


def _deadline(request: Request[Any, Any, Any]) -> float:
    services = services_of(request.scope)
    return services.platform.clock.monotonic() + services.limits.request_timeout_seconds


async def _next_piece(
    request: Request[Any, Any, Any], *, left_bytes: int, max_bytes: int, deadline: float
) -> tuple[bytes, bool]:
    """Return what came next, and whether it is the last."""
    services = services_of(request.scope)
    patience_seconds = min(services.limits.body_pause_seconds, deadline - services.platform.clock.monotonic())
    try:
        async with asyncio.timeout(patience_seconds):
            message: Any = await request.receive()
    except TimeoutError as exc:
        raise ClientException("The body came too slowly", status_code=HTTPStatus.REQUEST_TIMEOUT) from exc
    if message["type"] == "http.disconnect":
        raise TextNLPError("The sender hung up before all was sent.", kind=ErrorKind.CANCELLED)
    piece: bytes = message.get("body", b"")
    if len(piece) > left_bytes:
        raise _too_large(max_bytes)
    return piece, not message.get("more_body", False)


def _too_large(max_bytes: int) -> TextNLPError:
    return TextNLPError(
        f"The body is larger than {max_bytes:,} bytes.",
        kind=ErrorKind.TOO_LARGE,
        facts=ErrorFacts(hint="Send less in one request.", limit_name="max_body_bytes"),
    )
