"""Microsoft Graph, which keeps the applications and principals of a tenant.

Its objects come to all its servers only after a while: what was just made may be unknown to the next call, so that
writes are tried again for some time. Paths and answers are those of learn.microsoft.com/graph/api, version 1.0.
"""

import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp_infra.deploy.subscription import Fault, RefusedError
from textnlp_infra.deploy.timer import Timer

Document = Mapping[str, Any]

_TIMEOUT = aiohttp.ClientTimeout(total=60)
_MOST_BYTES = 4 * 1024 * 1024
_MOST_PAGES = 200
_SETTLES_SECONDS = 180.0
_LONGEST_WAIT_SECONDS = 30.0
_NOT_FOUND, _FORBIDDEN, _TOO_MANY = 404, 403, 429
_BUSY = frozenset({_TOO_MANY, 503, 504})
_DONE = frozenset({200, 201, 204})
_NOT_YET = ("does not reference a valid application object", "Permission being assigned was not found")
_ALREADY = "already exists on the object"
_NAME_IS_TAKEN = "value for property uniqueName already exists"
_ROLES = (
    "Whoever does this needs the Entra ID role Application Administrator. Somebody who has it can run textnlp azure "
    "directory; deploy leaves the directory alone when it is given the parameter applicationClientId."
)
_DELETED = (
    "An application of this name was deleted less than 30 days ago: delete it for good or restore it in the Entra "
    "admin center, App registrations, Deleted applications. Then run the command again."
)


