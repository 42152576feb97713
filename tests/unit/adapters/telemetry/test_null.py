from textnlp.adapters.telemetry.null import NULL_SPAN, NullTracer
from textnlp.ports.tracer import SpanKind, Tracer


async def test_a_tracer_that_is_off_hands_out_one_span_and_keeps_nothing() -> None:
    tracer: Tracer = NullTracer()
    begun = tracer.begin("work", kind=SpanKind.SERVER, attributes={"a": 1}, parent="x")
    assert begun is NULL_SPAN
    assert tracer.call("part") is NULL_SPAN
    with begun as span, tracer.within(span):
        span.note({"a": 1})
        span.rename("b")
        span.fail("c")
        span.end()
        assert span.traceparent == tracer.traceparent == ""
    assert not tracer.is_on
    await tracer.aclose()
