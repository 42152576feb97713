from datetime import timedelta
from decimal import Decimal

from tests.contract.usage_ledger_cases import NOON, TENANT, budget, reserved, settled
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.application.show_budgets import show_budgets
from textnlp.domain.usage.budget import BudgetScope


async def test_every_budget_is_shown_with_the_pace_of_the_last_hour() -> None:
    ledger = MemoryUsageLedger()
    await ledger.set_budget(budget(id_="1"), now=NOON)
    await ledger.set_budget(budget(id_="2", scope=BudgetScope.CALLER, value="bob"), now=NOON)
    await ledger.set_budget(budget(id_="3", scope=BudgetScope.BATCH, value="batch_1"), now=NOON)
    calls = [
        reserved(at=NOON - timedelta(hours=2)),
        reserved(at=NOON - timedelta(minutes=59)),
        reserved(caller="bob", at=NOON - timedelta(minutes=1), batch="batch_1"),
    ]
    await ledger.settle([settled(call) for call in calls])
    shown = await show_budgets(ledger, TENANT, now=NOON)
    assert [(standing.spent, pace.per_hour) for standing, pace in shown] == [
        (Decimal("1.5"), 1),
        (Decimal("0.5"), Decimal("0.5")),
        (Decimal("0.5"), Decimal("0.5")),
    ]


async def test_without_budgets_nothing_is_shown() -> None:
    assert await show_budgets(MemoryUsageLedger(), TENANT, now=NOON) == []
