"""Find and keep what models answered, for all calls of a process together."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from textnlp.application.group_calls import GroupedCalls
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion
from textnlp.ports.call_cache import CallCache
from textnlp.ports.clock import Clock

_LOG = logging.getLogger(__name__)
_WITHIN_SECONDS = 2.0
_AWAY_SECONDS = 5.0
_PAUSES_SECONDS = (0.05, 0.25)

_Result = TypeVar("_Result")


class CallKeeper:
    """A tenant's cache for calls that are made at the same time: those of one moment share a query or a transaction.

    A cache that cannot be reached, or does not answer within two seconds, raises `UNAVAILABLE`; for the five seconds
    after that nothing asks it, so that calls are not held up by it. Keeping is tried three times first.
    """

    def __init__(self, cache: CallCache, *, clock: Clock) -> None:
        self._cache = cache
        self._clock = clock
        self._finds = GroupedCalls(self._find, clock=clock)
        self._keeps = GroupedCalls(self._keep, clock=clock)
        self._away_until = float("-inf")

    async def find(self, key: bytes) -> Completion | None:
        """Return what is kept for `key`, None where nothing is."""
        self._require_there()
        return await self._finds.submit(key)

    async def keep(self, key: bytes, completion: Completion) -> None:
        """Return once the answer is committed, or another one for the same key was there before."""
        self._require_there()
        await self._keeps.submit((key, completion))

    async def _find(self, keys: Sequence[bytes]) -> Sequence[Completion | None]:
        found = await self._asked(lambda: self._cache.find(keys))
        return [found.get(key) for key in keys]

    async def _keep(self, entries: Sequence[tuple[bytes, Completion]]) -> Sequence[None]:
        await self._asked(lambda: self._cache.keep(entries), pauses_seconds=_PAUSES_SECONDS)
        return [None] * len(entries)

    async def _asked(
        self, ask: Callable[[], Awaitable[_Result]], *, pauses_seconds: Sequence[float] = ()
    ) -> _Result:
        for pause_seconds in (*pauses_seconds, None):
            self._require_there()
            try:
                async with asyncio.timeout(_WITHIN_SECONDS):
                    return await ask()
            except TimeoutError:
                error = _away(f"it did not answer within {_WITHIN_SECONDS:g} s")
            except TextNLPError as exc:
                if exc.kind is not ErrorKind.UNAVAILABLE:
                    raise
                error = exc
            if pause_seconds is not None:
                await self._clock.sleep(pause_seconds)
        raise self._found_away(error)

    def _require_there(self) -> None:
        if self._clock.monotonic() < self._away_until:
            raise _away("it was away a moment ago")

    def _found_away(self, error: TextNLPError) -> TextNLPError:
        self._away_until = self._clock.monotonic() + _AWAY_SECONDS
        _LOG.warning("Calls are made without the cache for %g s: %s", _AWAY_SECONDS, error.message)
        return error


def _away(why: str) -> TextNLPError:
    return TextNLPError(f"The cache of calls cannot be used: {why}.", kind=ErrorKind.UNAVAILABLE)
