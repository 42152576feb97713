"""A clock that stands still until the test moves it."""

import asyncio
import heapq
import math
from datetime import UTC, datetime, timedelta

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_TURNS_OF_THE_LOOP = 10


class ManualClock:
    """Satisfies the `Clock` port; `advance` moves both times together and wakes the sleepers that are due.

    Sleepers wake one after another in the order of their times, each seeing the very moment it asked for, as they
    would with a real clock. A sleep of nothing or less only lets others run.
    """

    def __init__(self, *, now: datetime = _START, monotonic: float = 1000.0) -> None:
        self._now = now
        self._monotonic = monotonic
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._monotonic + seconds, self._count, woken))
        await woken

    @property
    def sleeping(self) -> int:
        """How many are waiting, the cancelled ones left out."""
        return sum(not woken.done() for _, _, woken in self._sleepers)

    @property
    def next_wake_seconds(self) -> float:
        """Seconds until the first sleeper is due, infinite where nobody sleeps."""
        due = [at for at, _, woken in self._sleepers if not woken.done()]
        return min(due) - self._monotonic if due else math.inf

    async def advance(self, seconds: float) -> None:
        """Move time on, and let everything that this sets off run until it waits again."""
        await _settle()
        until = self._monotonic + seconds
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, woken = heapq.heappop(self._sleepers)
            if woken.done():
                continue
            self._move_to(max(at, self._monotonic))
            woken.set_result(None)
            await _settle()
        self._move_to(until)
        await _settle()

    def _move_to(self, monotonic: float) -> None:
        self._now += timedelta(seconds=monotonic - self._monotonic)
        self._monotonic = monotonic


async def _settle() -> None:
    for _ in range(_TURNS_OF_THE_LOOP):
        await asyncio.sleep(0)


class HurriedClock(ManualClock):
    """A clock on which every sleep takes its time at once, so that nothing waits."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._move_to(self._monotonic + max(0.0, seconds))
