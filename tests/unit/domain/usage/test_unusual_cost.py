from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.usage.unusual_cost import COMPARED_DAYS, unusual_day

TODAY = date(2026, 11, 27)
AMOUNTS = st.decimals(min_value=0, max_value=10_000, places=2)


def days_before(*costs: str) -> dict[date, Decimal]:
    return {TODAY - timedelta(days=ago): Decimal(cost) for ago, cost in enumerate(costs, start=1)}


def test_a_day_that_costs_three_times_the_median_is_told_with_what_is_usual() -> None:
    found = unusual_day({**days_before(*["2.00"] * 13, "90.00"), TODAY: Decimal("6.00")}, TODAY)
    assert found is not None
    assert (found.cost, found.usual) == (Decimal("6.00"), Decimal("2.00"))


def test_cents_are_no_reason_to_wake_anybody() -> None:
    assert unusual_day({**days_before(*["0.01"] * 14), TODAY: Decimal("0.90")}, TODAY) is None


def test_the_first_day_of_real_work_is_told() -> None:
    assert unusual_day({TODAY: Decimal("1.00")}, TODAY) is not None


@given(before=st.lists(AMOUNTS, min_size=COMPARED_DAYS, max_size=COMPARED_DAYS), cost=AMOUNTS)
def test_no_day_is_unusual_that_half_of_the_days_before_cost_as_much_as(before: list[Decimal], cost: Decimal) -> None:
    costs = {TODAY - timedelta(days=ago): each for ago, each in enumerate(before, start=1)}
    found = unusual_day({**costs, TODAY: cost}, TODAY)
    if found is not None:
        assert sum(each >= cost for each in before) <= COMPARED_DAYS // 2
        assert found.cost - found.usual >= 1
