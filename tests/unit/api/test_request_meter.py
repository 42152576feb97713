import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.factories.memory_platform import CLOCK, memory_platform
from tests.unit.api.test_app import Client
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake

COUNT = "http_server_request_duration_seconds_count"


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    meter = OpenTelemetryMeter(clock=CLOCK, version="1")
    platform = memory_platform(meter=meter)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as test_client:
        yield test_client
    meter.close()


async def samples(client: Client, name: str) -> list[Sample]:
    response = await client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = text_string_to_metric_families(response.text)
    return [sample for family in families for sample in family.samples if sample.name == name]


async def requests(client: Client) -> dict[tuple[str, str, str], float]:
    return {
        (
            sample.labels["http_request_method"],
            sample.labels["http_route"],
            sample.labels["http_response_status_code"],
        ): sample.value
        for sample in await samples(client, COUNT)
    }


async def test_requests_are_counted_by_method_template_and_status(client: Client) -> None:
    for name in ("batch_one", "batch_two"):
        await client.get(f"/api/v1/batches/{name}")
    await client.post("/api/v1/generate", json={"prompt": "Hello"})
    counted = await requests(client)
    assert counted["GET", "/api/v1/batches/{batch_id}", "404"] == 2
    assert counted["POST", "/api/v1/generate", "200"] == 1


async def test_nothing_that_callers_wrote_is_on_the_page(client: Client) -> None:
    await client.get("/secret-path/my-name?q=secret-query")
    await client.request("SECRETMETHOD", "/api/v1/batches", headers={"x-request-id": "secret-id"})
    await client.post("/api/v1/generate", json={"prompt": "secret words", "model": "secret-model"})
    page = (await client.get("/metrics")).text
    assert "secret" not in page.lower()
    counted = await requests(client)
    assert counted["GET", "", "404"] == 1
    assert [count for (method, _, _), count in counted.items() if method == "_OTHER"] == [1]


async def test_a_request_counts_as_active_until_it_is_answered(client: Client) -> None:
    (active,) = await samples(client, "http_server_active_requests")
    assert active.value == 1, "the one that asks"


async def test_a_caller_who_hangs_up_is_counted_without_a_status() -> None:
    meter = OpenTelemetryMeter(clock=CLOCK, version="1")
    platform = memory_platform(meter=meter)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    reading = asyncio.get_running_loop().create_future()

    async def receive() -> object:
        return await reading

    async def send(_: object) -> None: ...

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/generate",
        "raw_path": b"/api/v1/generate",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
        "scheme": "http",
        "state": {},
    }
    asking = asyncio.create_task(app(scope, receive, send))  # pyright: ignore[reportArgumentType]  a bare scope
    await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    page = meter.page().content.decode()
    meter.close()
    (sample,) = [
        each for family in text_string_to_metric_families(page) for each in family.samples if each.name == COUNT
    ]
    assert (sample.labels["http_route"], sample.labels["http_response_status_code"]) == ("/api/v1/generate", "")
    assert "http_server_active_requests 0.0" in page
