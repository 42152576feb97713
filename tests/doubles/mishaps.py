"""What befalls single calls to a double, so that tests see what is done about it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True, kw_only=True)
class Mishap:
    """What befalls the next calls whose path ends in `ending`.

    Attributes:
        status: the answer; None cuts the connection.
        is_done: whether the call has its effect all the same.
        hangs: whether the answer never comes.
    """

    method: str
    ending: str
    status: int | None = None
    is_done: bool = False
    hangs: bool = False
    times: int = 1

    def befalls(self, request: web.Request) -> bool:
        """Whether this call is one that it befalls."""
        return self.times > 0 and request.method == self.method and request.path.endswith(self.ending)


async def answered(
    request: web.Request, handler: Handler, mishaps: list[Mishap], refusal: Callable[[int], web.Response]
) -> web.StreamResponse:
    """Answer a call as the handler does, or as the first mishap has it that befalls it."""
    mishap = next((each for each in mishaps if each.befalls(request)), None)
    if mishap is None:
        return await handler(request)
    mishap.times -= 1
    if mishap.is_done:
        await handler(request)
    if mishap.hangs:
        await asyncio.sleep(3600)
    if mishap.status is None:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    return refusal(mishap.status)