@asynccontextmanager
async def opened_graph(
    endpoint: str,
    token: Callable[[str], Awaitable[str]],
    timer: Timer,
    *,
    poll_seconds: float,
    ca_file: Path | None = None,
) -> AsyncGenerator["MicrosoftGraph"]:
    """Open connections to Microsoft Graph, for as long as the block lasts.

    Args:
        endpoint: its address, without a slash at its end.
        token: gives a bearer token for a scope.
        timer: measures how long is waited.
        poll_seconds: time between two tries, as long as Graph names none.
        ca_file: only the authorities in it are trusted.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(), connector=aiohttp.TCPConnector(ssl=context)
    ) as session:
        yield MicrosoftGraph(session=session, endpoint=endpoint, token=token, timer=timer, poll_seconds=poll_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    body: Document
    retry_after_seconds: float | None

    @property
    def fault(self) -> Fault:
        error = self.body.get("error")
        told: Document = cast("Document", error) if isinstance(error, dict) else {}
        return Fault(code=str(told.get("code") or self.status), message=str(told.get("message") or "no reason given"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrosoftGraph:
    """A tenant's directory; open it with `opened_graph`.

    Every call raises `RefusedError` with Graph's own error, and `UNAUTHENTICATED` or `UNAVAILABLE` where there is no
    identity or no connection.
    """

    session: aiohttp.ClientSession
    endpoint: str
    token: Callable[[str], Awaitable[str]]
    timer: Timer
    poll_seconds: float

    async def find(self, path: str, *fields: str) -> Document | None:
        """Return fields of an object, None where there is none."""
        answer = await self._asked("GET", f"{path}?$select={','.join(fields)}", None)
        if answer.status == _NOT_FOUND:
            return None
        return self._taken(answer, f"to show {path}").body

    async def awaited(self, path: str, *fields: str) -> Document:
        """Return fields of an object that was just made somewhere, as soon as Graph knows it."""
        began = self.timer.monotonic()
        while (found := await self.find(path, *fields)) is None:
            if self.timer.monotonic() - began >= _SETTLES_SECONDS:
                fault = Fault(code="NotFound", message=f"It is not there after {_SETTLES_SECONDS:g} seconds.")
                raise RefusedError(f"to show {path}", fault)
            await self.timer.sleep(self.poll_seconds)
        return found

    async def listed(self, path: str) -> tuple[Document, ...]:
        """Return all objects below a path; none where the path itself is not there."""
        found: list[Document] = []
        following: str | None = path
        for _ in range(_MOST_PAGES):
            answer = await self._asked("GET", following, None)
            if answer.status == _NOT_FOUND and not found:
                return ()
            body = self._taken(answer, f"to list {path}").body
            found += body.get("value") or ()
            link = body.get("@odata.nextLink")
            if link is None:
                return tuple(found)
            following = str(link).removeprefix(f"{self.endpoint}/v1.0/")
            if following == link:
                raise TextNLPError("Microsoft Graph names a next page elsewhere.", kind=ErrorKind.BAD_RESPONSE)
        raise TextNLPError(f"{path} has more than {_MOST_PAGES} pages.", kind=ErrorKind.BAD_RESPONSE)

    async def put(self, path: str, document: Document, *, what: str) -> None:
        """Create the object that a path names by its key, or change these fields of it."""
        await self._written("PATCH", path, document, what=what)

    async def add(self, path: str, document: Document, *, what: str) -> None:
        """Add an object to a collection; nothing happens where Graph says that it is there already."""
        await self._written("POST", path, document, what=what)

    async def delete(self, path: str, *, what: str) -> None:
        """Delete an object; nothing happens where there is none."""
        answer = await self._asked("DELETE", path, None)
        if answer.status != _NOT_FOUND:
            self._taken(answer, what)

    async def purge(self, object_id: str, *, what: str) -> None:
        """Delete for good what was just deleted, as soon as Graph lists it as such."""
        path = f"directory/deletedItems/{object_id}"
        await self.awaited(path, "id")
        self._taken(await self._asked("DELETE", path, None), what)

    async def _written(self, method: str, path: str, document: Document, *, what: str) -> None:
        began = self.timer.monotonic()
        while True:
            answer = await self._asked(method, path, document)
            told = answer.fault.message
            if answer.status in _DONE or (method == "POST" and _ALREADY in told):
                return
            waits = answer.status == _NOT_FOUND or any(text in told for text in _NOT_YET)
            if not waits or self.timer.monotonic() - began >= _SETTLES_SECONDS:
                self._taken(answer, what)
            await self.timer.sleep(self.poll_seconds)

    async def _asked(self, method: str, path: str, document: Document | None) -> _Answer:
        """Ask once, or again while Graph says that it has too much to do."""
        began = self.timer.monotonic()
        while True:
            answer = await self._sent(method, path, document)
            if answer.status not in _BUSY or self.timer.monotonic() - began >= _SETTLES_SECONDS:
                return answer
            await self.timer.sleep(min(answer.retry_after_seconds or self.poll_seconds, _LONGEST_WAIT_SECONDS))

    async def _sent(self, method: str, path: str, document: Document | None) -> _Answer:
        bearer = await self.token(f"{self.endpoint}/.default")
        headers = {"Authorization": f"Bearer {bearer}", "Accept": "application/json"}
        if method == "PATCH":
            headers["Prefer"] = "create-if-missing"
        try:
            async with self.session.request(
                method,
                f"{self.endpoint}/v1.0/{path}",
                json=document,
                headers=headers,
                timeout=_TIMEOUT,
                allow_redirects=False,
            ) as response:
                body = await _read(response)
                after = response.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise TextNLPError(
                f"Microsoft Graph at {self.endpoint} cannot be reached.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Check the network's way out, and run the command again."),
            ) from exc
        return _Answer(
            status=response.status, body=body, retry_after_seconds=float(after) if after.isdecimal() else None
        )

    def _taken(self, answer: _Answer, what: str) -> _Answer:
        if answer.status in _DONE:
            return answer
        fault = answer.fault
        if answer.status == _FORBIDDEN:
            raise RefusedError(what, fault, hint=_ROLES)
        if _NAME_IS_TAKEN in fault.message:
            raise RefusedError(what, fault, hint=_DELETED)
        raise RefusedError(what, fault)


async def _read(response: aiohttp.ClientResponse) -> Document:
    """Read an answer; one that is no object, a page of a proxy say, is as good as empty."""
    body = b""
    async for part in response.content.iter_any():
        body += part
        if len(body) > _MOST_BYTES:
            raise TextNLPError(
                f"Microsoft Graph answered with more than {_MOST_BYTES} bytes.", kind=ErrorKind.BAD_RESPONSE
            )
    try:
        document: Any = json.loads(body) if body else {}
    except ValueError:
        return {}
    return cast("Document", document) if isinstance(document, dict) else {}
