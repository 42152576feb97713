"""Find and keep what models answered, for all calls of a process together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from textnlp.application.group_calls import GroupedCalls
from textnlp.application.settled_waiters import Settled, nothing_to_settle
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion
from textnlp.ports.call_cache import CallCache
from textnlp.ports.clock import Clock

_LOG = logging.getLogger(__name__)
_AWAY_SECONDS = 5.0
_PAUSES_SECONDS = (0.05, 0.25)

_Result = TypeVar("_Result")


class CallKeeper:
    """A tenant's cache for calls that are made at the same time: those of one moment share a query or a transaction.

    A cache that cannot be reached, or does not answer within `within_seconds`, raises `UNAVAILABLE`; for the five
    seconds after that nothing asks it, so that calls are not held up by it. Keeping is tried three times first.

    Args:
        settled: no answer is kept before the usage of its call is committed, for whoever finds it pays nothing.
    """

    def __init__(
        self,
        cache: CallCache,
        *,
        clock: Clock,
        within_seconds: float = 2.0,
        settled: Settled = nothing_to_settle,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._within_seconds = within_seconds
        self._settled = settled
        self._finds = GroupedCalls(self._find, clock=clock)
        self._keeps = GroupedCalls(self._keep, clock=clock)
        self._away_until = float("-inf")

    async def find(self, key: bytes) -> Completion | None:
        """Return what is kept for `key`, None where nothing is."""
        return await self._finds.submit(key)

    async def keep(self, key: bytes, completion: Completion) -> None:
        """Return once the answer is committed, or another one for the same key was there before."""
        await self._keeps.submit((key, completion))

    async def _find(self, keys: Sequence[bytes]) -> Sequence[Completion | None]:
        found = await self._asked(lambda: self._cache.find(keys))
        return [found.get(key) for key in keys]

    async def _keep(self, entries: Sequence[tuple[bytes, Completion]]) -> Sequence[None]:
        async def keep() -> None:
            await self._settled()
            await self._cache.keep(entries)

        await self._asked(keep, pauses_seconds=_PAUSES_SECONDS)
        return [None] * len(entries)

    async def _asked(self, ask: Callable[[], Awaitable[_Result]], *, pauses_seconds: Sequence[float] = ()) -> _Result:
        if self._clock.monotonic() < self._away_until:
            raise _away("it was away a moment ago")
        for pause_seconds in pauses_seconds:
            try:
                return await self._asked_once(ask)
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise
            await self._clock.sleep(pause_seconds)
        try:
            return await self._asked_once(ask)
        except TextNLPError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                self._away_until = self._clock.monotonic() + _AWAY_SECONDS
                _LOG.warning("Calls are made without the cache for %g s: %s", _AWAY_SECONDS, error.message)
            raise

    async def _asked_once(self, ask: Callable[[], Awaitable[_Result]]) -> _Result:
        try:
            async with asyncio.timeout(self._within_seconds):
                return await ask()
        except TimeoutError as exc:
            raise _away(f"it did not answer within {self._within_seconds:g} s") from exc


def _away(why: str) -> TextNLPError:
    return TextNLPError(f"The cache of calls cannot be used: {why}.", kind=ErrorKind.UNAVAILABLE)
