"""Bodies of requests: a JSON document decoded at once, or a large file piece by piece."""

from collections.abc import AsyncGenerator
from typing import Any, TypeVar

import msgspec
from litestar import Request

from textnlp.api.invalid_fields import invalid_field, invalid_json
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_Document = TypeVar("_Document")
_LENGTH = b"content-length"


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
    _require_announced(request, max_bytes=max_bytes)
    body, is_last = await _next_piece(request, left_bytes=max_bytes, max_bytes=max_bytes)
    if is_last:
        return body
    pieces, size_bytes = [body], len(body)
    while not is_last:
        piece, is_last = await _next_piece(request, left_bytes=max_bytes - size_bytes, max_bytes=max_bytes)
        size_bytes += len(piece)
        pieces.append(piece)
    return b"".join(pieces)


async def body_pieces(request: Request[Any, Any, Any], *, max_bytes: int) -> AsyncGenerator[bytes]:
    """Yield the body as it comes.

    Raises `TOO_LARGE` before the first byte when the announced length is above `max_bytes`, else as soon as more
    has come; `CANCELLED` when the sender hangs up.
    """
    _require_announced(request, max_bytes=max_bytes)
    left_bytes, is_last = max_bytes, False
    while not is_last:
        piece, is_last = await _next_piece(request, left_bytes=left_bytes, max_bytes=max_bytes)
        left_bytes -= len(piece)
        if piece:
            yield piece


def _require_announced(request: Request[Any, Any, Any], *, max_bytes: int) -> None:
    for name, value in request.scope["headers"]:
        if name == _LENGTH and value.isdigit() and int(value) > max_bytes:
            raise _too_large(max_bytes)


async def _next_piece(request: Request[Any, Any, Any], *, left_bytes: int, max_bytes: int) -> tuple[bytes, bool]:
    """Return what came next, and whether it is the last."""
    message: Any = await request.receive()
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
