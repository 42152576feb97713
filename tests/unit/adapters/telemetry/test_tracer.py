import asyncio
import time
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from tests.factories.traces import GATEWAY_SPAN, GATEWAY_TRACE, GATEWAY_TRACEPARENT, MemoryTracing, tracer_over
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.tracer import SpanKind


async def test_a_span_goes_on_in_the_trace_that_it_came_with() -> None:
    tracing = MemoryTracing()
    with tracing.tracer.begin("work", kind=SpanKind.SERVER, parent=GATEWAY_TRACEPARENT) as span:
        assert span.traceparent.startswith(f"00-{GATEWAY_TRACE}-")
    (seen,) = tracing.spans()
    assert (seen.trace_id, seen.parent_id, seen.kind) == (GATEWAY_TRACE, GATEWAY_SPAN, "server")


@pytest.mark.parametrize("broken", ["", "00-zz-11-01", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "nonsense" * 100])
async def test_a_place_that_cannot_be_read_leaves_a_span_where_it_is(broken: str) -> None:
    tracing = MemoryTracing()
    tracer = tracing.tracer
    with tracer.begin("outer") as outer, tracer.within(outer), tracer.begin("inner", parent=broken):
        pass
    inner, outer_seen = tracing.named("inner")[0], tracing.named("outer")[0]
    assert (inner.trace_id, inner.parent_id) == (outer_seen.trace_id, outer_seen.span_id)


async def test_calls_are_recorded_only_where_something_is_present() -> None:
    tracing = MemoryTracing()
    tracer = tracing.tracer
    with tracer.call("alone"):
        pass
    with tracer.begin("work") as work, tracer.within(work), tracer.call("together"):
        assert tracer.traceparent == work.traceparent
    assert tracer.traceparent == ""
    assert [span.name for span in tracing.spans()] == ["work", "together"]


async def test_tasks_keep_their_present_spans_apart() -> None:
    tracing = MemoryTracing()
    tracer = tracing.tracer

    async def work(name: str) -> None:
        with tracer.begin(name) as span, tracer.within(span):
            await asyncio.sleep(0.001)
            with tracer.call(f"call of {name}"):
                await asyncio.sleep(0.001)

    await asyncio.gather(*(work(str(number)) for number in range(20)))
    parents = {span.span_id: span.name for span in tracing.spans()}
    calls = [span for span in tracing.spans() if span.name.startswith("call")]
    assert len(calls) == 20
    assert all(parents[span.parent_id] == span.name.removeprefix("call of ") for span in calls)


async def test_what_goes_wrong_is_told_by_its_kind_and_never_by_its_message() -> None:
    tracing = MemoryTracing()
    with pytest.raises(TextNLPError), tracing.tracer.begin("refused"):
        raise TextNLPError("secret words", kind=ErrorKind.RATE_LIMITED)
    with pytest.raises(KeyError), tracing.tracer.begin("broken"):
        raise KeyError("secret words")
    assert [(span.has_failed, span.attributes["error.type"]) for span in tracing.spans()] == [
        (True, "rate_limited"),
        (True, "KeyError"),
    ]
    assert "secret" not in str(tracing.spans())


async def test_a_stream_that_its_reader_left_has_not_failed() -> None:
    tracing = MemoryTracing()
    with pytest.raises(GeneratorExit), tracing.tracer.begin("stream"):
        raise GeneratorExit
    assert not tracing.spans()[0].has_failed


async def test_a_trace_that_is_not_sampled_goes_on_unsampled_and_leaves_nothing() -> None:
    tracing = MemoryTracing(sampling_ratio=0.0)
    tracer = tracing.tracer
    with tracer.begin("work") as span, tracer.within(span), tracer.call("part") as part:
        assert int(span.traceparent[-2:], 16) & 1 == 0
        assert tracer.traceparent == span.traceparent
        assert part.traceparent == ""
    with tracer.begin("asked for", parent=GATEWAY_TRACEPARENT):
        pass
    assert [span.name for span in tracing.spans()] == ["asked for"]


async def test_spans_can_be_renamed_noted_and_ended_twice() -> None:
    tracing = MemoryTracing()
    span = tracing.tracer.begin("first", attributes={"one": 1})
    span.rename("second")
    span.note({"two": "2"})
    span.end()
    span.end()
    (seen,) = tracing.spans()
    assert (seen.name, dict(seen.attributes)) == ("second", {"one": 1, "two": "2"})


class SlowExporter(SpanExporter):
    """Takes its time over each batch."""

    def __init__(self) -> None:
        self.taken = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        time.sleep(0.2)
        self.taken += len(spans)
        return SpanExportResult.SUCCESS


@pytest.mark.filterwarnings("ignore")
async def test_a_slow_collector_costs_spans_and_nobodys_time() -> None:
    exporter = SlowExporter()
    tracer = tracer_over(exporter)
    began = time.perf_counter()
    for _ in range(20_000):
        tracer.begin("work").end()
    assert time.perf_counter() - began < 10
    began = time.perf_counter()
    await tracer.aclose()
    await tracer.aclose()
    assert time.perf_counter() - began < 4
    assert 0 < exporter.taken < 20_000
