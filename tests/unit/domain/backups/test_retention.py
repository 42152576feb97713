from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.backups.retention import BackupClass, gone_by, kept_classes
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.containers import BACKUPS_CONFIGURATIONS, BACKUPS_DATABASE
from textnlp.topology.recovery import Retention

GIVEN = TOPOLOGY.backup_policy(BACKUPS_DATABASE).retention or Retention(daily=1, weekly=0, monthly=0, yearly=0)
MOST = GIVEN.daily + GIVEN.weekly + GIVEN.monthly + GIVEN.yearly
NIGHT = datetime(2026, 1, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  bounds
retentions = st.builds(
    Retention,
    daily=st.integers(1, 9),
    weekly=st.integers(0, 6),
    monthly=st.integers(0, 13),
    yearly=st.integers(0, 6),
)


def every_night(count: int, *, since: datetime = NIGHT) -> list[datetime]:
    return [since + number * DAY for number in range(count)]


def kept_after_each_night(nights: Iterable[datetime], retention: Retention) -> dict[datetime, tuple[BackupClass, ...]]:
    """Take a backup every night, remove after each what is kept for nothing, and return what is left in the end."""
    kept: dict[datetime, tuple[BackupClass, ...]] = {}
    for night in nights:
        kept = kept_classes([*kept, night], retention)
    return kept


def count_of(kept: dict[datetime, tuple[BackupClass, ...]], wanted: BackupClass) -> int:
    return sum(wanted in classes for classes in kept.values())


@pytest.mark.parametrize("place", [BACKUPS_DATABASE, BACKUPS_CONFIGURATIONS])
def test_seven_days_four_weeks_twelve_months_and_five_years_are_kept(place: str) -> None:
    retention = TOPOLOGY.backup_policy(place).retention
    assert retention is not None
    assert (retention.daily, retention.weekly, retention.monthly, retention.yearly) == (7, 4, 12, 5)


def test_five_years_of_nights_leave_the_last_of_every_period() -> None:
    nights = every_night(5 * 366)
    kept = kept_after_each_night(nights, GIVEN)
    assert [count_of(kept, each) for each in BackupClass] == [7, 4, 12, 5]
    assert [at for at, classes in kept.items() if BackupClass.DAILY in classes] == nights[:-8:-1]
    months = [at for at, classes in kept.items() if BackupClass.MONTHLY in classes]
    assert all((at + DAY).day == 1 for at in months[1:])
    years = [at for at, classes in kept.items() if BackupClass.YEARLY in classes]
    assert [(at.year, at.month, at.day) for at in years[1:]] == [(year, 12, 31) for year in (2030, 2029, 2028, 2027)]
    assert len(kept) <= MOST


def test_on_every_night_of_five_years_no_more_is_kept_than_was_declared_and_each_age_can_be_restored() -> None:
    kept: dict[datetime, tuple[BackupClass, ...]] = {}
    for night in every_night(5 * 366):
        kept = kept_classes([*kept, night], GIVEN)
        assert next(iter(kept)) == night
        assert len(kept) <= MOST
        if night - NIGHT > timedelta(days=370):
            for age in (timedelta(days=1), timedelta(days=6), timedelta(days=21), timedelta(days=300)):
                assert any(night - age - timedelta(days=31) <= at <= night - age for at in kept)


def test_a_pause_makes_nothing_go() -> None:
    kept = kept_after_each_night(every_night(30), GIVEN)
    later = kept_classes(kept, GIVEN)
    assert later == kept


def test_two_backups_of_a_day_leave_the_newer() -> None:
    noon = NIGHT + timedelta(hours=10)
    assert list(kept_classes([NIGHT, noon], GIVEN)) == [noon]


@given(st.lists(moments, max_size=60), retentions)
def test_the_newest_is_always_kept_and_nothing_is_made_up(taken: list[datetime], retention: Retention) -> None:
    kept = kept_classes(taken, retention)
    assert set(kept) <= set(taken)
    assert not taken or max(taken) in kept
    assert all(kept.values())
    assert list(kept) == sorted(kept, reverse=True)


@given(st.lists(moments, max_size=60), retentions)
def test_of_each_class_at_most_so_many_are_kept_each_the_newest_of_its_day(
    taken: list[datetime], retention: Retention
) -> None:
    kept = kept_classes(taken, retention)
    counts = (retention.daily, retention.weekly, retention.monthly, retention.yearly)
    assert all(count_of(kept, each) <= most for each, most in zip(BackupClass, counts, strict=True))
    assert all(not (at < other and at.date() == other.date()) for at in kept for other in taken)


@given(st.lists(moments, min_size=1, max_size=60), retentions)
def test_pruning_again_removes_nothing_more(taken: list[datetime], retention: Retention) -> None:
    kept = kept_classes(taken, retention)
    assert kept_classes(kept, retention) == kept


@given(st.lists(moments, min_size=1, max_size=40), retentions)
def test_pruning_after_every_backup_leaves_what_pruning_once_leaves(
    taken: list[datetime], retention: Retention
) -> None:
    assert kept_after_each_night(sorted(taken), retention) == kept_classes(taken, retention)


def test_backups_are_gone_on_the_night_that_is_told_and_not_a_night_before() -> None:
    taken = list(kept_after_each_night(every_night(200), GIVEN))
    now = NIGHT + 199 * DAY + timedelta(hours=1)
    told = gone_by(taken, GIVEN, now=now, starts_at="02:00")
    assert told is not None
    nights = [now.replace(hour=2) + number * DAY for number in range(1, (told - now).days + 2)]
    assert nights[-1] == told
    assert not set(kept_after_each_night([*taken, *nights], GIVEN)) & set(taken)
    assert set(kept_after_each_night([*taken, *nights[:-1]], GIVEN)) & set(taken)


def test_no_backups_are_gone_already() -> None:
    assert gone_by([], GIVEN, now=NIGHT, starts_at="02:00") is None
