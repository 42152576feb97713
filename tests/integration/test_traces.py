"""One trace across everything that a request meets, in one process and in two."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.served_platform import ServedPlatform, serve_platform, unlimited_key
from tests.doubles.telemetry_collector import TelemetryCollector, running_collector
from tests.factories.traces import GATEWAY_SPAN, GATEWAY_TRACE, GATEWAY_TRACEPARENT, SeenSpan, edges, waterfall
from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import PlatformOptions, open_platform
from textnlp.settings import Settings
from textnlp.topology.telemetry import APPLICATION_MAP
from textnlp.topology.workloads import API

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(120)]

PERSONAL = "anna.svensson@example.org"
_WAIT_SECONDS = 30


@pytest.fixture
def collector() -> Generator[TelemetryCollector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def settings(database_url: str, redis_url: str, collector: TelemetryCollector, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        database_url=database_url,
        redis_url=redis_url,
        model=SCRIPTED_MODEL,
        otlp_endpoint=collector.url,
    )


def of_request(spans: list[SeenSpan]) -> list[SeenSpan]:
    return [span for span in spans if span.trace_id == GATEWAY_TRACE]


async def test_a_request_shows_every_edge_of_the_application_map_in_one_trace(
    settings: Settings, collector: TelemetryCollector, database_url: str
) -> None:
    async with (
        serve_platform(database_url, settings.data_dir, settings=settings, process=API) as (_, served),
        called(served) as session,
    ):
        answer = await posted(session, served, {"prompt": f"Write to {PERSONAL}", "mode": "async"})
        await finished(session, served, f"/api/v1/generations/{answer['id']}")
    spans = of_request(collector.spans())
    print(waterfall(spans))  # noqa: T201  pytest -s draws it, as docs/how-to/trace-requests.md says
    assert edges(spans) == set(APPLICATION_MAP)
    assert [span.parent_id for span in spans if span.kind == "server"] == [GATEWAY_SPAN]
    known = {span.span_id for span in spans} | {GATEWAY_SPAN}
    assert all(span.parent_id in known for span in spans)
    # What the platform was still at when it was stopped has not been done.
    assert {span.attributes["error.type"] for span in spans if span.has_failed} <= {"CancelledError"}
    said = str([(span.name, span.attributes) for span in spans])
    assert PERSONAL not in said
    assert served.api_key not in said
    assert {"http.server.request.duration", "gen_ai.client.token.usage", "EngineSeconds"} <= set(collector.metrics())


async def test_a_batch_is_one_trace_from_the_upload_to_its_result_files(
    settings: Settings, collector: TelemetryCollector, database_url: str
) -> None:
    rows = "\n".join(f'{{"prompt": "row {number}"}}' for number in range(25))
    async with (
        serve_platform(database_url, settings.data_dir, settings=settings) as (_, served),
        called(served) as session,
    ):
        async with session.post(f"{served.url}/api/v1/batches", data=rows, headers=from_gateway()) as response:
            batch = await response.json()
            assert response.headers["traceresponse"].split("-")[1] == GATEWAY_TRACE
        ended = await finished(session, served, f"/api/v1/batches/{batch['id']}")
    assert ended["state"] == "completed"
    spans = of_request(collector.spans())
    names = [span.name for span in spans]
    assert names.count(f"chat {SCRIPTED_MODEL}") == 25
    assert names.count("process batch-processing-queue") == 3
    assert names.count("ingest batch") == names.count("finish batch") == 1
    finishing = next(span for span in spans if span.name == "finish batch")
    assert any(span.parent_id == finishing.span_id and span.name.startswith("put ") for span in spans)


async def test_a_trace_goes_on_in_the_worker_of_another_process(
    settings: Settings, collector: TelemetryCollector
) -> None:
    options = PlatformOptions(takes_calls=True, process=API)
    async with open_platform(settings, options) as platform, worker(settings) as process:
        intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
        async with serve_app(create_app(platform, intake=intake), port=0, is_authenticated=True) as serving:
            served = ServedPlatform(url=serving.url, api_key=await unlimited_key(platform))
            async with called(served) as session:
                answer = await posted(session, served, {"prompt": "Hello", "mode": "async"})
                done = await finished(session, served, f"/api/v1/generations/{answer['id']}")
        process.terminate()
        await process.wait()
    assert done["state"] == "completed"
    spans = of_request(collector.spans())
    assert edges(spans) == {
        ("gateway", "api"),
        ("api", "cache"),
        ("api", "database"),
        ("api", "messages"),
        ("generation-worker", "models"),
        ("generation-worker", "blobs"),
        ("generation-worker", "database"),
        ("generation-worker", "messages"),
    }
    sending = next(span for span in spans if span.kind == "producer" and span.service == API)
    working = next(span for span in spans if span.name == "process text-generation-queue")
    assert working.parent_id == sending.span_id


async def test_a_collector_that_is_away_slow_or_refuses_holds_up_nobody(
    settings: Settings, collector: TelemetryCollector, database_url: str
) -> None:
    collector.status, collector.delay_seconds = 503, 30.0
    began = time.monotonic()
    async with (
        serve_platform(database_url, settings.data_dir, settings=settings) as (_, served),
        called(served) as session,
    ):
        for _ in range(20):
            assert (await posted(session, served, {"prompt": "Hello"}, status=200))["choices"]
    assert time.monotonic() - began < 20


def from_gateway() -> dict[str, str]:
    return {"traceparent": GATEWAY_TRACEPARENT}


@contextlib.asynccontextmanager
async def called(served: ServedPlatform) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session:
        yield session


async def posted(
    session: aiohttp.ClientSession, served: ServedPlatform, body: dict[str, Any], *, status: int = 202
) -> Any:
    async with session.post(f"{served.url}/api/v1/generate", json=body, headers=from_gateway()) as response:
        assert response.status == status, await response.text()
        assert response.headers["traceresponse"].startswith(f"00-{GATEWAY_TRACE}-")
        return await response.json()


async def finished(session: aiohttp.ClientSession, served: ServedPlatform, path: str) -> Any:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        async with session.get(served.url + path) as response:
            shown = await response.json()
        if shown.get("state") in {"completed", "failed"} or time.monotonic() > deadline:
            return shown
        await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def worker(settings: Settings) -> AsyncGenerator[asyncio.subprocess.Process]:
    environment = {
        **os.environ,
        "TEXTNLP_DATA_DIR": str(settings.data_dir),
        "DATABASE_URL": str(settings.database_url),
        "TEXTNLP_MODEL": SCRIPTED_MODEL,
        "OTEL_EXPORTER_OTLP_ENDPOINT": str(settings.otlp_endpoint),
        "TEXTNLP_LOG_FORMAT": "json",
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.generation_worker"),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
