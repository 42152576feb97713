from dataclasses import replace

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


def test_more_alerts_than_a_budget_takes_are_refused() -> None:
    with pytest.raises(ValueError, match="6 alerts, a budget takes five"):
        replace(COST, alerts=tuple(("Actual", percent) for percent in range(40, 100, 10)))


def test_a_share_above_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="reserved_percent is 130"):
        replace(COST, reserved_percent=130)
