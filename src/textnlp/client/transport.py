"""Sends calls and reads their answers, one at a time."""

import contextlib
import random
from collections.abc import Generator, Mapping
from typing import TypeVar

import httpx

from textnlp.client.call import Call
from textnlp.client.connection import Body, Connection, TypedEvents
from textnlp.client.waiting import Wait, wait
from textnlp.domain.errors import TextNLPError

_Shape = TypeVar("_Shape")


class Transport:
    """Calls a platform, and again where a call failed for a reason that passes and cannot do harm twice.

    What the platform refuses is raised as the error that it tells of; one that cannot be reached, or goes away in
    the middle, raises `UNAVAILABLE` with what to do.
    """

    def __init__(self, http: httpx.Client, connection: Connection, *, pause: Wait = wait) -> None:
        self._http = http
        self._connection = connection
        self._refusals = connection.refusals
        self._pause = pause

    def decoded(self, call: Call, shape: type[_Shape], *, status: int | None = None) -> _Shape:
        """Return the JSON answer; raises `BAD_RESPONSE` where it is something else, or of another status."""
        with self._answered(call) as response:
            body = self._body(response)
        if status is not None and response.status_code != status:
            raise body.error(response)
        return body.decoded(response, shape)

    def done(self, call: Call) -> None:
        """Wait until what is asked for is done; an answer is not looked at."""
        with self._answered(call):
            pass

    def pieces(self, call: Call) -> Generator[bytes]:
        """Yield the answer in pieces, as it comes."""
        with self._answered(call) as response:
            yield from response.iter_bytes()

    def events(self, call: Call, kinds: Mapping[str, type[_Shape]]) -> Generator[_Shape]:
        """Yield what the events of a stream hold, by their names, as they come."""
        events = TypedEvents(kinds, self._refusals)
        with self._answered(call) as response:
            for piece in response.iter_bytes():
                yield from events.feed(piece)
        events.require_end()

    @contextlib.contextmanager
    def _answered(self, call: Call) -> Generator[httpx.Response]:
        """Yield an answer that is none of failure; errors of reading it in the block are told as those of calling."""
        response = self._sent(call)
        with contextlib.closing(response), self._told():
            yield response

    def _sent(self, call: Call) -> httpx.Response:
        headers = call.headers()
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._attempt(call, headers)
            except TextNLPError as error:
                if (seconds := self._pause_after(call, error, attempt)) is None:
                    raise
            self._pause(seconds)

    def _attempt(self, call: Call, headers: Mapping[str, str]) -> httpx.Response:
        with contextlib.ExitStack() as stack, self._told():
            files = None
            if call.upload is not None:
                files = {"file": call.upload.part(stack.enter_context(call.upload.opened()))}
            request = self._http.build_request(**self._connection.request(call), headers=headers, files=files)
            response = self._http.send(request, stream=True)
            if (following := self._connection.linked(call, response)) is not None:
                response.close()
                response = self._http.send(following, stream=True)
            if response.is_success:
                return response
            with contextlib.closing(response):
                raise self._body(response).error(response)

    def _body(self, response: httpx.Response) -> Body:
        body = Body(self._refusals)
        for piece in response.iter_bytes():
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
