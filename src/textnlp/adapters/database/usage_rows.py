"""Rows of the ledger of usage as its values, and the other way."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from decimal import Decimal
from typing import Any

from textnlp.adapters.database.batch_rows import storable
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BatchId, BudgetId, UsageId
from textnlp.domain.usage.budget import Budget, BudgetPeriod, BudgetScope, BudgetUnit, period_start
from textnlp.domain.usage.entry import Reservation, UsageEntry
from textnlp.domain.usage.rules import Counter, CounterKey
from textnlp.domain.usage.totals import UsageTotal

_LONGEST_NAME_CHARACTERS = 160
"""Four names of this length, four bytes a character, fit an index entry, which has room for 2,704 bytes."""


def name_of(text: str) -> str:
    """Cut a name to what an index takes, without what PostgreSQL cannot hold."""
    return (storable(text) or "")[:_LONGEST_NAME_CHARACTERS]


def filter_of(reservations: Iterable[Reservation]) -> dict[str, Any]:
    """Return what narrows budgets and counters down to those that may apply."""
    tenants: set[str] = set()
    values: set[str] = set()
    starts: set[date] = set()
    for each in reservations:
        tenants.add(each.tenant)
        values.update((each.caller, each.batch_id or ""))
        starts.update(period_start(period, each.created_at) for period in BudgetPeriod)
    return {
        "tenants": [name_of(tenant) for tenant in tenants],
        "values": [name_of(value) for value in tenants | values],
        "starts": list(starts),
    }


def columns_of_reservations(reservations: Sequence[Reservation]) -> tuple[list[Any], ...]:
    """Return reservations as columns."""
    return (
        [each.id for each in reservations],
        *_names(reservations),
        [each.estimated_tokens for each in reservations],
        [each.estimated_cost for each in reservations],
        [each.created_at for each in reservations],
        [each.expires_at for each in reservations],
    )


def columns_of_parts(entries: Iterable[UsageEntry]) -> tuple[list[Any], ...]:
    """Return what calls take out of the blocks they were drawn from as columns, a row for each block."""
    parts: dict[UsageId | None, tuple[int, Decimal]] = {}
    for entry in entries:
        tokens, cost = parts.get(entry.drawn_from, (0, Decimal(0)))
        call = entry.reservation
        parts[entry.drawn_from] = (tokens + call.estimated_tokens, cost + (call.estimated_cost or 0))
    return list(parts), [tokens for tokens, _ in parts.values()], [cost for _, cost in parts.values()]


def columns_of_entries(entries: Sequence[UsageEntry]) -> tuple[list[Any], ...]:
    """Return settled calls as columns."""
    return (
        [entry.reservation.id for entry in entries],
        *_names([entry.reservation for entry in entries]),
        [entry.outcome.value for entry in entries],
        [entry.usage.prompt_tokens for entry in entries],
        [entry.usage.completion_tokens for entry in entries],
        [entry.usage.cached_tokens for entry in entries],
        [entry.usage.reasoning_tokens for entry in entries],
        [entry.cost for entry in entries],
        [entry.reservation.created_at for entry in entries],
        [entry.settled_at for entry in entries],
    )


def columns_of_counters(changes: Mapping[CounterKey, Counter]) -> tuple[list[Any], ...]:
    """Return changes of counters as columns."""
    return (
        [key.budget_id for key in changes],
        [key.period_start for key in changes],
        [change.spent for change in changes.values()],
        [change.reserved for change in changes.values()],
    )


def values_of_budget(budget: Budget) -> tuple[Any, ...]:
    """Return a budget as a row."""
    return (
        budget.id,
        name_of(budget.tenant),
        budget.scope.value,
        name_of(budget.value),
        budget.period.value,
        budget.unit.value,
        budget.limit,
        budget.warn_share,
    )


def budget_of_row(row: Sequence[Any]) -> Budget:
    """Return the budget in the first eight columns of a row."""
    return Budget(
        id=BudgetId(row[0]),
        tenant=row[1],
        scope=BudgetScope(row[2]),
        value=row[3],
        period=BudgetPeriod(row[4]),
        unit=BudgetUnit(row[5]),
        limit=row[6],
        warn_share=row[7],
    )


def reservation_of_row(row: Sequence[Any]) -> Reservation:
    """Return the reservation in a row."""
    return Reservation(
        id=UsageId(row[0]),
        tenant=row[1],
        caller=row[2],
        batch_id=None if row[3] is None else BatchId(row[3]),
        model=row[4],
        route=row[5],
        estimated_tokens=row[6],
        estimated_cost=row[7],
        created_at=row[8].astimezone(UTC),
        expires_at=row[9].astimezone(UTC),
    )


def counter_of_row(row: Sequence[Any]) -> tuple[CounterKey, Counter]:
    """Return a counter and where it counts."""
    return CounterKey(BudgetId(row[0]), row[1]), Counter(row[2], row[3])


def total_of_row(row: Sequence[Any]) -> UsageTotal:
    """Return the total of a group in a row; sums of `bigint` come as decimals."""
    usage = Usage(
        prompt_tokens=int(row[5]),
        completion_tokens=int(row[6]),
        cached_tokens=int(row[7]),
        reasoning_tokens=int(row[8]),
    )
    return UsageTotal(
        key=row[0],
        calls=row[1],
        failed=row[2],
        cancelled=row[3],
        unpriced=row[4],
        usage=usage,
        cost=Decimal(row[9]),
    )


def _names(reservations: Sequence[Reservation]) -> tuple[list[Any], ...]:
    return (
        [name_of(each.tenant) for each in reservations],
        [name_of(each.caller) for each in reservations],
        [None if each.batch_id is None else name_of(each.batch_id) for each in reservations],
        [name_of(each.model) for each in reservations],
        [name_of(each.route) for each in reservations],
    )
