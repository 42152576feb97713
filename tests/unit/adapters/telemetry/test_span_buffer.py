from opentelemetry.sdk.resources import Resource

from tests.factories.traces import GATEWAY_SPAN, GATEWAY_TRACE, GATEWAY_TRACEPARENT
from textnlp.adapters.telemetry.span_buffer import SpanBuffer
from textnlp.adapters.telemetry.tracer import OpenTelemetryTracer
from textnlp.ports.tracer import SpanKind
from textnlp.topology.spans import HTTP_STATUS


def traced(*, most: int = 10, sampling_ratio: float = 1.0) -> tuple[OpenTelemetryTracer, SpanBuffer]:
    buffer = SpanBuffer(process="api", instance="host-1", most=most)
    tracer = OpenTelemetryTracer([], resource=Resource({}), sampling_ratio=sampling_ratio, processors=[buffer])
    return tracer, buffer


def test_a_span_is_taken_as_it_ended() -> None:
    tracer, buffer = traced()
    request = tracer.begin("GET", kind=SpanKind.SERVER, parent=GATEWAY_TRACEPARENT, attributes={"a": ("x", "y")})
    with tracer.within(request), tracer.call("SELECT batches") as call:
        call.note({"b": 1.5})
    request.note({HTTP_STATUS: 503})
    request.rename("GET /api/v1/batches")
    request.fail("503")
    request.end()
    inner, outer = buffer.take(10)
    assert (inner.name, inner.kind, inner.is_root, inner.result) == ("SELECT batches", "client", False, None)
    assert (inner.trace_id, inner.parent_id) == (GATEWAY_TRACE, outer.span_id)
    assert (outer.name, outer.kind, outer.is_root, outer.result) == ("GET /api/v1/batches", "server", True, 503)
    assert (outer.parent_id, outer.has_failed, inner.has_failed) == (GATEWAY_SPAN, True, False)
    assert outer.attributes == {"a": ["x", "y"], HTTP_STATUS: 503, "error.type": "503"}
    assert (outer.process, outer.instance) == ("api", "host-1")
    assert outer.began_at <= inner.began_at
    assert outer.duration_us >= inner.duration_us >= 0


def test_a_trace_that_begins_here_is_a_root() -> None:
    tracer, buffer = traced()
    tracer.begin("ingest batch").end()
    (only,) = buffer.take(10)
    assert (only.is_root, only.parent_id) == (True, "")


def test_of_more_than_there_is_place_for_the_oldest_are_dropped() -> None:
    tracer, buffer = traced(most=3)
    for number in range(5):
        tracer.begin(f"work {number}").end()
    assert (len(buffer), buffer.dropped) == (3, 2)
    assert [span.name for span in buffer.take(2)] == ["work 2", "work 3"]
    assert [span.name for span in buffer.take(2)] == ["work 4"]
    assert buffer.take(2) == []


def test_traces_that_are_not_sampled_are_not_kept() -> None:
    tracer, buffer = traced(sampling_ratio=0.0)
    tracer.begin("work").end()
    assert len(buffer) == 0
    assert buffer.force_flush()
    buffer.shutdown()
