"""Counts that go on when the shared ones cannot be reached."""

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.limits.decision import LimitDecision
from textnlp.ports.call_limiter import CallLimiter
from textnlp.ports.clock import Clock
from textnlp.topology.limits import CallLimit

_MOST_ASKING = 64
_LOOKS = 10
_T = TypeVar("_T")
_LOG = logging.getLogger(__name__)


class FallbackCallLimiter:
    """Satisfies `CallLimiter` from a shared limiter, and from one of this process's own while the shared one is away.

    The shared one is away when it raises `UNAVAILABLE` or does not answer within `wait_seconds`; it is then asked again
    by one call every `retry_seconds`, while all others are answered locally at once. No more than 64 calls ask it
    together, and the time is counted in ten looks, of which one stall of this process takes but one: a process that is
    busy, or gets no processor, does not take that for a server which does not answer.

    What it lets through is charged to the local one as well, so that a caller who used up a limit cannot use it again
    the moment Redis goes: in the worst case each process lets through the limit. Owns both.
    """

    def __init__(
        self,
        shared: CallLimiter,
        local: CallLimiter,
        *,
        clock: Clock,
        wait_seconds: float = 0.5,
        retry_seconds: float = 5.0,
    ) -> None:
        self._shared = shared
        self._local = local
        self._clock = clock
        self._wait_seconds = wait_seconds
        self._retry_seconds = retry_seconds
        self._turns = asyncio.Semaphore(_MOST_ASKING)
        self._failure: TextNLPError | None = None
        self._retry_at = -math.inf
        self._recovered_at = -math.inf

    @property
    def is_degraded(self) -> bool:
        """Whether each process counts for itself at present."""
        return self._failure is not None

    async def take(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        calls: int = 1,
        tokens: int = 0,
    ) -> LimitDecision:
        """Charge a call to all limits where every one has room, and none of them otherwise."""
        if self._may_ask():
            try:
                decision = await self._ask(lambda: self._shared.take(caller, limits, calls=calls, tokens=tokens))
            except TextNLPError as error:
                if error.kind is not ErrorKind.UNAVAILABLE:
                    raise
            else:
                if decision.is_allowed:
                    await self._local.take(caller, limits, calls=calls, tokens=tokens)
                return decision
        return await self._local.take(caller, limits, calls=calls, tokens=tokens)

    async def settle(
        self,
        caller: str,
        limits: Sequence[CallLimit],
        *,
        tokens: int,
        taken_seconds_ago: float = 0.0,
    ) -> None:
        """Correct the tokens of a call that were taken on an estimate.

        What the shared limiter was not charged, because it was away, is not given back to it.
        """
        await self._local.settle(caller, limits, tokens=tokens, taken_seconds_ago=taken_seconds_ago)
        is_of_local = self._clock.monotonic() - taken_seconds_ago < self._recovered_at
        if self.is_degraded or (tokens < 0 and is_of_local):
            return
        try:
            await self._ask(
                lambda: self._shared.settle(caller, limits, tokens=tokens, taken_seconds_ago=taken_seconds_ago),
            )
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise

    async def check(self) -> None:
        """Return when the shared limiter answers, raise `UNAVAILABLE` saying why while it is away."""
        if self._failure is not None and not self._may_ask():
            raise _again(self._failure)
        await self._ask(self._shared.check)

    async def aclose(self) -> None:
        """Let go of both limiters; closing twice is harmless."""
        await self._shared.aclose()
        await self._local.aclose()

    def _may_ask(self) -> bool:
        """Whether this call asks the shared limiter; while it is away the first to ask keeps others from asking."""
        if self._failure is None:
            return True
        now = self._clock.monotonic()
        if now < self._retry_at:
            return False
        self._retry_at = now + self._retry_seconds
        return True

    async def _ask(self, call: Callable[[], Awaitable[_T]]) -> _T:
        """Wait for the shared limiter, and note whether it is away."""
        was_degraded = self.is_degraded
        async with self._turns:
            if self._failure is not None and not was_degraded:
                raise _again(self._failure)
            try:
                answer = await _within(self._wait_seconds, call)
            except TextNLPError as error:
                if error.kind is ErrorKind.UNAVAILABLE:
                    self._note_failure(error)
                raise
        if self._failure is not None:
            self._failure = None
            self._recovered_at = self._clock.monotonic()
            _LOG.info("calls are counted for all processes together again")
        return answer

    def _note_failure(self, error: TextNLPError) -> None:
        if self._failure is None:
            _LOG.warning("each process counts calls for itself: %s", error.full_text)
        self._failure = error
        self._retry_at = self._clock.monotonic() + self._retry_seconds


async def _within(seconds: float, call: Callable[[], Awaitable[_T]]) -> _T:
    """Return what the call answers, raise `UNAVAILABLE` where it does not in that time."""
    asked = asyncio.ensure_future(call())
    try:
        for _ in range(_LOOKS):
            if (await asyncio.wait({asked}, timeout=seconds / _LOOKS))[0]:
                return asked.result()
    finally:
        asked.cancel()
    raise TextNLPError(
        f"The shared call counts did not answer within {seconds:g} seconds.",
        kind=ErrorKind.UNAVAILABLE,
        facts=ErrorFacts(hint="Look at the load of the server of REDIS_URL, and at the network to it."),
    )


def _again(error: TextNLPError) -> TextNLPError:
    """Return the same error with no traceback of where it was raised before."""
    return TextNLPError(error.message, kind=error.kind, facts=error.facts)
