"""The calls of the Batch API: files in and out, batches made, looked at and cancelled."""

import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable, Mapping
from contextlib import aclosing
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from yarl import URL

from textnlp.adapters.engines.openai_compatible.connections import MAX_BODY_BYTES, read_bounded
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.provider_batch.documents import BatchPage, BatchStatus, ProviderFile
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey

KEY_NAME = "textnlp_batch"
"""Under this name a batch's key stands in its metadata."""

_ACCEPTED = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT})
_SENT_BYTES = 1 << 17
_PAGE_ROWS = 100
_MOST_PAGES = 1_000
_CLOCK_SLACK = timedelta(hours=1)

_Document = TypeVar("_Document", bound=msgspec.Struct)


class BatchApi:
    """Speaks to one endpoint; every method is one attempt, but `find`, which turns pages.

    Raises what the online engine raises for the same refusals, and `BAD_RESPONSE` for an answer that is none.
    """

    def __init__(self, endpoint: Endpoint, options: ProviderBatchOptions) -> None:
        self._endpoint = endpoint
        self._options = options
        self._address = endpoint.address
        self._files, self._batches = self._address.resource("files"), self._address.resource("batches")

    async def upload(self, name: str, lines: Callable[[], Iterable[bytes]], *, size_bytes: int) -> ProviderFile:
        """Send lines of `size_bytes` in all as a file, without holding them together."""
        boundary = f"textnlp-{secrets.token_hex(16)}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
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
            self._files,
            body=_in_pieces(head, lines(), tail),
            headers=headers,
            timeout_seconds=self._options.transfer_seconds,
            accepted=_ACCEPTED,
        ) as response:
            return _decoded(await read_bounded(response), ProviderFile)

    async def file(self, file_id: str) -> ProviderFile:
        """Return how a file stands."""
        return _decoded(await self._asked("GET", self._address.resource("files", file_id)), ProviderFile)

    async def delete_file(self, file_id: str) -> None:
        """Remove a file."""
        await self._asked("DELETE", self._address.resource("files", file_id))

    async def create(self, file_id: str, *, key: ProviderBatchKey) -> BatchStatus:
        """Make a batch of an uploaded file."""
        asked = {
            "input_file_id": file_id,
            "endpoint": self._options.completions_path,
            "completion_window": "24h",
            "metadata": {KEY_NAME: key},
        }
        return _decoded(await self._asked("POST", self._batches, body=asked), BatchStatus)

    async def get(self, batch_id: str) -> BatchStatus:
        """Return how a batch stands."""
        return _decoded(await self._asked("GET", self._address.resource("batches", batch_id)), BatchStatus)

    async def cancel(self, batch_id: str) -> None:
        """Ask for a batch to be cancelled; what it has answered by then is kept and paid."""
        await self._asked("POST", self._address.resource("batches", batch_id, "cancel"), body={})

    async def find(self, key: ProviderBatchKey, *, since: datetime) -> BatchStatus | None:
        """Return the batch that carries `key` and has not failed, None where there is none.

        Looks through what was made after `since`, with an hour for clocks that differ. Raises `BAD_RESPONSE` for a
        list that does not end, for then it cannot be told whether there is one.
        """
        oldest = (since - _CLOCK_SLACK).timestamp()
        after: str | None = None
        for _ in range(_MOST_PAGES):
            asked = {"limit": str(_PAGE_ROWS)} | ({} if after is None else {"after": after})
            page = _decoded(await self._asked("GET", self._batches.update_query(asked)), BatchPage)
            for batch in page.data:
                if (batch.metadata or {}).get(KEY_NAME) == key and batch.status != "failed":
                    return batch
            if not page.has_more or not page.data or page.data[-1].created_at < oldest:
                return None
            after = page.data[-1].id
        raise TextNLPError("The provider's list of batches has no end.", kind=ErrorKind.BAD_RESPONSE)

    async def lines(self, file_id: str) -> AsyncGenerator[bytes]:
        """Yield the lines of a file as they arrive, blank ones left out; raise `BAD_RESPONSE` for one without end."""
        url = self._address.resource("files", _as_path_part(file_id), "content")
        seconds = self._options.transfer_seconds
        async with (
            self._endpoint.requested("GET", url, timeout_seconds=seconds) as response,
            aclosing(_lines_of(response.content.iter_any())) as lines,
        ):
            async for line in lines:
                yield line

    async def _asked(self, method: str, url: URL, *, body: Mapping[str, Any] | None = None) -> bytes:
        async with self._endpoint.requested(
            method,
            url,
            body=None if body is None else msgspec.json.encode(body),
            timeout_seconds=self._options.call_seconds,
            accepted=_ACCEPTED,
        ) as response:
            return await read_bounded(response)


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


def _decoded(body: bytes, kind: type[_Document]) -> _Document:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        begin = body[:200].decode("utf-8", "replace")
        message = f"The provider's answer cannot be read: {exc}. It begins {begin!r}."
        raise TextNLPError(message, kind=ErrorKind.BAD_RESPONSE) from exc


def _as_path_part(file_id: str) -> str:
    """Refuse an id that would lead elsewhere."""
    try:
        return msgspec.convert({"id": file_id}, ProviderFile).id
    except msgspec.ValidationError as exc:
        raise TextNLPError("The provider names a file in a way that is no id.", kind=ErrorKind.BAD_RESPONSE) from exc
