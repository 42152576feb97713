"""Waking those who wait for a message."""

import asyncio
from collections import Counter, defaultdict

from textnlp.ports.clock import Clock


class Arrivals:
    """Counts what arrived under each key, so that no arrival is missed between looking and waiting.

    Take a ticket, look, and where there is nothing wait with the ticket: an arrival after the ticket was taken ends
    the wait at once.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._waiting: defaultdict[str, set[asyncio.Future[None]]] = defaultdict(set)
        self._rounds = 0

    def ticket(self, key: str) -> tuple[int, int]:
        """Tell what has arrived so far."""
        return self._rounds, self._counts[key]

    def announce(self, key: str) -> None:
        """Wake everybody who waits under the key."""
        self._counts[key] += 1
        _wake(self._waiting[key])

    def announce_all(self) -> None:
        """Wake everybody, for when arrivals may have been missed."""
        self._rounds += 1
        for waiting in self._waiting.values():
            _wake(waiting)

    async def wait(self, key: str, ticket: tuple[int, int], *, seconds: float) -> None:
        """Return when something has arrived since the ticket was taken, or the seconds are over."""
        if ticket != self.ticket(key) or seconds <= 0:
            return
        woken = asyncio.get_running_loop().create_future()
        sleep = asyncio.ensure_future(self._clock.sleep(seconds))
        sleep.add_done_callback(lambda _task: _wake({woken}))
        self._waiting[key].add(woken)
        try:
            await woken
        finally:
            self._waiting[key].discard(woken)
            sleep.cancel()


def _wake(waiting: set[asyncio.Future[None]]) -> None:
    for future in waiting:
        if not future.done():
            future.set_result(None)
