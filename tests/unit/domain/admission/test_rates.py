import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.admission.rates import RateBudget


def test_a_burst_of_a_second_goes_through_at_once() -> None:
    budget = RateBudget(per_minute=600)
    taken = 0
    while budget.delay(100.0) == 0.0:
        budget.take(1, now=100.0)
        taken += 1
    assert taken == 10


def test_the_wait_is_the_time_until_one_unit_is_earned() -> None:
    budget = RateBudget(per_minute=60)
    budget.take(1, now=100.0)
    assert budget.delay(100.0) == pytest.approx(1.0)
    assert budget.delay(101.0) == 0.0


def test_units_given_back_can_be_taken_again() -> None:
    budget = RateBudget(per_minute=60)
    budget.take(1, now=100.0)
    budget.give_back(1)
    assert budget.delay(100.0) == 0.0


def test_more_than_the_burst_is_lent_and_paid_back_by_waiting() -> None:
    budget = RateBudget(per_minute=60)
    budget.take(30, now=100.0)
    assert budget.delay(100.0) == pytest.approx(30.0)


@given(st.integers(1, 10_000), st.floats(0, 1e6))
def test_no_minute_ever_lets_more_through_than_its_budget_and_one_burst(per_minute: int, start: float) -> None:
    budget = RateBudget(per_minute=per_minute)
    now, taken = start, 0
    while now < start + 60.0 and taken <= per_minute * 2 and taken < 2000:
        wait = budget.delay(now)
        if wait:
            now += wait + 1e-6
            continue
        budget.take(1, now=now)
        taken += 1
    elapsed_share = min(1.0, (now - start) / 60.0)
    assert taken <= per_minute * elapsed_share + max(per_minute / 60.0, 1) + 1
