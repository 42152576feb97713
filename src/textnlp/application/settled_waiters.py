"""Those who wait until the usage of calls that have ended is committed."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

Settled = Callable[[], Awaitable[None]]
"""Returns once the usage of all calls that have ended is committed; raises `UNAVAILABLE` where that cannot be."""


async def nothing_to_settle() -> None:
    """Return at once: a `Settled` for calls that are charged to nobody."""


def ledger_is_closed() -> TextNLPError:
    """Build the error for whoever waits for a ledger that will not be written to again."""
    return TextNLPError("The ledger of usage is closed.", kind=ErrorKind.UNAVAILABLE)


class SettledWaiters:
    """Counts settlements as they are handed over and written, and tells those who wait for what was handed over.

    Works within one event loop.
    """

    def __init__(self) -> None:
        self._handed_over = self._written = 0
        self._awaited: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._hurry = asyncio.Event()
        self._is_closed = False

    def hand_over(self) -> None:
        """Count a settlement that is to be written."""
        self._handed_over += 1

    async def wait(self) -> None:
        """Return once all that was handed over so far is written; raise `UNAVAILABLE` once this is closed."""
        if self._written >= self._handed_over:
            return
        if self._is_closed:
            raise ledger_is_closed()
        future = asyncio.get_running_loop().create_future()
        self._awaited.append((self._handed_over, future))
        self._hurry.set()
        await future

    async def gather(self, seconds: float, *, clock: Clock) -> None:
        """Let settlements come together for so long, or until somebody waits for them."""
        self._hurry.clear()
        if self._awaited or not seconds:
            await clock.sleep(0)
            return
        gathering = asyncio.ensure_future(clock.sleep(seconds))
        hurrying = asyncio.ensure_future(self._hurry.wait())
        try:
            await asyncio.wait((gathering, hurrying), return_when=asyncio.FIRST_COMPLETED)
        finally:
            gathering.cancel()
            hurrying.cancel()

    def tell(self, written: int) -> None:
        """Note that so many more were written, in the order in which they were handed over."""
        self._written += written
        while self._awaited and self._awaited[0][0] <= self._written:
            _, future = self._awaited.popleft()
            if not future.done():
                future.set_result(None)

    def close(self) -> None:
        """Turn away those who wait, and whoever comes later for what was not written."""
        self._is_closed = True
        for _, future in self._awaited:
            if not future.done():
                future.set_exception(ledger_is_closed())
