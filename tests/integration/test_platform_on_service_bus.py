"""The wired platform with its queues on Service Bus: work goes through them, and survives that it is away."""

import asyncio
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.served_platform import ServedPlatform, serve_platform
from tests.doubles.service_bus.server import running_service_bus
from tests.doubles.service_bus.terms import declared_namespace
from tests.doubles.telemetry_collector import TelemetryCollector, running_collector
from textnlp.adapters.clock.system import SystemClock
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.timeout(120),
    # The library leaves the socket of a connection that broke to the garbage collector.
    pytest.mark.usefixtures("collected_leftovers"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_DONE = {"completed", "failed", "cancelled"}
_WAIT_SECONDS = 60


@pytest.fixture
def collector() -> Generator[TelemetryCollector]:
    with running_collector() as running:
        yield running


async def test_generations_and_batches_are_done_over_service_bus_and_after_it_was_away(
    database_url: str, tmp_path: Path, collector: TelemetryCollector
) -> None:
    async with running_service_bus(declared_namespace(TOPOLOGY), clock=SystemClock()) as double:
        settings = Settings(
            data_dir=tmp_path / "data",
            database_url=database_url,
            model=SCRIPTED_MODEL,
            queue_url=double.connection_string,
            otlp_endpoint=collector.url,
        )
        async with (
            serve_platform(database_url, tmp_path / "data", settings=settings) as (_, served),
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session,
        ):
            generation = await _post(session, served, "/api/v1/generate", {"prompt": "Hello", "mode": "async"})
            assert (await _finished(session, served, f"/api/v1/generations/{generation['id']}"))["state"] == "completed"

            await double.restart()
            rows = "\n".join(f'{{"prompt": "row {number}"}}' for number in range(25))
            async with session.post(f"{served.url}/api/v1/batches", data=rows) as response:
                batch = await response.json()
                assert response.status in {201, 202}, batch
            ended = await _finished(session, served, f"/api/v1/batches/{batch['id']}")
            assert ended["state"] == "completed"

        numbers = double.broker.last_number
        waiting = [name for name, entity in double.broker.entities.items() if "queue" in name and entity.messages]
        assert numbers > 3
        assert waiting in ([], ["validation-queue"])
    sent = {span.span_id: span for span in collector.spans() if span.kind == "producer"}
    worked = [span for span in collector.spans() if span.name == "process text-generation-queue"]
    assert [sent[span.parent_id].attributes["messaging.system"] for span in worked] == ["servicebus"]


async def _post(session: aiohttp.ClientSession, served: ServedPlatform, path: str, body: dict[str, Any]) -> Any:
    async with session.post(served.url + path, json=body) as response:
        assert response.status == 202, await response.text()
        return await response.json()


async def _finished(session: aiohttp.ClientSession, served: ServedPlatform, path: str) -> Any:
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        async with session.get(served.url + path) as response:
            shown = await response.json()
        if shown.get("state") in _DONE or time.monotonic() > deadline:
            return shown
        await asyncio.sleep(0.1)
