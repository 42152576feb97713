from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from textnlp.topology.cost import COST


def test_people_are_told_before_fifty_thousand_a_month_are_spent() -> None:
    assert (COST.monthly_budget, COST.currency) == (50_000, "USD")
    assert ("Actual", 80) in COST.alerts
    assert COST.contact_emails == ("finance@textnlp.com",)


def test_seventy_percent_are_reserved_for_three_years() -> None:
    assert (COST.reserved_percent, COST.reserved_years) == (70, 3)


def test_what_nobody_uses_is_off_at_night() -> None:
    assert (COST.shutdown_from, COST.shutdown_until) == ("18:00", "08:00")


@pytest.mark.parametrize(("hour", "is_off"), [(7, True), (8, False), (17, False), (18, True), (0, True)])
def test_the_hours_it_is_off_begin_at_one_time_and_end_before_the_other(hour: int, *, is_off: bool) -> None:
    assert COST.is_off(datetime(2026, 11, 27, hour, tzinfo=UTC)) is is_off
    by_day = replace(COST, shutdown_from="08:00", shutdown_until="18:00")
    assert by_day.is_off(datetime(2026, 11, 27, hour, tzinfo=UTC)) is not is_off


def test_hours_are_those_of_the_declared_time_zone() -> None:
    in_new_york = replace(COST, time_zone="America/New_York")
    assert not in_new_york.is_off(datetime(2026, 1, 5, 22, tzinfo=UTC))
    assert in_new_york.is_off(datetime(2026, 1, 5, 23, tzinfo=UTC))
    assert in_new_york.back_at(date(2026, 1, 5)) == datetime(2026, 1, 5, 13, tzinfo=UTC)
    assert in_new_york.back_at(date(2026, 7, 6)) == datetime(2026, 7, 6, 12, tzinfo=UTC)


def test_fourteen_hours_a_day_are_saved() -> None:
    assert COST.off_minutes == 14 * 60
    assert replace(COST, shutdown_from="20:30", shutdown_until="06:00").off_minutes == 9 * 60 + 30


def test_hours_that_are_never_or_always_are_refused() -> None:
    with pytest.raises(ValueError, match="off from 08:00 until 08:00"):
        replace(COST, shutdown_from="08:00")


def test_more_alerts_than_a_budget_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="6 alerts, a budget takes five"):
        replace(COST, alerts=tuple(("Actual", percent) for percent in range(40, 100, 10)))


def test_a_share_above_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="reserved_percent is 130"):
        replace(COST, reserved_percent=130)
