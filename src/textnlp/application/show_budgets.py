"""How a tenant's budgets stand, and how fast they are being spent."""

from datetime import datetime

from textnlp.domain.usage.budget import BudgetScope, BudgetStanding
from textnlp.domain.usage.pace import WINDOW, Pace, pace_of
from textnlp.domain.usage.totals import Grouping
from textnlp.ports.usage_ledger import UsageLedger


async def show_budgets(ledger: UsageLedger, tenant: str, *, now: datetime) -> list[tuple[BudgetStanding, Pace]]:
    """Return every budget of a tenant, by id, with how it stands and its pace."""
    standings = await ledger.standing(tenant, now=now)
    groupings = {_grouping(standing) for standing in standings}
    totals = {
        grouping: await ledger.totals(tenant, group_by=grouping, since=now - WINDOW, until=now)
        for grouping in sorted(groupings)
    }
    return [(each, pace_of(each, totals[_grouping(each)], now=now)) for each in standings]


def _grouping(standing: BudgetStanding) -> Grouping:
    return Grouping.BATCH if standing.budget.scope is BudgetScope.BATCH else Grouping.CALLER
