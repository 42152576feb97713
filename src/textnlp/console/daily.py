"""Usage by day as points of a chart."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta

from textnlp.domain.usage.totals import UsageTotal


def by_day(
    totals: Iterable[UsageTotal], value_of: Callable[[UsageTotal], float], since: datetime, until: datetime
) -> list[tuple[datetime, float | None]]:
    """Return a point for every day from `since` to just before `until`; days without calls have the value 0."""
    values = {total.key: value_of(total) for total in totals}
    points: list[tuple[datetime, float | None]] = []
    day: date = since.astimezone(UTC).date()
    while datetime.combine(day, time(tzinfo=UTC)) < until:
        points.append((datetime.combine(day, time(tzinfo=UTC)), float(values.get(day.isoformat(), 0))))
        day += timedelta(days=1)
    return points
