"""What collectors get through the libraries that send it."""

import contextlib
import time
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.doubles.telemetry_collector import TelemetryCollector, running_collector
from tests.factories.traces import GATEWAY_TRACE, GATEWAY_TRACEPARENT
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.bootstrap import SYSTEM_CLOCK
from textnlp.bootstrap.telemetry import Telemetry
from textnlp.bootstrap.telemetry_wiring import open_telemetry
from textnlp.domain.generation.model import GenerationRequest, Message, Role
from textnlp.ports.tracer import SpanKind
from textnlp.settings import Settings
from textnlp.topology.metrics import ENGINE_SECONDS, TOKENS_GENERATED

_REQUEST = GenerationRequest(model="scripted", messages=(Message(Role.USER, "secret words"),))


@pytest.fixture
def collector() -> Generator[TelemetryCollector]:
    with running_collector() as running:
        yield running


async def worked(settings: Settings) -> None:
    async with contextlib.AsyncExitStack() as stack:
        telemetry = await open_telemetry(stack, settings, process="api", has_page=True)
        await _work(telemetry)


async def _work(telemetry: Telemetry) -> None:
    tracer = telemetry.tracer
    engine = telemetry.engine(ScriptedEngine(clock=SYSTEM_CLOCK), provider="azure.ai.openai")
    attributes = {"http.request.method": "POST", "http.route": "/api/v1/generate", "http.response.status_code": 200}
    with (
        tracer.begin(
            "POST /api/v1/generate", kind=SpanKind.SERVER, attributes=attributes, parent=GATEWAY_TRACEPARENT
        ) as span,
        tracer.within(span),
    ):
        await engine.generate(_REQUEST)
    telemetry.meter.record(TOKENS_GENERATED, 5, dimensions=("scripted",))
    telemetry.meter.record(ENGINE_SECONDS, 0.25, dimensions=("scripted", "answered"))


async def test_application_insights_gets_requests_dependencies_and_metrics(
    collector: TelemetryCollector, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await worked(Settings(data_dir=tmp_path, application_insights=collector.connection_string))
    (request,) = collector.envelopes("RequestData")
    assert request["tags"]["ai.operation.id"] == GATEWAY_TRACE
    assert request["tags"]["ai.cloud.role"] == "textnlp.api"
    data = request["data"]["baseData"]
    assert (data["name"], data["responseCode"], data["success"]) == ("POST /api/v1/generate", "200", True)
    (dependency,) = collector.envelopes("RemoteDependencyData")
    called = dependency["data"]["baseData"]
    assert (called["target"], called["type"], called["name"]) == ("models", "GenAI | azure.ai.openai", "chat scripted")
    assert dependency["tags"]["ai.operation.parentId"] == data["id"]
    metrics = {each["data"]["baseData"]["metrics"][0]["name"]: each for each in collector.envelopes("MetricData")}
    tokens = metrics["TokensGenerated"]["data"]["baseData"]
    assert (tokens["metrics"][0]["value"], tokens["properties"]) == (5, {"model": "scripted"})
    seconds = metrics["EngineSeconds"]["data"]["baseData"]["metrics"][0]
    assert (seconds["count"], seconds["value"]) == (1, 0.25)
    assert "secret words" not in str(collector.bodies)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_both_collectors_get_the_same_trace(collector: TelemetryCollector, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path, application_insights=collector.connection_string, otlp_endpoint=f"{collector.url}/"
    )
    await worked(settings)
    assert {span.trace_id for span in collector.spans()} == {GATEWAY_TRACE}
    assert len(collector.spans()) == len(collector.envelopes("RequestData")) * 2 == 2
    assert "TokensGenerated" in collector.metrics()


async def test_a_resource_that_nobody_can_reach_does_not_keep_a_process_from_its_end(tmp_path: Path) -> None:
    with running_collector() as gone:
        address = gone.connection_string
    began = time.monotonic()
    await worked(Settings(data_dir=tmp_path, application_insights=address))
    assert time.monotonic() - began < 8
