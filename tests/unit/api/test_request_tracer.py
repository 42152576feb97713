import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from tests.factories.traces import GATEWAY_SPAN, GATEWAY_TRACE, GATEWAY_TRACEPARENT, MemoryTracing
from tests.unit.api.test_app import Client
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.ports.tracer import Tracer


def client_of(tracer: Tracer) -> Client:
    platform = memory_platform(tracer=tracer)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    return AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000")


async def test_a_request_is_a_span_of_the_trace_it_came_with_and_its_answer_says_where() -> None:
    tracing = MemoryTracing()
    async with client_of(tracing.tracer) as client:
        response = await client.post(
            "/api/v1/generate?secret=query", json={"prompt": "Hello"}, headers={"traceparent": GATEWAY_TRACEPARENT}
        )
    (span,) = [span for span in tracing.spans() if span.kind == "server"]
    assert (span.trace_id, span.parent_id, span.name) == (GATEWAY_TRACE, GATEWAY_SPAN, "POST /api/v1/generate")
    assert response.headers["traceresponse"] == f"00-{GATEWAY_TRACE}-{span.span_id}-01"
    assert dict(span.attributes) == {
        "http.request.method": "POST",
        "http.route": "/api/v1/generate",
        "http.response.status_code": 200,
        "url.path": "/api/v1/generate",
        "url.scheme": "http",
        "textnlp.request.id": response.headers["x-request-id"],
    }
    (call,) = tracing.named("chat scripted")
    assert call.parent_id == span.span_id


async def test_a_request_without_a_trace_begins_one() -> None:
    tracing = MemoryTracing()
    async with client_of(tracing.tracer) as client:
        response = await client.get("/api/v1/batches/batch_1")
    (span,) = [span for span in tracing.spans() if span.kind == "server"]
    assert span.parent_id == ""
    assert response.headers["traceresponse"].split("-")[1] == span.trace_id
    assert span.attributes["http.response.status_code"] == 404
    assert not span.has_failed


async def test_a_method_that_http_does_not_know_is_not_repeated() -> None:
    tracing = MemoryTracing()
    async with client_of(tracing.tracer) as client:
        await client.request("SECRETMETHOD", "/api/v1/batches")
    assert "SECRETMETHOD" not in str(tracing.spans())


@pytest.mark.parametrize("path", ["/health", "/metrics"])
async def test_probes_are_in_no_trace(path: str) -> None:
    tracing = MemoryTracing()
    async with client_of(tracing.tracer) as client:
        response = await client.get(path)
    assert "traceresponse" not in response.headers
    assert tracing.spans() == []
