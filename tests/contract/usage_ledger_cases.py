"""Reservations, settled calls and budgets to put into a ledger of usage."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BatchId, BudgetId, UsageId, new_usage_id
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetUnit
from textnlp.domain.usage.entry import CallOutcome, Reservation, UsageEntry

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TENANT = "acme"


def reserved(
    cost: str | None = "1",
    *,
    caller: str = "ann",
    batch: str | None = None,
    at: datetime = NOON,
    tenant: str = TENANT,
    id_: str | None = None,
    calls: int = 1,
) -> Reservation:
    """Return a reservation of so many USD and 100 tokens a call."""
    return Reservation(
        id=new_usage_id(at) if id_ is None else UsageId(id_),
        tenant=tenant,
        caller=caller,
        batch_id=None if batch is None else BatchId(batch),
        model="m-1",
        route="generate",
        estimated_tokens=100 * calls,
        estimated_cost=None if cost is None else calls * Decimal(cost),
        created_at=at,
        expires_at=at + timedelta(minutes=10),
        calls=calls,
    )


def settled(
    reservation: Reservation,
    cost: str | None = "0.5",
    *,
    tokens: int = 30,
    outcome: CallOutcome = CallOutcome.OK,
    block: Reservation | None = None,
) -> UsageEntry:
    """Return what a call used."""
    return UsageEntry(
        reservation=reservation,
        usage=Usage(prompt_tokens=tokens - 10, completion_tokens=10, cached_tokens=4, reasoning_tokens=2),
        cost=None if cost is None else Decimal(cost),
        outcome=outcome,
        settled_at=reservation.created_at + timedelta(seconds=2),
        drawn_from=None if block is None else block.id,
    )


def budget(
    limit: str = "10",
    *,
    id_: str = "budget_1",
    scope: BudgetScope = BudgetScope.TENANT,
    value: str = TENANT,
    period: BudgetPeriod = BudgetPeriod.DAILY,
    unit: BudgetUnit = BudgetUnit.USD,
) -> Budget:
    """Return a budget of the tenant."""
    return Budget(
        id=BudgetId(id_),
        tenant=TENANT,
        scope=scope,
        value=value,
        period=period,
        unit=unit,
        limit=Decimal(limit),
    )
