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

    One for several calls is a block. A call that is drawn from it has a reservation of its own, of the same account,
    model and day, which is not reserved again and takes its part of the block along when it is settled; all parts
    together must fit the block. A block is released once no further call is drawn from it.

    Attributes:
        model: the model as it was asked for.
        estimated_tokens: prompt and completion together.
        estimated_cost: USD; None where the price is not known, which counts as nothing towards budgets in USD.
        created_at: decides the day, the month and the price that the call counts under, whenever it ends.
        expires_at: when the reservation may be taken back, because the process that made it must have died.
        calls: how many calls it is for; a block must stay below the line from which a budget warns, so that what it
            leaves unused stands in nobody's way.
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
    calls: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageEntry:
    """What a call used.

    Attributes:
        reservation: as it was made; its id is the entry's.
        cost: USD; None where the price is not known.
        drawn_from: the block that the call is a part of.
    """

    reservation: Reservation
    usage: Usage
    cost: Decimal | None
    outcome: CallOutcome
    settled_at: datetime
    drawn_from: UsageId | None = None
