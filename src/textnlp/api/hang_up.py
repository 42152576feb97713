"""Stops work for a caller who has gone."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, TypeVar

from litestar import Request

from textnlp.domain.errors import ErrorKind, TextNLPError

_Result = TypeVar("_Result")


async def while_connected(request: Request[Any, Any, Any], work: Coroutine[Any, Any, _Result]) -> _Result:
    """Return what `work` returns; cancel it and raise `CANCELLED` when the caller hangs up first.

    The request's body must have been read.
    """
    working = asyncio.ensure_future(work)
    listening = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait({working, listening}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise TextNLPError("The caller hung up.", kind=ErrorKind.CANCELLED)
    finally:
        for task in (working, listening):
            task.cancel()
        await asyncio.gather(working, listening, return_exceptions=True)


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


async def _hung_up(request: Request[Any, Any, Any]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
