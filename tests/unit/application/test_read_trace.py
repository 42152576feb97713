import pytest

from tests.doubles.clock import ManualClock
from tests.factories.telemetry import NOON, TRACE, child, line, span
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.application.read_trace import read_trace
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.fixture
def store() -> MemoryTelemetry:
    return MemoryTelemetry(clock=ManualClock(now=NOON))


async def test_a_trace_is_its_spans_and_what_was_logged_on_its_behalf(store: MemoryTelemetry) -> None:
    await store.add_spans([child(2, 1, at=1), span(1)])
    await store.add_lines(
        [line(2, at=1, trace_id=TRACE), line(1, trace_id=TRACE), line(3), line(4, at=90, trace_id=TRACE)]
    )
    view = await read_trace(store, TRACE.upper())
    assert [placed.span.span_id[-1] for placed in view.waterfall.spans] == ["1", "2"]
    assert [each.ordinal for each in view.lines] == [1, 2]
    assert not view.waterfall.is_cut


async def test_a_trace_that_is_too_long_is_cut(store: MemoryTelemetry) -> None:
    await store.add_spans([span(number, at=number) for number in range(1, 5)])
    view = await read_trace(store, TRACE, most_spans=3)
    assert len(view.waterfall.spans) == 3
    assert view.waterfall.is_cut


async def test_a_trace_that_is_not_kept_is_not_found(store: MemoryTelemetry) -> None:
    with pytest.raises(TextNLPError) as caught:
        await read_trace(store, TRACE)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert "a few days" in (caught.value.facts.hint or "")
