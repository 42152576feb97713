"""Which backups are kept: grandfather, father, son."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from textnlp.domain.backups.schedule import last_due
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.recovery import Retention


class BackupClass(StrEnum):
    """What a backup is kept for: as the newest of its day, ISO week, month or year, in UTC."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    YEARLY = "yearly"


_MOST_NIGHTS = 3_660

_PERIODS: Mapping[BackupClass, Callable[[datetime], tuple[int, ...]]] = {
    BackupClass.DAILY: lambda at: (at.year, at.month, at.day),
    BackupClass.WEEKLY: lambda at: at.isocalendar()[:2],
    BackupClass.MONTHLY: lambda at: (at.year, at.month),
    BackupClass.YEARLY: lambda at: (at.year,),
}


def kept_classes(taken: Iterable[datetime], retention: Retention) -> dict[datetime, tuple[BackupClass, ...]]:
    """Return the times of the backups that are kept, newest first, and what each is kept for.

    Of each class the newest backup of the last so many periods that have one is kept. Periods without a backup count
    for nothing, so that a pause makes nothing go, and the newest backup of all is always kept. A backup may be kept
    for several classes; the oldest that is kept goes when another period has taken its place.
    """
    newest_first = sorted(set(taken), reverse=True)
    counts = {
        BackupClass.DAILY: retention.daily,
        BackupClass.WEEKLY: retention.weekly,
        BackupClass.MONTHLY: retention.monthly,
        BackupClass.YEARLY: retention.yearly,
    }
    found: dict[datetime, list[BackupClass]] = {}
    for kind, count in counts.items():
        for at in _newest_of_each(newest_first, _PERIODS[kind])[:count]:
            found.setdefault(at, []).append(kind)
    return {at: tuple(found[at]) for at in newest_first if at in found}


def gone_by(taken: Iterable[datetime], retention: Retention, *, now: datetime, starts_at: str) -> datetime | None:
    """Return when the last of these backups is removed, if one is taken every night from `now` on; None for none.

    It is worked out by going through the nights with the very rule that removes them, ten years at most, after which
    a retention that keeps longer is not looked into; raises `INTERNAL` then.
    """
    left, kept = set(taken), list(taken)
    night = last_due(now, starts_at)
    for _ in range(_MOST_NIGHTS):
        if not left:
            return night if kept else None
        night += timedelta(days=1)
        kept = list(kept_classes([*kept, night], retention))
        left &= set(kept)
    raise TextNLPError("Backups are kept for longer than ten years.", kind=ErrorKind.INTERNAL)


def _newest_of_each(newest_first: list[datetime], period_of: Callable[[datetime], tuple[int, ...]]) -> list[datetime]:
    newest: dict[tuple[int, ...], datetime] = {}
    for at in newest_first:
        newest.setdefault(period_of(at), at)
    return list(newest.values())
