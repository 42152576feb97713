"""What one call to a model used: reserved before it by estimate, settled after it by what was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from textnlp.application.usage_recorder import UsageRecorder
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.identifiers import UsageId, new_usage_id
from textnlp.domain.usage.account import Account
from textnlp.domain.usage.entry import CallOutcome, Reservation, UsageEntry
from textnlp.domain.usage.estimate import ModelRequest, estimate_tokens, estimate_usage
from textnlp.domain.usage.price import Price, PriceTable, cost_of
from textnlp.ports.clock import Clock
from textnlp.topology.limits import LIMITS

_LIFETIME = timedelta(seconds=LIMITS.generation_deadline_seconds + LIMITS.attempt_timeout_seconds)
"""A call may begin its last attempt just before its deadline; later than this, its process must have died."""


class Meter:
    """What is known of one call so far; it counts as cancelled until it has ended otherwise."""

    __slots__ = (
        "_characters",
        "_prompt_tokens",
        "_reported",
        "deployment",
        "drawn_from",
        "has_answer",
        "model",
        "outcome",
        "reservation",
    )

    def __init__(self, reservation: Reservation, *, drawn_from: UsageId | None, prompt_tokens: int) -> None:
        self.reservation = reservation
        self.drawn_from = drawn_from
        self.outcome = CallOutcome.CANCELLED
        self.model = reservation.model
        self.deployment = ""
        self.has_answer = False
        self._prompt_tokens = prompt_tokens
        self._characters = 0
        self._reported: Usage | None = None

    def see(self, *, model: str, usage: Usage | None, text: str = "", deployment: str = "") -> None:
        """Take note of the answer, or of a piece of it."""
        self._characters += len(text)
        self.has_answer = self.has_answer or bool(text)
        self.model = model or self.model
        self.deployment = deployment or self.deployment
        if usage is not None and usage != NO_USAGE:
            self._reported = usage

    def usage(self) -> Usage:
        """Return what the engine reported, else what was seen of the answer, counted by characters."""
        if self._reported is not None:
            return self._reported
        if not self.has_answer:
            return NO_USAGE
        return Usage(prompt_tokens=self._prompt_tokens, completion_tokens=estimate_tokens(self._characters))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeter:
    """Charges calls to one account.

    The model in the ledger is the one that was asked for. What a call costs is the price of the deployment that
    answered, where the model is an alias of several; else that of the model that answered, and if that is not listed
    that of the one asked for.

    Attributes:
        on_usage: is told what each call used.
    """

    account: Account
    recorder: UsageRecorder
    prices: PriceTable
    clock: Clock
    on_usage: Callable[[Usage], None] | None = None

    async def begin(self, request: ModelRequest) -> Meter:
        """Reserve what a call may use; raise `LIMIT_REACHED` or `UNAVAILABLE` where it may not be made."""
        now = self.clock.now()
        estimate = estimate_usage(request)
        reservation = Reservation(
            id=new_usage_id(now),
            tenant=self.account.tenant,
            caller=self.account.caller,
            batch_id=self.account.batch_id,
            model=request.model,
            route=self.account.route,
            estimated_tokens=estimate.total_tokens,
            estimated_cost=cost_of(estimate, self.prices.find(request.model, on=now.date())),
            created_at=now,
            expires_at=now + _LIFETIME,
        )
        drawn_from = await self.recorder.reserve(reservation)
        return Meter(reservation, drawn_from=drawn_from, prompt_tokens=estimate.prompt_tokens)

    def settle(self, meter: Meter) -> None:
        """Hand over what the call used; it waits for nothing, so that a caller who has left cannot interrupt it."""
        usage = meter.usage()
        entry = UsageEntry(
            reservation=meter.reservation,
            usage=usage,
            cost=cost_of(usage, self._price(meter)),
            outcome=meter.outcome,
            settled_at=self.clock.now(),
            drawn_from=meter.drawn_from,
        )
        self.recorder.settle(entry)
        if self.on_usage is not None:
            self.on_usage(usage)

    def _price(self, meter: Meter) -> Price | None:
        reservation = meter.reservation
        return self.prices.find_answered(
            asked=reservation.model,
            model=meter.model,
            deployment=meter.deployment,
            on=reservation.created_at.date(),
        )
