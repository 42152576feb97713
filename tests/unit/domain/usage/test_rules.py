from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tests.contract.usage_ledger_cases import NOON, budget, reserved, settled
from textnlp.domain.errors import ErrorKind
from textnlp.domain.usage.budget import BudgetPeriod
from textnlp.domain.usage.rules import (
    Counter,
    added,
    admit,
    changes_of_spending,
    changes_of_taking_back,
    counter_key,
)

_BUDGET = budget("10")
_KEY = counter_key(_BUDGET, NOON)


def test_a_call_that_adds_nothing_is_let_through_an_exceeded_budget() -> None:
    counters = {_KEY: Counter(spent=Decimal(11))}
    admission = admit([reserved("0"), reserved(None), reserved("0.1")], budgets=[_BUDGET], counters=counters)
    assert [call.estimated_cost for call in admission.admitted] == [0, None]
    assert admission.refusals[0].standing.spent == 11


def test_a_budget_may_be_used_to_its_last_cent() -> None:
    counters = {_KEY: Counter(spent=Decimal(4), reserved=Decimal(5))}
    admission = admit([reserved("1")], budgets=[_BUDGET], counters=counters)
    assert admission.changes == {_KEY: Counter(reserved=Decimal(1))}


def test_the_refusal_of_a_total_names_no_time() -> None:
    total = budget("0", period=BudgetPeriod.TOTAL)
    (refusal,) = admit([reserved()], budgets=[total], counters={}).refusals
    error = refusal.error()
    assert error.kind is ErrorKind.LIMIT_REACHED
    assert error.facts.retry_after_seconds is None
    assert error.message == "The total budget of tenant acme, 0 USD, has 0 left; the call may use 1."


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(0, 100))
def test_what_is_reserved_one_by_one_never_goes_beyond_a_budget(costs: list[int], limit: int) -> None:
    calls = [reserved(f"{cost}") for cost in costs]
    one = budget(f"{limit}")
    together = admit(calls, budgets=[one], counters={})
    assert together.changes.get(_KEY, Counter()).reserved <= limit
    counters: dict[object, Counter] = {}
    kept: list[object] = []
    for call in calls:
        alone = admit([call], budgets=[one], counters=counters)  # pyright: ignore[reportArgumentType]  keys are opaque here
        kept += alone.admitted
        counters = {**added(counters, alone.changes)}  # pyright: ignore[reportArgumentType]  as above
    assert kept == list(together.admitted)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_settling_everything_leaves_nothing_reserved(calls: list[tuple[int, int]]) -> None:
    entries = [settled(reserved(f"{estimate}"), f"{cost}") for estimate, cost in calls]
    reservations = [entry.reservation for entry in entries]
    one = budget("1000")
    counters = added(
        admit(reservations, budgets=[one], counters={}).changes,
        added(changes_of_taking_back(reservations, budgets=[one]), changes_of_spending(entries, budgets=[one])),
    )
    assert counters.get(_KEY, Counter()) == Counter(spent=Decimal(sum(cost for _, cost in calls)))
