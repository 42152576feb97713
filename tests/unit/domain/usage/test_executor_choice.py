from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.models import Route
from textnlp.domain.usage.executor_choice import (
    PROVIDER_BATCH_PRICE_FACTOR,
    Executor,
    ExecutorChoice,
    choose_executor,
    price_factor,
)

HOUR = 3600.0


def chosen(route: Route, **given: Any) -> ExecutorChoice:
    asked: dict[str, Any] = {
        "rows": 1_000,
        "cost_online": Decimal(10),
        "seconds_online": 600.0,
        "has_provider_batch": True,
        **given,
    }
    return choose_executor(route, **asked)


@pytest.mark.parametrize("executor", ["online", "batch"])
def test_what_the_route_names_is_taken(executor: Literal["online", "batch"]) -> None:
    choice = chosen(Route(executor=executor, deadline_seconds=1, budget=0))
    assert choice == ExecutorChoice(executor=Executor(executor), why=f"The recipe says executor: {executor}.")


def test_a_batch_that_the_provider_does_not_take_is_refused_with_its_field() -> None:
    with pytest.raises(TextNLPError) as caught:
        chosen(Route(executor="batch"), has_provider_batch=False)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "route.executor")


@pytest.mark.parametrize(
    ("route", "given", "executor", "why"),
    [
        (Route(), {}, "online", "Neither a deadline nor a budget is given, so the calls are answered as soon"),
        (Route(), {"rows": 0}, "online", "No calls are to be made."),
        (
            Route(deadline_seconds=48 * HOUR),
            {"has_provider_batch": False},
            "online",
            "The provider of this model takes no batches.",
        ),
        (
            Route(budget=1),
            {"has_provider_batch": False},
            "online",
            "no batches; online they may cost $10.00, more than the budget of $1.00.",
        ),
        (
            Route(deadline_seconds=48 * HOUR),
            {},
            "batch",
            "There are 48 h for 1,000 calls, and a batch ends within 24 h",
        ),
        (Route(deadline_seconds=24 * HOUR), {}, "batch", "There are 24 h for"),
        (
            Route(deadline_seconds=HOUR),
            {},
            "online",
            "A batch may take 24 h, and 1,000 calls must be answered within 1 h.",
        ),
        (
            Route(deadline_seconds=300),
            {"rows": 1, "seconds_online": 20.5 * HOUR},
            "online",
            "1 call must be answered within 5 min; online they may take 20.5 h, longer than the deadline of 5 min.",
        ),
        (Route(budget=20), {}, "online", "1,000 calls fit the budget of $20.00 online"),
        (Route(budget=6), {}, "batch", "cost about $10.00 online, and the budget is $6.00; a batch costs about $5.00."),
        (Route(budget=1), {}, "batch", "the budget is $1.00; even a batch costs about $5.00."),
        (Route(budget=1), {"cost_online": None}, "batch", "no known price"),
        (Route(budget=0), {"cost_online": Decimal("0.004")}, "batch", "$0.002"),
        (
            Route(budget=6, deadline_seconds=30),
            {},
            "online",
            "within 30 s; online they may cost $10.00, more than the budget of $6.00, and may take 10 min, longer",
        ),
    ],
)
def test_deadline_and_budget_decide_and_the_sentence_says_so(
    route: Route, given: dict[str, Any], executor: str, why: str
) -> None:
    choice = chosen(route, **given)
    assert choice.executor.value == executor
    assert why in choice.why


@given(
    deadline=st.none() | st.floats(min_value=1, max_value=1e7),
    budget=st.none() | st.floats(min_value=0, max_value=1e6),
    cost=st.none() | st.decimals(min_value=0, max_value=10**6, places=4),
    seconds=st.floats(min_value=0, max_value=1e7),
    has_provider_batch=st.booleans(),
)
def test_a_batch_is_never_chosen_where_there_is_none_or_no_day_for_it(
    deadline: float | None,
    budget: float | None,
    cost: Decimal | None,
    seconds: float,
    has_provider_batch: bool,  # noqa: FBT001  a case
) -> None:
    route = Route(deadline_seconds=deadline, budget=budget)
    choice = chosen(route, cost_online=cost, seconds_online=seconds, has_provider_batch=has_provider_batch)
    assert choice.why.endswith(".")
    if choice.executor is Executor.BATCH:
        assert has_provider_batch
        assert deadline is None or deadline >= 24 * HOUR


def test_a_batch_costs_half() -> None:
    assert price_factor(Executor.BATCH) == PROVIDER_BATCH_PRICE_FACTOR == Decimal("0.5")
    assert price_factor(Executor.ONLINE) == 1
