"""A client of a running platform."""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import aiohttp
import msgspec

from textnlp.bootstrap.gateway_wiring import own_token
from textnlp.cli.remote_batch import RemoteBatch, RemoteBatches, RemoteGeneration
from textnlp.cli.remote_models import RemoteModel, RemoteModels
from textnlp.cli.server_errors import error_in, unreachable
from textnlp.cli.server_events import ServerEvent, read_events
from textnlp.domain.batches.model import Batch
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Completion, FinishReason
from textnlp.domain.loopback import is_loopback
from textnlp.settings import Settings

DEFAULT_SERVER = "http://127.0.0.1:8000"
_BATCHES = "/api/v1/batches"
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 300.0
_EVENT_SECONDS = 45.0
_PIECE_BYTES = 1 << 20

_Shape = TypeVar("_Shape")


@contextlib.asynccontextmanager
async def open_client(settings: Settings, *, permissions: Iterable[str] = ()) -> AsyncGenerator["ServerClient"]:
    """Connect to the platform that the settings name, or to the one on this machine.

    Sends the token of the settings; to this machine, where they have none, one that its own key signed, with
    `permissions`, or those that `own_token` gives where none is named. Raises `INVALID_INPUT` for no address.
    """
    address = (settings.server or DEFAULT_SERVER).rstrip("/")
    host = _require_address(address)
    token = settings.token or (own_token(settings, permissions).text if is_loopback(host) else None)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_ANSWER_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, headers=headers) as session:
        yield ServerClient(address, session)


class ServerClient:
    """Calls a platform.

    What it refuses is raised as the error that its problem document tells of; a platform that cannot be reached, or
    goes away in the middle, raises `UNAVAILABLE` with what to do.
    """

    def __init__(self, server: str, session: aiohttp.ClientSession) -> None:
        self.server = server
        self._session = session

    async def generate(self, document: Mapping[str, Any]) -> Completion:
        """Ask for one completion."""
        answer = await self._decoded("POST", "/api/v1/generate", RemoteGeneration, json=document)
        return Completion(
            text=answer.text,
            model=answer.model,
            finish_reason=FinishReason(answer.finish_reason),
            usage=answer.usage,
            attempts=answer.attempts,
            deployment=answer.deployment,
        )

    async def stream_generation(self, document: Mapping[str, Any]) -> AsyncGenerator[ServerEvent]:
        """Ask for one completion and yield its chunks as they come; raise an error that comes among them."""
        async with self._response("POST", "/api/v1/generate", json={**document, "stream": True}) as response:
            async for event in read_events(response.content.iter_any()):
                if event.name == "error":
                    raise _error_in_stream(event.data, server=self.server)
                yield event

    async def models(self) -> list[RemoteModel]:
        """List the models that are known by name, and how their deployments are."""
        return (await self._decoded("GET", "/api/v1/models", RemoteModels)).models

    async def submit(self, source: Path, fields: Mapping[str, str]) -> Batch:
        """Send a file of prompts, from disk as it goes; `fields` say what goes with it."""
        with _opened(source) as file:
            if "schema" in fields:
                form = aiohttp.FormData(dict(fields))
                form.add_field("file", file, filename=source.name, content_type="application/octet-stream")
                answer = await self._decoded("POST", _BATCHES, RemoteBatch, data=form)
            else:
                headers = {"Content-Type": "application/octet-stream"}
                query = {"name": source.name, **fields}
                answer = await self._decoded("POST", _BATCHES, RemoteBatch, data=file, params=query, headers=headers)
        return answer.batch()

    async def batches(self, *, limit: int) -> list[Batch]:
        """List batches, newest first."""
        found: list[RemoteBatch] = []
        query: dict[str, str] = {}
        while len(found) < limit:
            query["limit"] = str(min(200, limit - len(found)))
            page = await self._decoded("GET", _BATCHES, RemoteBatches, params=query)
            found += page.batches
            if page.next_before is None:
                break
            query["before"] = page.next_before
        return [each.batch() for each in found]

    async def batch(self, batch_id: str) -> Batch:
        """Return a batch."""
        return (await self._decoded("GET", _batch_path(batch_id), RemoteBatch)).batch()

    async def cancel(self, batch_id: str) -> Batch:
        """Stop a batch."""
        return (await self._decoded("POST", _batch_path(batch_id, "cancel"), RemoteBatch)).batch()

    async def retry(self, batch_id: str) -> Batch:
        """Ask the failed rows of a batch again."""
        return (await self._decoded("POST", _batch_path(batch_id, "retry"), RemoteBatch)).batch()

    async def events(self, batch_id: str) -> AsyncGenerator[ServerEvent]:
        """Yield the events of a batch until the platform ends the stream."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS, sock_read=_EVENT_SECONDS)
        async with self._response("GET", _batch_path(batch_id, "events"), timeout=timeout) as response:
            async for event in read_events(response.content.iter_any()):
                yield event

    async def file(self, batch_id: str, name: str) -> AsyncGenerator[bytes]:
        """Yield a result file of a batch in pieces."""
        async with self._response("GET", _batch_path(batch_id, f"files/{name}")) as response:
            async for piece in response.content.iter_chunked(_PIECE_BYTES):
                yield piece

    async def body(self, method: str, path: str, **options: Any) -> bytes:
        """Return a whole answer as it comes."""
        async with self._response(method, path, **options) as response:
            return await response.read()

    async def _decoded(self, method: str, path: str, shape: type[_Shape], **options: Any) -> _Shape:
        async with self._response(method, path, **options) as response:
            body = await response.read()
        try:
            return msgspec.json.decode(body, type=shape)
        except msgspec.DecodeError as exc:
            raise error_in(body, status=response.status, server=self.server) from exc

    @contextlib.asynccontextmanager
    async def _response(self, method: str, path: str, **options: Any) -> AsyncGenerator[aiohttp.ClientResponse]:
        """Yield a response that succeeded; errors of reading it in the block are told as those of calling."""
        try:
            async with self._session.request(method, self.server + path, **options) as response:
                if not response.ok:
                    raise error_in(await response.read(), status=response.status, server=self.server)
                yield response
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise unreachable(exc, server=self.server) from exc


def _batch_path(batch_id: str, part: str = "") -> str:
    path = f"{_BATCHES}/{quote(batch_id, safe='')}"
    return f"{path}/{part}" if part else path


def _error_in_stream(data: bytes, *, server: str) -> TextNLPError:
    try:
        problem = bytes(msgspec.json.decode(data, type=dict[str, msgspec.Raw])["error"])
    except (msgspec.DecodeError, KeyError):
        problem = data
    return error_in(problem, status=200, server=server)


@contextlib.contextmanager
def _opened(source: Path) -> Any:
    try:
        file = source.open("rb")
    except OSError as exc:
        raise TextNLPError(
            f"Cannot read {source}: {exc.strerror}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="INPUT"),
        ) from exc
    with file:
        yield file


def _require_address(server: str) -> str:
    """Return the host of the address."""
    parts = urlsplit(server)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid_input(f"{server!r} is not the address of a platform, such as {DEFAULT_SERVER}.", field="server")
    return parts.hostname
