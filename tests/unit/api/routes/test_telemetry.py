from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from tests.factories.telemetry import process, rollup
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.platform import Platform
from textnlp.domain.identity.principal import Principal
from textnlp.topology.metrics import REQUEST_SECONDS, ROWS_RECORDED
from textnlp.topology.scopes import ADMIN, READ, WRITE

FIGURES = "/api/v1/telemetry/figures"


class TwoCallers:
    """Knows a writer and an administrator."""

    async def authenticate(self, credential: str) -> Principal:
        grants = {READ, WRITE} | ({ADMIN} if credential == "admin" else set[str]())
        return Principal(subject=credential, tenant="acme", caller=credential, grants=frozenset(grants))


@pytest.fixture
def platform() -> Platform:
    return memory_platform(gateway=memory_gateway(TwoCallers()))


@pytest.fixture
async def client(platform: Platform) -> AsyncGenerator[AsyncTestClient[Any]]:
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://api.example.org") as client:
        yield client


async def test_administrators_see_what_the_platform_is_at(platform: Platform, client: AsyncTestClient[Any]) -> None:
    store = platform.telemetry_ports.reader
    assert isinstance(store, MemoryTelemetry)
    now = CLOCK.now()
    rollups = (
        rollup(ROWS_RECORDED, "accepted", value=90, seconds=30),
        rollup(REQUEST_SECONDS, "GET", "/api/v1/batches", "200", values=[0.03], seconds=30),
    )
    said = process(*rollups, seconds=30)
    await store.show(type(said)(process="api", instance="1", at=now, seconds=30, rollups=rollups))
    await client.post("/api/v1/batches?name=a.txt", content=b"one\ntwo\n", headers={"Authorization": "Bearer writer"})
    answer = await client.get(FIGURES, headers={"Authorization": "Bearer admin"})
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["rows_per_second"], shown["rows"], shown["error_rate"]) == (3.0, {"accepted": 90}, 0.0)
    assert [route["name"] for route in shown["routes"]] == ["GET /api/v1/batches"]
    assert [(each["name"], each["instance"]) for each in shown["processes"]] == [("api", "1")]
    (batch,) = shown["batches"]
    assert (batch["name"], batch["tenant"]) == ("a.txt", "acme")


async def test_others_see_nothing(client: AsyncTestClient[Any]) -> None:
    assert (await client.get(FIGURES)).status_code == 401
    refused = await client.get(FIGURES, headers={"Authorization": "Bearer writer"})
    assert refused.status_code == 403
    assert ADMIN in refused.text
