"""A text engine whose calls are charged to an account: reserved before, settled after."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta

from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.generation.model import (
    NO_USAGE,
    Completion,
    CompletionChunk,
    EngineCapabilities,
    GenerationRequest,
    Usage,
)
from textnlp.domain.identifiers import UsageId, new_usage_id
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.entry import CallOutcome, Reservation, UsageEntry
from textnlp.domain.usage.estimate import estimate_tokens, estimate_usage
from textnlp.domain.usage.price import PriceTable, cost_of
from textnlp.ports.clock import Clock
from textnlp.ports.text_engine import TextEngine
from textnlp.topology.limits import LIMITS

_LIFETIME = timedelta(seconds=LIMITS.generation_deadline_seconds + LIMITS.attempt_timeout_seconds)
"""A call may begin its last attempt just before its deadline; later than this, its process must have died."""


class MeteredEngine:
    """A `TextEngine` for the calls of one account; making one costs nothing, so each request has its own.

    Every call is reserved by its estimate before the engine is asked, which raises `LIMIT_REACHED` or `UNAVAILABLE`
    where it may not be made, and settled when it ends, however it ends. A call counts what the engine reported. Where
    it reported nothing, an answer counts as its characters and those of its prompt, four a token, even if it broke
    off or its caller left; a call of which nothing was seen counts as nothing.
    """

    def __init__(
        self,
        engine: TextEngine,
        *,
        account: Account,
        recorder: UsageRecorder,
        prices: PriceTable,
        clock: Clock,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> None:
        self._engine = engine
        self._on_usage = on_usage
        self._account = account
        self._recorder = recorder
        self._prices = prices
        self._clock = clock

    @property
    def name(self) -> str:
        """The deployment's name."""
        return self._engine.name

    @property
    def capabilities(self) -> EngineCapabilities:
        """What the engine behind can do."""
        return self._engine.capabilities

    async def generate(self, request: GenerationRequest) -> Completion:
        """Write the completion and charge for it."""
        meter = await self._begin(request)
        try:
            completion = await self._engine.generate(request)
            meter.see(text=completion.text, model=completion.model, usage=completion.usage)
            meter.outcome = CallOutcome.OK
        except Exception:
            meter.outcome = CallOutcome.FAILED
            raise
        finally:
            self._settle(meter)
        return completion

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        """Write the completion in pieces and charge for what was written, whether or not all of it is taken."""
        meter = await self._begin(request)
        try:
            async with contextlib.aclosing(self._engine.stream(request)) as chunks:
                async for chunk in chunks:
                    meter.see(text=chunk.text, model=chunk.model, usage=chunk.usage)
                    if chunk.finish_reason is not None:
                        meter.outcome = CallOutcome.OK
                    yield chunk
            meter.outcome = CallOutcome.OK
        except Exception:
            meter.outcome = CallOutcome.FAILED
            raise
        finally:
            self._settle(meter)

    async def check(self) -> None:
        """Raise what a request would meet at the engine behind; charges nothing."""
        await self._engine.check()

    async def aclose(self) -> None:
        """Leave the engine behind as it is: it serves other accounts, too."""

    async def _begin(self, request: GenerationRequest) -> "_Meter":
        now = self._clock.now()
        estimate = estimate_usage(request)
        reservation = Reservation(
            id=new_usage_id(now),
            tenant=self._account.tenant,
            caller=self._account.caller,
            batch_id=self._account.batch_id,
            model=request.model,
            route=self._account.route,
            estimated_tokens=estimate.total_tokens,
            estimated_cost=cost_of(estimate, self._prices.find(request.model, on=now.date())),
            created_at=now,
            expires_at=now + _LIFETIME,
        )
        drawn_from = await self._recorder.reserve(reservation)
        return _Meter(reservation, drawn_from=drawn_from, prompt_tokens=estimate.prompt_tokens)

    def _settle(self, meter: "_Meter") -> None:
        """Hand over what the call used; it waits for nothing, so that a caller who has left cannot interrupt it."""
        reservation = meter.reservation
        usage = meter.usage()
        on = reservation.created_at.date()
        price = self._prices.find(meter.model, on=on) or self._prices.find(reservation.model, on=on)
        entry = UsageEntry(
            reservation=reservation,
            usage=usage,
            cost=cost_of(usage, price),
            outcome=meter.outcome,
            settled_at=self._clock.now(),
            drawn_from=meter.drawn_from,
        )
        self._recorder.settle(entry)
        if self._on_usage is not None:
            self._on_usage(usage)


class _Meter:
    """What is known of one call so far; it counts as cancelled until it has ended otherwise."""

    __slots__ = ("_characters", "_prompt_tokens", "_reported", "drawn_from", "model", "outcome", "reservation")

    def __init__(self, reservation: Reservation, *, drawn_from: UsageId | None, prompt_tokens: int) -> None:
        self.reservation = reservation
        self.drawn_from = drawn_from
        self.outcome = CallOutcome.CANCELLED
        self.model = reservation.model
        self._prompt_tokens = prompt_tokens
        self._characters = 0
        self._reported: Usage | None = None

    def see(self, *, text: str, model: str, usage: Usage | None) -> None:
        """Take note of a piece of the answer."""
        self._characters += len(text)
        self.model = model or self.model
        if usage is not None and usage != NO_USAGE:
            self._reported = usage

    def usage(self) -> Usage:
        """Return what the engine reported, else what was seen of the answer, counted by characters."""
        if self._reported is not None:
            return self._reported
        if not self._characters:
            return NO_USAGE
        return Usage(prompt_tokens=self._prompt_tokens, completion_tokens=estimate_tokens(self._characters))
