from datetime import timedelta
from decimal import Decimal

import pytest

from tests.contract.usage_ledger_cases import NOON, budget
from textnlp.domain.generation.model import Usage
from textnlp.domain.usage.budget import BudgetPeriod, BudgetScope, BudgetStanding, BudgetUnit, period_start
from textnlp.domain.usage.pace import Pace, pace_of
from textnlp.domain.usage.totals import UsageTotal


def _standing(
    spent: str, *, unit: BudgetUnit = BudgetUnit.USD, scope: BudgetScope = BudgetScope.TENANT
) -> BudgetStanding:
    value = "ann" if scope is BudgetScope.CALLER else "acme"
    one = budget("10", unit=unit, scope=scope, value=value)
    return BudgetStanding(budget=one, period_start=period_start(one.period, NOON), spent=Decimal(spent))


def _total(key: str, cost: str, *, tokens: int = 0) -> UsageTotal:
    return UsageTotal(key=key, calls=1, cost=Decimal(cost), usage=Usage(prompt_tokens=tokens))


def test_a_tenant_spends_what_all_its_callers_do() -> None:
    pace = pace_of(_standing("6"), [_total("ann", "1.5"), _total("bob", "0.5")], now=NOON)
    assert pace == Pace(per_hour=Decimal(2), used_up_at=NOON + timedelta(hours=2))


def test_a_caller_spends_only_what_is_its_own() -> None:
    totals = [_total("ann", "1.5"), _total("bob", "7")]
    assert pace_of(_standing("0", scope=BudgetScope.CALLER), totals, now=NOON).per_hour == Decimal("1.5")


def test_a_budget_in_tokens_is_paced_in_tokens() -> None:
    pace = pace_of(_standing("0", unit=BudgetUnit.TOKENS), [_total("ann", "99", tokens=4)], now=NOON)
    assert pace == Pace(per_hour=Decimal(4), used_up_at=NOON + timedelta(hours=2.5))


@pytest.mark.parametrize("cost", ["0", "0.000000001", "0.5"])
def test_a_pace_that_lasts_beyond_the_period_uses_nothing_up(cost: str) -> None:
    assert pace_of(_standing("0"), [_total("ann", cost)], now=NOON).used_up_at is None


@pytest.mark.parametrize("cost", ["0.0000000000000001", "0.0001"])
def test_a_total_lasts_as_long_as_it_does(cost: str) -> None:
    standing = _standing("0")
    total = BudgetStanding(
        budget=budget("10", period=BudgetPeriod.TOTAL), period_start=standing.period_start, spent=Decimal(0)
    )
    used_up_at = pace_of(total, [_total("ann", cost)], now=NOON).used_up_at
    assert used_up_at == (NOON + timedelta(hours=100_000) if cost == "0.0001" else None)


def test_what_is_used_up_is_used_up_at_once() -> None:
    assert pace_of(_standing("10"), [_total("ann", "3")], now=NOON).used_up_at == NOON
