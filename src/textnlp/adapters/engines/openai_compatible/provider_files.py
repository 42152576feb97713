"""Files at a provider: sent, looked at, read and removed."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

import msgspec

from textnlp.adapters.engines.openai_compatible.connections import MAX_BODY_BYTES, read_bounded
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.domain.errors import ErrorKind, TextNLPError

ProviderId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$")]
"""An id that can stand in a path without leaving it."""

ACCEPTED = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT})
"""What a provider answers where it has done what was asked; Azure says 201 of what it has made."""

_SENT_BYTES = 1 << 17

_Document = TypeVar("_Document", bound=msgspec.Struct)


class ProviderFile(msgspec.Struct, frozen=True):
    """A file at the provider; Azure looks it through before anything may name it."""

    id: ProviderId
    status: str | None = None
    status_details: Any = None

    @property
    def is_pending(self) -> bool:
        """Whether the provider still looks at it."""
        return self.status in {"pending", "running"}

    @property
    def is_refused(self) -> bool:
        """Whether the provider found it not fit to be used."""
        return self.status in {"error", "failed"}


class ProviderFiles:
    """Speaks to one endpoint; every method is one attempt.

    Raises what the online engine raises for the same refusals, and `BAD_RESPONSE` for an answer that is none.
    """

    def __init__(self, endpoint: Endpoint, *, call_seconds: float, transfer_seconds: float) -> None:
        """Let a small call take `call_seconds`, and sending or reading a file `transfer_seconds`."""
        self._endpoint = endpoint
        self._call_seconds = call_seconds
        self._transfer_seconds = transfer_seconds

    async def upload(
        self, name: str, pieces: Callable[[], Iterable[bytes]], *, size_bytes: int, purpose: str
    ) -> ProviderFile:
        """Send pieces of `size_bytes` in all as a file, without holding them together; `name` holds no quotes."""
        boundary = f"textnlp-{secrets.token_hex(16)}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\n{purpose}\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/json\r\n\r\n"
        ).encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(head) + size_bytes + len(tail)),
        }
        async with self._endpoint.requested(
            "POST",
            self._endpoint.address.resource("files"),
            body=_in_pieces(head, pieces(), tail),
            headers=headers,
            timeout_seconds=self._transfer_seconds,
            accepted=ACCEPTED,
        ) as response:
            return decoded(await read_bounded(response), ProviderFile)

    async def find(self, file_id: str) -> ProviderFile:
        """Return how a file stands."""
        return decoded(await self._asked("GET", file_id), ProviderFile)

    async def delete(self, file_id: str) -> None:
        """Remove a file."""
        await self._asked("DELETE", file_id)

    async def pieces(self, file_id: str) -> AsyncGenerator[bytes]:
        """Yield the bytes of a file as they arrive."""
        url = self._endpoint.address.resource("files", _as_path_part(file_id), "content")
        async with self._endpoint.requested("GET", url, timeout_seconds=self._transfer_seconds) as response:
            async for piece in response.content.iter_any():
                yield piece

    async def lines(self, file_id: str) -> AsyncGenerator[bytes]:
        """Yield the lines of a file as they arrive, blank ones left out; raise `BAD_RESPONSE` for one without end."""
        async with aclosing(self.pieces(file_id)) as pieces, aclosing(_lines_of(pieces)) as lines:
            async for line in lines:
                yield line

    async def _asked(self, method: str, file_id: str) -> bytes:
        url = self._endpoint.address.resource("files", _as_path_part(file_id))
        async with self._endpoint.requested(
            method, url, timeout_seconds=self._call_seconds, accepted=ACCEPTED
        ) as response:
            return await read_bounded(response)


def decoded(body: bytes, kind: type[_Document]) -> _Document:
    """Read what a provider answered; raise `BAD_RESPONSE` with its beginning where it is something else."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        begin = body[:200].decode("utf-8", "replace")
        message = f"The provider's answer cannot be read: {exc}. It begins {begin!r}."
        raise TextNLPError(message, kind=ErrorKind.BAD_RESPONSE) from exc


async def _in_pieces(head: bytes, lines: Iterable[bytes], tail: bytes) -> AsyncGenerator[bytes]:
    piece = bytearray(head)
    for line in lines:
        piece += line
        if len(piece) >= _SENT_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece + tail)


async def _lines_of(pieces: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    rest = bytearray()
    async for piece in pieces:
        rest += piece
        if b"\n" in piece:
            *lines, last = bytes(rest).split(b"\n")
            rest = bytearray(last)
            for line in lines:
                if line.strip():
                    yield line
        if len(rest) > MAX_BODY_BYTES:
            raise TextNLPError(f"A line is larger than {MAX_BODY_BYTES} bytes.", kind=ErrorKind.BAD_RESPONSE)
    if rest.strip():
        yield bytes(rest)


def _as_path_part(file_id: str) -> str:
    """Refuse an id that would lead elsewhere."""
    try:
        return msgspec.convert({"id": file_id}, ProviderFile).id
    except msgspec.ValidationError as exc:
        raise TextNLPError("The provider names a file in a way that is no id.", kind=ErrorKind.BAD_RESPONSE) from exc
