import asyncio
import csv
import io
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.principal import Principal
from textnlp.topology.scopes import ADMIN, READ, WRITE

ADMINISTRATOR = {"Authorization": "Bearer admin"}
WRITER = {"Authorization": "Bearer writer"}


class TwoCallers:
    """Knows a writer and an administrator of one tenant."""

    async def authenticate(self, credential: str) -> Principal:
        grants = {READ, WRITE} | ({ADMIN} if credential == "admin" else set[str]())
        return Principal(subject=credential, tenant="acme", caller=credential, grants=frozenset(grants))


@pytest.fixture
async def client() -> AsyncGenerator[AsyncTestClient[Any]]:
    platform = memory_platform(gateway=memory_gateway(TwoCallers()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://api.example.org") as client:
        yield client


async def asked(client: AsyncTestClient[Any], prompt: str = "Hello") -> Any:
    return await client.post(
        "/api/v1/generate", json={"prompt": prompt, "parameters": {"max_tokens": 8}}, headers=WRITER
    )


async def report(client: AsyncTestClient[Any], *, calls: int, **query: str) -> list[dict[str, Any]]:
    """Return the groups once they hold so many calls; settling is not waited for by the answer."""
    async with asyncio.timeout(5):
        while True:
            answer = await client.get("/api/v1/usage", params=query, headers=WRITER)
            groups: list[dict[str, Any]] = answer.json()["groups"]
            if sum(group["calls"] for group in groups) == calls:
                return groups
            await asyncio.sleep(0.01)


async def test_what_was_used_is_shown_by_model_and_caller(client: AsyncTestClient[Any]) -> None:
    used = (await asked(client)).json()["usage"]["total_tokens"]
    (group,) = await report(client, calls=1, by="caller")
    assert (group["key"], group["usage"]["total_tokens"], group["cost"]) == ("writer", used, "0")
    assert [each["key"] for each in await report(client, calls=1, by="model")] == ["scripted"]


async def test_usage_comes_as_a_table_too(client: AsyncTestClient[Any]) -> None:
    await asked(client)
    await report(client, calls=1)
    answer = await client.get("/api/v1/usage", params={"by": "model", "format": "csv"}, headers=WRITER)
    assert answer.headers["content-type"].startswith("text/csv")
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["model"], row["calls"], row["failed"]) == ("scripted", "1", "0")


async def test_a_wrong_day_is_named(client: AsyncTestClient[Any]) -> None:
    refused = await client.get("/api/v1/usage", params={"since": "yesterday"}, headers=WRITER)
    assert (refused.status_code, refused.json()["field"]) == (422, "since")


async def test_a_budget_refuses_what_does_not_fit_and_says_which(client: AsyncTestClient[Any]) -> None:
    body = {"period": "daily", "unit": "tokens", "limit": "60"}
    assert (await client.post("/api/v1/budgets", json=body, headers=WRITER)).status_code == 403
    made = await client.post("/api/v1/budgets", json=body, headers=ADMINISTRATOR)
    assert made.status_code == 201, made.text
    assert (await asked(client)).status_code == 200
    refused = await asked(client, "word " * 60)
    assert (refused.status_code, refused.json()["code"]) == (429, "limit_reached")
    assert refused.json()["limit_name"] == made.json()["id"]
    (group,) = await report(client, calls=1)
    (budget,) = (await client.get("/api/v1/budgets", headers=WRITER)).json()["budgets"]
    assert int(budget["spent"]) == int(budget["spent_per_hour"]) == group["usage"]["total_tokens"]
    assert (budget["tenant"], budget["scope"], budget["reserved"]) == ("acme", "tenant", "0")
    removed = await client.delete(f"/api/v1/budgets/{made.json()['id']}", headers=ADMINISTRATOR)
    assert removed.status_code == 204
    assert (await asked(client, "word " * 60)).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "field"), [({"limit": "-1"}, "limit"), ({"scope": "tenant", "value": "other"}, "value")]
)
async def test_a_budget_that_cannot_be_kept_to_is_refused(
    client: AsyncTestClient[Any], wrong: dict[str, str], field: str
) -> None:
    body = {"period": "daily", "unit": "tokens", "limit": "60", **wrong}
    refused = await client.post("/api/v1/budgets", json=body, headers=ADMINISTRATOR)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
