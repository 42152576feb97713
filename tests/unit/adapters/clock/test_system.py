from datetime import UTC, datetime, timedelta

from textnlp.adapters.clock.system import SystemClock


def test_it_tells_the_time_in_utc() -> None:
    told = SystemClock().now()
    assert told.tzinfo is UTC
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)


async def test_sleeping_lets_the_durations_grow() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    await clock.sleep(0.01)
    assert clock.monotonic() - before >= 0.009


async def test_sleeping_less_than_nothing_returns() -> None:
    await SystemClock().sleep(-1)
