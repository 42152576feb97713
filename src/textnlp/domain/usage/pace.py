"""How fast a budget is being spent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from textnlp.domain.usage.budget import BudgetScope, BudgetStanding, BudgetUnit, next_period
from textnlp.domain.usage.totals import UsageTotal

WINDOW = timedelta(hours=1)
"""The time before a moment over which a pace is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a budget is being spent, and how long it lasts.

    Attributes:
        per_hour: what the last hour's settled calls used, in the budget's unit.
        used_up_at: when nothing is left at this pace; None where that is after the period has ended, or never.
    """

    per_hour: Decimal
    used_up_at: datetime | None


def pace_of(standing: BudgetStanding, totals: Iterable[UsageTotal], *, now: datetime) -> Pace:
    """Return the pace of a budget, given what the calls of the last `WINDOW` used, by caller or by batch as it counts.

    A tenant's budget takes the totals of all its callers.
    """
    budget = standing.budget
    counted = [
        total.cost if budget.unit is BudgetUnit.USD else Decimal(total.usage.total_tokens)
        for total in totals
        if budget.scope is BudgetScope.TENANT or total.key == budget.value
    ]
    per_hour = sum(counted, Decimal(0))
    if not per_hour:
        return Pace(per_hour=per_hour, used_up_at=None)
    end = next_period(budget.period, now)
    try:
        used_up_at = now + timedelta(hours=float(standing.left / per_hour))
    except OverflowError:
        return Pace(per_hour=per_hour, used_up_at=None)
    return Pace(per_hour=per_hour, used_up_at=used_up_at if end is None or used_up_at < end else None)
