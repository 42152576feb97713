from dataclasses import replace
from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, line
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.list_log_lines import list_log_lines
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.telemetry.log_lines import MOST_LINES, LineFilter

HOUR = timedelta(hours=1)
ANY = LineFilter(since=NOON - HOUR, until=NOON + HOUR)


@pytest.fixture
def store() -> MemoryTelemetry:
    return MemoryTelemetry(clock=ManualClock(now=NOON))


async def test_a_full_page_says_where_the_next_begins_and_the_last_one_does_not(store: MemoryTelemetry) -> None:
    await store.add_lines([line(number) for number in range(1, 4)])
    first = await list_log_lines(store, replace(ANY, limit=2))
    assert [each.ordinal for each in first.lines] == [3, 2]
    last = await list_log_lines(store, replace(ANY, limit=2, before=first.next))
    assert [each.ordinal for each in last.lines] == [1]
    assert last.next is None


@pytest.mark.parametrize(
    "wanted", [replace(ANY, limit=0), replace(ANY, limit=MOST_LINES + 1), replace(ANY, until=ANY.since)]
)
async def test_pages_without_bounds_are_refused(store: MemoryTelemetry, wanted: LineFilter) -> None:
    with pytest.raises(TextNLPError) as caught:
        await list_log_lines(store, wanted)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
