import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.usage_ledger_cases import budget, reserved, settled
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.usage.budget import (
    BudgetPeriod,
    BudgetScope,
    BudgetStanding,
    BudgetUnit,
    next_period,
    period_start,
)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("limit", {"limit": Decimal(-1)}),
        ("limit", {"limit": Decimal("NaN")}),
        ("limit", {"limit": Decimal("Infinity")}),
        ("limit", {"limit": Decimal("1e999999")}),
        ("limit", {"limit": Decimal("1e-12")}),
        ("limit", {"limit": Decimal("1.5"), "unit": BudgetUnit.TOKENS}),
        ("warn_share", {"warn_share": 0.0}),
        ("warn_share", {"warn_share": 1.5}),
        ("warn_share", {"warn_share": float("nan")}),
        ("tenant", {"tenant": ""}),
        ("value", {"value": "another"}),
        ("value", {"scope": BudgetScope.CALLER, "value": ""}),
        ("value", {"scope": BudgetScope.CALLER, "value": "a\0"}),
        ("value", {"scope": BudgetScope.CALLER, "value": "x" * 129}),
    ],
)
def test_a_budget_that_cannot_be_kept_to_is_refused_by_its_field(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(TextNLPError) as caught:
        dataclasses.replace(budget(), **changes)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


def test_a_budget_counts_the_calls_of_its_scope_and_tenant() -> None:
    call = reserved(caller="ann", batch="batch_1")
    scopes = [(BudgetScope.TENANT, "acme"), (BudgetScope.CALLER, "ann"), (BudgetScope.BATCH, "batch_1")]
    assert all(budget(scope=scope, value=value).applies_to(call) for scope, value in scopes)
    assert not any(budget(scope=scope, value="bob").applies_to(call) for scope, _ in scopes[1:])
    other = dataclasses.replace(call, tenant="other")
    assert not any(budget(scope=scope, value=value).applies_to(other) for scope, value in scopes)
    assert not budget(scope=BudgetScope.BATCH, value="batch_1").applies_to(reserved())


def test_a_budget_counts_in_its_unit() -> None:
    call = reserved("0.25")
    entry = settled(call, "0.125", tokens=42)
    money, tokens = budget(), budget(unit=BudgetUnit.TOKENS)
    assert (money.reserved_by(call), money.spent_by(entry)) == (Decimal("0.25"), Decimal("0.125"))
    assert (tokens.reserved_by(call), tokens.spent_by(entry)) == (100, 42)
    assert (money.reserved_by(reserved(None)), money.spent_by(settled(call, None))) == (0, 0)


def test_people_are_told_from_the_share_of_the_warning_on() -> None:
    standings = [
        BudgetStanding(budget=budget("10"), period_start=date(2026, 3, 1), spent=Decimal(spent), reserved=Decimal(1))
        for spent in ("6.9", "7", "12")
    ]
    assert [standing.is_warning for standing in standings] == [False, True, True]
    assert [standing.share for standing in standings] == [0.79, 0.8, 1.3]
    assert [standing.left for standing in standings] == [Decimal("2.1"), 2, 0]


def test_a_budget_of_nothing_is_used_up() -> None:
    assert BudgetStanding(budget=budget("0"), period_start=date(2026, 3, 1)).share == 1


def test_periods_begin_by_the_calendar_in_utc() -> None:
    evening_in_new_york = datetime(2026, 2, 28, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    starts = [period_start(period, evening_in_new_york) for period in BudgetPeriod]
    assert starts == [date(2026, 3, 1), date(2026, 3, 1), date(1970, 1, 1)]


def test_the_next_period_begins_where_this_one_ends() -> None:
    new_year_eve = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert [next_period(period, new_year_eve) for period in BudgetPeriod] == [new_year, new_year, None]


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  hypothesis adds the zone
def test_every_moment_lies_in_its_period(at: datetime) -> None:
    for period in (BudgetPeriod.DAILY, BudgetPeriod.MONTHLY):
        following = next_period(period, at)
        assert following is not None
        assert period_start(period, at) <= at.date() < following.date()
        assert period_start(period, following) == following.date()
        assert period_start(period, following - timedelta(microseconds=1)) == period_start(period, at)
