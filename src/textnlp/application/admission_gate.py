"""Who may call a deployment next: concurrency, rates, pauses and the breaker behind one gate."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from enum import StrEnum

from textnlp.application.server_watch import ServerWatch
from textnlp.domain.admission.breaker import CircuitBreaker
from textnlp.domain.admission.concurrency import AdaptiveConcurrency
from textnlp.domain.admission.limits import AdmissionFigures, DeploymentLimits
from textnlp.domain.admission.rates import RateBudget
from textnlp.domain.admission.slots import Slot, SlotBook
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.usage.estimate import ModelRequest, estimate_usage
from textnlp.ports.clock import Clock

_TICK_SECONDS = 0.05
_FAILURES_OF_THE_DEPLOYMENT = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT})


class AttemptOutcome(StrEnum):
    """How one call to a deployment ended."""

    ANSWERED = "answered"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


AttemptListener = Callable[[AttemptOutcome, float], None]
"""Is told how a call ended, and after how many seconds."""


class _Waiter:
    """A caller in the queue of the gate."""

    __slots__ = ("deadline", "future", "patience_seconds", "request")

    def __init__(
        self, request: ModelRequest, deadline: float, patience_seconds: float, future: asyncio.Future[Slot]
    ) -> None:
        self.request = request
        self.deadline = deadline
        self.patience_seconds = patience_seconds
        self.future = future


class AdmissionGate:
    """Hands out slots for one deployment, first come first served.

    A call is let through while fewer than the adaptive limit are in flight, the minute's requests and tokens are not
    used up, no pause that the deployment asked for is running, and the breaker is closed. A call that takes ten
    times the usual time and at least half a second stops counting towards the limit, so that a few hanging
    connections do not starve the rest; `straggler_share` bounds how many.

    Works within one event loop; a periodic tick of 50 ms, which runs only while there is something to wait for, looks
    after everything that time alone changes.

    Attributes:
        name: the deployment's.
        max_concurrency: the ceiling of the adaptive limit.
        watch: reads how busy the server is; None where it does not tell.
    """

    def __init__(
        self,
        *,
        limits: DeploymentLimits,
        clock: Clock,
        name: str = "the deployment",
        on_attempt: AttemptListener | None = None,
        watch: ServerWatch | None = None,
    ) -> None:
        now = clock.monotonic()
        self._clock = clock
        self.name = name
        self.watch = watch
        self._on_attempt = on_attempt
        self._give_up_seconds = limits.give_up_seconds
        self.max_concurrency = limits.max_concurrency
        self._concurrency = AdaptiveConcurrency(ceiling=limits.max_concurrency, now=now)
        self._breaker = CircuitBreaker()
        self._requests = _budget(limits.requests_per_minute)
        self._tokens = _budget(limits.tokens_per_minute)
        self._slots = SlotBook(most_stragglers=int(limits.max_concurrency * limits.straggler_share))
        self._waiters: deque[_Waiter] = deque()
        self._ticker: asyncio.Task[None] | None = None
        self._last_error: TextNLPError | None = None
        self._figures = AdmissionFigures()

    @property
    def is_broken(self) -> bool:
        """Whether the breaker holds calls back because the deployment does not answer."""
        return self._breaker.opened_at is not None

    def figures(self) -> AdmissionFigures:
        """Return the running totals, and the present state in them."""
        figures = self._figures
        figures.in_flight = len(self._slots)
        figures.stragglers = self._slots.stragglers
        now = self._clock.monotonic()
        figures.limit = self._concurrency.limit
        figures.waiting = len(self._waiters)
        figures.breaker = self._breaker.state(now)
        figures.is_waiting_for_capacity = bool(self._waiters) and self._delay(now) > 0
        return figures

    def wait_seconds(self, patience_seconds: float) -> float:
        """Return 0 where a call waits for nothing but other calls, or for `patience_seconds` at most; else how long."""
        now = self._clock.monotonic()
        delay = self._delay(now)
        return delay if _is_too_long(delay, self._breaker.delay(now), patience_seconds) else 0.0

    def try_acquire(self, request: ModelRequest) -> Slot | None:
        """Return a slot when a call may be made this instant and nobody has waited longer."""
        if self._waiters or not self._slots.has_room(self._concurrency.limit):
            return None
        now = self._clock.monotonic()
        return None if self._delay(now) else self._grant(request, now)

    async def acquire(self, request: ModelRequest, *, deadline: float, patience_seconds: float = math.inf) -> Slot:
        """Wait for a slot.

        Raises `DEPLOYMENT_AWAY` when the deployment has been away for too long, and the last refusal when `deadline`, a
        monotonic time, passes first, or when time alone would hold the call for longer than `patience_seconds`.
        """
        slot = self.try_acquire(request)
        if slot is not None:
            return slot
        if self.wait_seconds(patience_seconds):
            raise _late_error(self.name, cause=self._last_error)
        waiter = _Waiter(request, deadline, patience_seconds, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        if self._ticker is None or self._ticker.done():
            self._ticker = asyncio.create_task(self._tick(), name=f"admission {self.name}")
        try:
            return await waiter.future
        except asyncio.CancelledError:
            if waiter.future.done() and not waiter.future.cancelled():
                self.release_cancelled(waiter.future.result())
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    def release_answered(self, slot: Slot, usage: Usage | None) -> None:
        """Hand back a slot whose call was answered."""
        now = self._clock.monotonic()
        self._figures.answered += 1
        self._breaker.on_success()
        self._concurrency.on_answer(in_flight=self._slots.counting, now=now)
        self._slots.note_latency(slot, now=now)
        self._settle(slot, usage or NO_USAGE, outcome=AttemptOutcome.ANSWERED)

    def release_failed(self, slot: Slot, error: TextNLPError) -> None:
        """Hand back a slot whose call went wrong."""
        now = self._clock.monotonic()
        self._last_error = error
        outcome = AttemptOutcome.FAILED
        if error.kind is ErrorKind.RATE_LIMITED:
            outcome = AttemptOutcome.REFUSED
            self._figures.refused += 1
            self._concurrency.on_refusal(now=now, retry_after_seconds=error.facts.retry_after_seconds)
            self._breaker.on_success()
        elif error.kind in _FAILURES_OF_THE_DEPLOYMENT:
            self._figures.failed += 1
            self._breaker.on_failure(now)
        else:
            self._figures.failed += 1
            self._breaker.on_success()
        self._settle(slot, NO_USAGE, outcome=outcome)

    def release_cancelled(self, slot: Slot) -> None:
        """Hand back a slot whose call was given up by its caller."""
        self._breaker.on_cancel()
        self._settle(slot, NO_USAGE, outcome=AttemptOutcome.CANCELLED)

    def close(self) -> None:
        """Stop the tick and turn away who still waits."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        if self.watch is not None:
            self.watch.close()
        for waiter in self._waiters:
            waiter.future.cancel()
        self._waiters.clear()

    def _delay(self, now: float) -> float:
        """Return the seconds until time alone would let a call through."""
        delay = max(self._concurrency.paused_until - now, self._breaker.delay(now))
        if self._requests is not None:
            delay = max(delay, self._requests.delay(now))
        if self._tokens is not None:
            delay = max(delay, self._tokens.delay(now))
        return max(0.0, delay)

    def _grant(self, request: ModelRequest, now: float) -> Slot:
        estimate = 0
        if self._requests is not None:
            self._requests.take(1, now=now)
        if self._tokens is not None:
            estimate = estimate_usage(request).total_tokens
            self._tokens.take(estimate, now=now)
        self._breaker.on_start()
        slot = Slot(began_at=now, estimated_tokens=estimate)
        self._slots.open(slot)
        self._figures.calls += 1
        if self.watch is not None:
            self.watch.look(self._concurrency, self._slots)
        return slot

    def _settle(self, slot: Slot, usage: Usage, *, outcome: AttemptOutcome) -> None:
        self._slots.close(slot)
        now = self._clock.monotonic()
        if self._on_attempt is not None:
            self._on_attempt(outcome, now - slot.began_at)
        if self._tokens is not None:
            self._tokens.give_back(slot.estimated_tokens - usage.total_tokens)
        if self._waiters:
            self._admit(now)

    def _admit(self, now: float) -> None:
        """Let waiters through, in order, while there is room."""
        while self._waiters and self._slots.has_room(self._concurrency.limit) and not self._delay(now):
            waiter = self._waiters.popleft()
            if not waiter.future.done():
                waiter.future.set_result(self._grant(waiter.request, now))

    async def _tick(self) -> None:
        while self._waiters:
            await self._clock.sleep(_TICK_SECONDS)
            now = self._clock.monotonic()
            if not self._slots.has_room(self._concurrency.limit):
                self._slots.excuse_stragglers(now)
            self._turn_away(now)
            self._admit(now)

    def _turn_away(self, now: float) -> None:
        """Raise to waiters whose deadline or patience is over; to all when the deployment has been away too long."""
        away_since = self._breaker.opened_at
        is_away = away_since is not None and now - away_since > self._give_up_seconds
        delays = self._delay(now), self._breaker.delay(now)
        over = [each for each in self._waiters if now > each.deadline or _is_too_long(*delays, each.patience_seconds)]
        for waiter in list(self._waiters) if is_away else over:
            self._waiters.remove(waiter)
            if not waiter.future.done():
                waiter.future.set_exception(
                    _away_error(self.name, seconds=self._give_up_seconds, cause=self._last_error)
                    if is_away
                    else _late_error(self.name, cause=self._last_error),
                )


def _is_too_long(delay: float, breaker_delay: float, patience_seconds: float) -> bool:
    """Whether a caller of so much patience had better ask elsewhere; one whose patience has no end never has."""
    return not math.isinf(patience_seconds) and (breaker_delay > 0 or delay > patience_seconds)


def _away_error(name: str, *, seconds: float, cause: TextNLPError | None) -> TextNLPError:
    last = f" Last error: {cause.message}" if cause else ""
    return TextNLPError(
        f"{name} has not answered for {seconds:.0f} seconds.{last}",
        kind=ErrorKind.DEPLOYMENT_AWAY,
        facts=ErrorFacts(hint="Check that it runs, then start again: nothing that was finished is asked twice."),
    )


def _late_error(name: str, *, cause: TextNLPError | None) -> TextNLPError:
    if cause is not None and cause.is_retryable:
        return cause
    return TextNLPError(f"Gave up waiting for {name}: it takes no more calls.", kind=ErrorKind.RATE_LIMITED)


def _budget(per_minute: int | None) -> RateBudget | None:
    return RateBudget(per_minute=per_minute) if per_minute else None
