"""Sends calls and reads their answers, while others work."""

import contextlib
import random
from collections.abc import AsyncGenerator, Generator, Mapping
from typing import TypeVar

import httpx

from textnlp.client.call import Call
from textnlp.client.connection import Body, Connection, TypedEvents
from textnlp.client.waiting import AsyncWait, wait_aside
from textnlp.domain.errors import TextNLPError

_Shape = TypeVar("_Shape")


class AsyncTransport:
    """Calls a platform, and again where a call failed for a reason that passes and cannot do harm twice.

    What the platform refuses is raised as the error that it tells of; one that cannot be reached, or goes away in
    the middle, raises `UNAVAILABLE` with what to do.
    """

    def __init__(self, http: httpx.AsyncClient, connection: Connection, *, pause: AsyncWait = wait_aside) -> None:
        self._http = http
        self._connection = connection
        self._refusals = connection.refusals
        self._pause = pause

    async def decoded(self, call: Call, shape: type[_Shape], *, status: int | None = None) -> _Shape:
        """Return the JSON answer; raises `BAD_RESPONSE` where it is something else, or of another status."""
        async with self._answered(call) as response:
            body = await self._body(response)
        if status is not None and response.status_code != status:
            raise body.error(response)
        return body.decoded(response, shape)

    async def done(self, call: Call) -> None:
        """Wait until what is asked for is done; an answer is not looked at."""
        async with self._answered(call):
            pass

    async def pieces(self, call: Call) -> AsyncGenerator[bytes]:
        """Yield the answer in pieces, as it comes."""
        async with self._answered(call) as response:
            async for piece in response.aiter_bytes():
                yield piece

    async def events(self, call: Call, kinds: Mapping[str, type[_Shape]]) -> AsyncGenerator[_Shape]:
        """Yield what the events of a stream hold, by their names, as they come."""
        events = TypedEvents(kinds, self._refusals)
        async with self._answered(call) as response:
            async for piece in response.aiter_bytes():
                for event in events.feed(piece):
                    yield event
        events.require_end()

    @contextlib.asynccontextmanager
    async def _answered(self, call: Call) -> AsyncGenerator[httpx.Response]:
        """Yield an answer that is none of failure; errors of reading it in the block are told as those of calling."""
        response = await self._sent(call)
        async with contextlib.aclosing(response):
            with self._told():
                yield response

    async def _sent(self, call: Call) -> httpx.Response:
        headers = call.headers()
        attempt = 0
        while True:
            attempt += 1
            try:
                return await self._attempt(call, headers)
            except TextNLPError as error:
                if (seconds := self._pause_after(call, error, attempt)) is None:
                    raise
            await self._pause(seconds)

    async def _attempt(self, call: Call, headers: Mapping[str, str]) -> httpx.Response:
        with contextlib.ExitStack() as stack, self._told():
            files = None
            if call.upload is not None:
                files = {"file": call.upload.part(stack.enter_context(call.upload.opened()))}
            request = self._http.build_request(**self._connection.request(call), headers=headers, files=files)
            response = await self._http.send(request, stream=True)
            if (following := self._connection.linked(call, response)) is not None:
                await response.aclose()
                response = await self._http.send(following, stream=True)
            if response.is_success:
                return response
            async with contextlib.aclosing(response):
                raise (await self._body(response)).error(response)

    async def _body(self, response: httpx.Response) -> Body:
        body = Body(self._refusals)
        async for piece in response.aiter_bytes():
            body.add(piece)
        return body

    def _pause_after(self, call: Call, error: TextNLPError, attempt: int) -> float | None:
        if not call.is_repeatable:
            return None
        share = random.random()  # noqa: S311  spreads callers, guards nothing
        return self._connection.policy.pause_seconds(error, attempt=attempt, share=share)

    @contextlib.contextmanager
    def _told(self) -> Generator[None]:
        try:
            yield
        except httpx.HTTPError as exc:
            raise self._refusals.unreachable(exc) from exc
