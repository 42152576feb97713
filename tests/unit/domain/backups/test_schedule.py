from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.backups.schedule import is_due, last_due, seconds_until_due

DUE = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_backup_is_due_from_the_minute_on() -> None:
    assert last_due(DUE - SECOND, "02:00") == DUE - timedelta(days=1)
    assert last_due(DUE, "02:00") == DUE
    assert last_due(DUE + timedelta(hours=21), "02:00") == DUE


def test_the_schedule_is_in_utc_wherever_the_clock_is() -> None:
    there = timezone(timedelta(hours=-8))
    assert last_due(datetime(2026, 11, 26, 19, 0, tzinfo=there), "02:00") == DUE


def test_a_night_that_was_missed_is_due_and_one_that_was_not_is_not() -> None:
    now = DUE + timedelta(hours=7)
    assert is_due(now, "02:00", None)
    assert is_due(now, "02:00", DUE - timedelta(hours=24))
    assert is_due(now, "02:00", DUE - SECOND)
    assert not is_due(now, "02:00", DUE)
    assert not is_due(now, "02:00", DUE + timedelta(hours=1))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  bounds
def test_the_next_is_due_within_a_day_and_never_at_once(now: datetime) -> None:
    seconds = seconds_until_due(now, "02:00")
    assert 0 < seconds <= 86_400
    assert last_due(now + timedelta(seconds=seconds), "02:00") > now
