from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, rollup
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.count_results import count_results
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.topology.metrics import REQUEST_SECONDS

HOUR = timedelta(hours=1)


async def test_answers_are_counted_by_status_the_most_frequent_first() -> None:
    store = MemoryTelemetry(clock=ManualClock(now=NOON))
    answers = {"200": 6, "": 1, "503": 3}
    await store.add_rollups(
        [rollup(REQUEST_SECONDS, "GET", "/", status, values=[1] * count) for status, count in answers.items()],
        process="api",
        instance="1",
    )
    found = await count_results(store, since=NOON, until=NOON + HOUR)
    assert [(each.status, each.count, each.share) for each in found] == [("200", 6, 0.6), ("503", 3, 0.3), ("", 1, 0.1)]
    assert await count_results(store, since=NOON + HOUR, until=NOON + 2 * HOUR) == []


@pytest.mark.parametrize("length", [timedelta(0), timedelta(days=32)])
async def test_a_time_without_bounds_is_refused(length: timedelta) -> None:
    with pytest.raises(TextNLPError) as caught:
        await count_results(MemoryTelemetry(clock=ManualClock()), since=NOON, until=NOON + length)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
