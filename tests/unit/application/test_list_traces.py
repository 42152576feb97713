from dataclasses import replace
from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, span
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.list_traces import list_traces
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.telemetry.spans import MOST_TRACES, TraceFilter

HOUR = timedelta(hours=1)
ANY = TraceFilter(since=NOON - HOUR, until=NOON + HOUR)


@pytest.fixture
def store() -> MemoryTelemetry:
    return MemoryTelemetry(clock=ManualClock(now=NOON))


async def test_a_full_page_says_where_the_next_begins_and_the_last_one_does_not(store: MemoryTelemetry) -> None:
    await store.add_spans([span(number, at=number, trace_id=f"{number:032x}") for number in range(1, 4)])
    first = await list_traces(store, replace(ANY, limit=2))
    assert [trace.root.span_id[-1] for trace in first.traces] == ["3", "2"]
    last = await list_traces(store, replace(ANY, limit=2, before=first.next))
    assert [trace.root.span_id[-1] for trace in last.traces] == ["1"]
    assert last.next is None


@pytest.mark.parametrize(
    "wanted", [replace(ANY, limit=0), replace(ANY, limit=MOST_TRACES + 1), replace(ANY, until=ANY.since)]
)
async def test_pages_without_bounds_are_refused(store: MemoryTelemetry, wanted: TraceFilter) -> None:
    with pytest.raises(TextNLPError) as caught:
        await list_traces(store, wanted)
    assert caught.value.kind is ErrorKind.INVALID_INPUT
