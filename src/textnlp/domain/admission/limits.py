"""What a deployment is allowed to be asked, and what it is seen to do."""

from dataclasses import dataclass

from textnlp.domain.admission.breaker import BreakerState


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentLimits:
    """Limits of one deployment of one provider; None means no limit of that kind.

    Attributes:
        max_concurrency: calls in flight together at most; the adaptive limit moves below it.
        requests_per_minute: calls begun in a minute.
        tokens_per_minute: prompt and completion tokens in a minute.
        give_up_seconds: how long a deployment may be away before waiting callers are told so.
        straggler_share: how many calls that have become improbably slow may be left to themselves, as a share of
            `max_concurrency`, without counting towards it.
    """

    max_concurrency: int = 64
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    give_up_seconds: float = 120.0
    straggler_share: float = 1.0


@dataclass(slots=True)
class AdmissionFigures:
    """Running totals of one gate, for progress displays and metrics."""

    calls: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    in_flight: int = 0
    stragglers: int = 0
    limit: int = 0
    waiting: int = 0
    breaker: BreakerState = BreakerState.CLOSED
    is_waiting_for_capacity: bool = False
