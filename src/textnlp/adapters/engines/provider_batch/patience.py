"""Pauses, and calls that are made again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.clock import Clock

_Result = TypeVar("_Result")


class Pauses:
    """Lengths of pauses that grow by a factor up to a bound."""

    def __init__(self, first_seconds: float, *, longest_seconds: float, factor: float = 2.0) -> None:
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._factor = factor
        self._next_seconds = first_seconds

    def next(self) -> float:
        """Return the seconds of the next pause."""
        seconds = self._next_seconds
        self._next_seconds = min(self._longest_seconds, seconds * self._factor)
        return seconds

    def reset(self) -> None:
        """Begin with the first pause again."""
        self._next_seconds = self._first_seconds


class Patience:
    """Makes calls again that failed for a reason that may pass, after pauses or when the far side said."""

    def __init__(self, clock: Clock, *, first_seconds: float, longest_seconds: float, max_attempts: int) -> None:
        self._clock = clock
        self._first_seconds = first_seconds
        self._longest_seconds = longest_seconds
        self._max_attempts = max_attempts

    async def insist(self, ask: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return what `ask` returns; raise its error when it will not pass, or after the last attempt."""
        return await self._ask(ask, attempts=self._max_attempts)

    async def persist(self, ask: Callable[[], Awaitable[_Result]]) -> _Result:
        """As `insist`, for as long as it takes: for what must not be given up because it may be paid for.

        Only an answer that is none is not waited out: it comes from the far side and may stay so for ever.
        """
        return await self._ask(ask, attempts=None)

    async def _ask(self, ask: Callable[[], Awaitable[_Result]], *, attempts: int | None) -> _Result:
        pauses = Pauses(self._first_seconds, longest_seconds=self._longest_seconds)
        made = 0
        while True:
            try:
                return await ask()
            except TextNLPError as error:
                made += 1
                is_last = made == attempts or (error.kind is ErrorKind.BAD_RESPONSE and made >= self._max_attempts)
                if not error.is_retryable or is_last:
                    raise
                await self._clock.sleep(max(pauses.next(), _asked_pause(error)))


def _asked_pause(error: TextNLPError) -> float:
    return (error.facts.retry_after_seconds or 0.0) if error.kind is ErrorKind.RATE_LIMITED else 0.0


async def wait_for_either(event: asyncio.Event, *, seconds: float, clock: Clock) -> None:
    """Return when `event` is set or `seconds` are over."""
    waits: set[asyncio.Future[Any]] = {asyncio.ensure_future(event.wait()), asyncio.ensure_future(clock.sleep(seconds))}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
