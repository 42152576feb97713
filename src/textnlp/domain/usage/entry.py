"""One call to a model in the ledger: what is set aside before it, and what it turned out to use."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BatchId, UsageId


class CallOutcome(StrEnum):
    """How a call ended."""

    OK = "ok"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a call may use, set aside in every budget that it counts towards until it is settled.

    Attributes:
        model: the model as it was asked for.
        estimated_tokens: prompt and completion together.
        estimated_cost: USD; None where the price is not known, which counts as nothing towards budgets in USD.
        created_at: decides the day, the month and the price that the call counts under, whenever it ends.
        expires_at: when the reservation may be taken back, because the process that made it must have died.
    """

    id: UsageId
    tenant: str
    caller: str
    batch_id: BatchId | None
    model: str
    route: str
    estimated_tokens: int
    estimated_cost: Decimal | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEntry:
    """What a call used.

    Attributes:
        reservation: as it was made; its id is the entry's.
        cost: USD; None where the price is not known.
    """

    reservation: Reservation
    usage: Usage
    cost: Decimal | None
    outcome: CallOutcome
    settled_at: datetime
