from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from textnlp.console import formats

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_numbers_are_set_apart_by_thousands_and_a_missing_one_is_a_dash() -> None:
    assert formats.number(1_234_567) == "1,234,567"
    assert formats.number(3.14159) == "3.1"
    assert formats.number(None) == formats.NOTHING


@pytest.mark.parametrize(
    ("amount", "told"),
    [("0", "$0.00"), ("1234.5", "$1,234.50"), ("0.0004", "$0.0004"), ("0.01", "$0.01")],
)
def test_money_shows_that_it_is_something(amount: str, told: str) -> None:
    assert formats.money(Decimal(amount)) == told


def test_unknown_money_is_not_nothing() -> None:
    assert formats.money(None) == formats.NOTHING


def test_a_share_of_nothing_is_none() -> None:
    assert formats.share(1, 8) == "12.5 %"
    assert formats.share(0, 0) == formats.NOTHING


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.000_42, "0.4 ms"),
        (0.0124, "12 ms"),
        (3.2, "3.2 s"),
        (192, "3 min 12 s"),
        (7_260, "2 h 1 min"),
        (300, "5 min"),
        (180_000, "2 d 2 h"),
    ],
)
def test_lengths_of_time_are_told_in_two_units(value: float, told: str) -> None:
    assert formats.seconds(value) == told
    assert formats.seconds(timedelta(seconds=value)) == told


@pytest.mark.parametrize(
    ("passed", "told"), [(5, "just now"), (65, "1 min ago"), (7_300, "2 h ago"), (200_000, "2 d ago")]
)
def test_the_past_is_told_in_one_unit(passed: float, told: str) -> None:
    assert formats.ago(NOON - timedelta(seconds=passed), NOON) == told


def test_moments_are_told_in_utc() -> None:
    assert formats.moment(NOON) == "2026-03-01 12:00:00 UTC"
    assert formats.moment(None) == formats.ago(None, NOON) == formats.NOTHING
