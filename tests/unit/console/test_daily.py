from datetime import UTC, datetime

from textnlp.console.daily import by_day
from textnlp.domain.usage.totals import UsageTotal


def test_days_without_calls_are_drawn_as_nothing_used() -> None:
    totals = [UsageTotal(key="2026-02-28", calls=3), UsageTotal(key="2026-03-02", calls=5)]
    since, until = datetime(2026, 2, 28, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)
    points = by_day(totals, lambda total: total.calls, since, until)
    assert [(at.day, value) for at, value in points] == [(28, 3), (1, 0), (2, 5)]
