"""Tell of budgets that are nearly spent."""

from datetime import datetime

from textnlp.domain.usage.budget import BudgetStanding
from textnlp.ports.meter import Meter, Reading
from textnlp.ports.usage_ledger import UsageLedger
from textnlp.topology.metrics import BUDGET_SPENT


class BudgetWatch:
    """Keeps how far every budget is spent, for the meter to show."""

    def __init__(self, meter: Meter) -> None:
        self._standings: list[BudgetStanding] = []
        meter.observe(BUDGET_SPENT, read=self._readings)

    async def look(self, usage: UsageLedger, *, now: datetime) -> list[BudgetStanding]:
        """Look at the budgets of all tenants; return those that are spent as far as their owners want to be told.

        Raises `UNAVAILABLE` where the ledger is away; what was seen before is shown on.
        """
        standings = [
            standing
            for tenant in await usage.tenants_with_budgets()
            for standing in await usage.standing(tenant, now=now)
        ]
        self._standings = standings
        return [each for each in standings if each.is_warning]

    def _readings(self) -> list[Reading]:
        return [((each.budget.id,), each.share * 100) for each in self._standings]
