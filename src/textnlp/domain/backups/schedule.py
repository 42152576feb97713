"""When a backup is due."""

from datetime import UTC, datetime, time, timedelta

_DAY = timedelta(days=1)


def last_due(now: datetime, starts_at: str) -> datetime:
    """Return the last moment, at or before `now`, at which a daily backup was due; `starts_at` is `HH:MM` in UTC."""
    hour, _, minute = starts_at.partition(":")
    due = datetime.combine(now.astimezone(UTC).date(), time(int(hour), int(minute)), UTC)
    return due if due <= now else due - _DAY


def is_due(now: datetime, starts_at: str, newest: datetime | None) -> bool:
    """Tell whether the backup of the last night is missing, be it that it is time for it or that it was missed."""
    return newest is None or newest < last_due(now, starts_at)


def seconds_until_due(now: datetime, starts_at: str) -> float:
    """Return how long it is until the next backup is due."""
    return (last_due(now, starts_at) + _DAY - now).total_seconds()
