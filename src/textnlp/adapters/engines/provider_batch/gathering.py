"""Gathers requests into files."""

from collections.abc import Callable, Coroutine
from typing import Any

from textnlp.adapters.engines.provider_batch.flights import Flight
from textnlp.adapters.engines.provider_batch.options import ProviderBatchOptions
from textnlp.ports.clock import Clock

Spawn = Callable[[Coroutine[Any, Any, None]], None]
"""Runs something beside what is running, until the engine is closed."""


class _Pile:
    """Requests for one file."""

    def __init__(self, now: float) -> None:
        self.flights: list[Flight] = []
        self.size_bytes = 0
        self.prompt_tokens = 0
        self.begun_at = self.last_at = now


class Gathering:
    """Gathers the requests of each model until it is quiet or a file is full; a file has one model.

    Args:
        release: takes the flights of a full file.
        limit_of: tells the most tokens of a model that a file may have, None for any.
        spawn: runs the timers.
    """

    def __init__(
        self,
        options: ProviderBatchOptions,
        *,
        clock: Clock,
        release: Callable[[str, list[Flight]], None],
        limit_of: Callable[[str], int | None],
        spawn: Spawn,
    ) -> None:
        self._options = options
        self._clock = clock
        self._release = release
        self._limit_of = limit_of
        self._spawn = spawn
        self._piles: dict[str, _Pile] = {}

    def add(self, model: str, flight: Flight) -> None:
        """Put a request into the present file of its model, or into the next one where it does not fit."""
        pile = self._piles.get(model)
        if pile is not None and not self._fits(pile, flight, self._limit_of(model)):
            self._close(model, pile)
            pile = None
        now = self._clock.monotonic()
        if pile is None:
            pile = self._piles[model] = _Pile(now)
            self._spawn(self._close_when_quiet(model, pile))
        pile.flights.append(flight)
        pile.size_bytes += flight.size_bytes
        pile.prompt_tokens += flight.prompt_tokens
        pile.last_at = now
        if len(pile.flights) >= self._options.max_rows:
            self._close(model, pile)

    def _fits(self, pile: _Pile, flight: Flight, token_limit: int | None) -> bool:
        if pile.size_bytes + flight.size_bytes > self._options.max_bytes:
            return False
        return token_limit is None or pile.prompt_tokens + flight.prompt_tokens <= token_limit

    async def _close_when_quiet(self, model: str, pile: _Pile) -> None:
        options = self._options
        while self._piles.get(model) is pile:
            end = min(pile.last_at + options.gather_seconds, pile.begun_at + options.longest_gather_seconds)
            left = end - self._clock.monotonic()
            if left <= 0:
                self._close(model, pile)
                return
            await self._clock.sleep(left)

    def _close(self, model: str, pile: _Pile) -> None:
        if self._piles.get(model) is pile:
            del self._piles[model]
            self._release(model, pile.flights)
