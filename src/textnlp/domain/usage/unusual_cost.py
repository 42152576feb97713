"""Days that cost far more than those before them."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

COMPARED_DAYS = 14
"""Days before a day that it is compared with; those without a call count, and cost nothing."""

_TIMES = 3
_LEAST_MORE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualDay:
    """A day with its cost, and what the median of the days before it cost, in USD."""

    day: date
    cost: Decimal
    usual: Decimal


def unusual_day(costs: Mapping[date, Decimal], day: date) -> UnusualDay | None:
    """Return `day` where it cost three times the median of the fourteen days before, and at least a dollar more.

    The median, unlike the mean, is not moved by one spike; a first week in which nothing was used has a median of zero,
    so that a platform's first day of real work is told of, too. Costs are in USD; days that are missing cost nothing.
    """
    before = [costs.get(day - timedelta(days=ago), Decimal(0)) for ago in range(1, COMPARED_DAYS + 1)]
    cost, usual = costs.get(day, Decimal(0)), statistics.median(before)
    if cost < usual * _TIMES or cost - usual < _LEAST_MORE:
        return None
    return UnusualDay(day=day, cost=cost, usual=usual)
