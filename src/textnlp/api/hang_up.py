"""Stops work for a caller who has gone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from typing import Any, TypeVar

from litestar import Request

from textnlp.domain.errors import ErrorKind, TextNLPError

_Result = TypeVar("_Result")
_QUICK_SECONDS = 0.05
"""Work that ends sooner is not watched over: it is done before a caller could lose patience."""


async def while_connected(request: Request[Any, Any, Any], work: Awaitable[_Result]) -> _Result:
    """Return what `work` returns; cancel it and raise `CANCELLED` when the caller hangs up first.

    The request's body must have been read.
    """
    watch = _Watch(request)
    loop = asyncio.get_running_loop()
    beginning = loop.call_later(_QUICK_SECONDS, watch.begin)
    try:
        return await work
    except asyncio.CancelledError:
        if not watch.has_seen_hang_up:
            raise
        raise TextNLPError("The caller hung up.", kind=ErrorKind.CANCELLED) from None
    finally:
        beginning.cancel()
        await watch.end()


class _Watch:
    """Cancels the task that made it when the caller of its request hangs up."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self.has_seen_hang_up = False
        self._request = request
        self._working = asyncio.current_task()
        self._listening: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Listen to the caller, beside the work."""
        self._listening = asyncio.ensure_future(self._listen())

    async def end(self) -> None:
        """Stop listening, and take back a cancellation that was asked for."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self.has_seen_hang_up and self._working is not None:
            self._working.uncancel()

    async def _listen(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        if self._working is not None:
            self.has_seen_hang_up = True
            self._working.cancel()


async def first_piece(request: Request[Any, Any, Any], pieces: AsyncGenerator[_Result]) -> _Result:
    """Return the first of `pieces`, so that an error until then can still be answered with a status of its own.

    Raises `BAD_RESPONSE` when there is none, and as `while_connected` does. `pieces` is then closed.
    """
    try:
        return await while_connected(request, anext(pieces))
    except StopAsyncIteration as exc:
        raise TextNLPError("The model wrote nothing.", kind=ErrorKind.BAD_RESPONSE) from exc
    except BaseException:
        await pieces.aclose()
        raise
