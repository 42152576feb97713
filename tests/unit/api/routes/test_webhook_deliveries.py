import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.adapters.webhooks.memory import MemoryWebhookTransport
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap.platform import Platform
from textnlp.ports.webhook_transport import ReceiverAnswer
from textnlp.workers.webhook_service import serve_webhooks

URL = "https://receiver.example/hooks"


@pytest.fixture
def platform() -> Platform:
    return memory_platform()


@pytest.fixture
async def client(platform: Platform) -> AsyncGenerator[AsyncTestClient[Any]]:
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
async def webhook(client: AsyncTestClient[Any]) -> str:
    made = await client.post("/api/v1/webhooks", json={"url": URL})
    return f"/api/v1/webhooks/{made.json()['id']}"


@contextlib.asynccontextmanager
async def serving(platform: Platform) -> AsyncGenerator[None]:
    task = asyncio.create_task(serve_webhooks(platform))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def attempted(client: AsyncTestClient[Any], webhook: str, attempts: int) -> dict[str, Any]:
    """Return the newest delivery once it was attempted so often."""
    async with asyncio.timeout(10):
        while True:
            (delivery, *_) = (await client.get(f"{webhook}/deliveries")).json()["deliveries"]
            if delivery["attempt_count"] >= attempts:
                return delivery
            await asyncio.sleep(0.02)


async def test_a_test_event_is_sent_and_logged_and_sent_again_on_request(
    platform: Platform, client: AsyncTestClient[Any], webhook: str
) -> None:
    transport = platform.webhook_ports.transport
    assert isinstance(transport, MemoryWebhookTransport)
    transport.answer(URL, ReceiverAnswer(status_code=404, response="no such page"))
    sent = await client.post(f"{webhook}/test")
    assert (sent.status_code, sent.json()["state"], sent.json()["attempts"]) == (202, "pending", [])
    async with serving(platform):
        failed = await attempted(client, webhook, 1)
        (attempt,) = failed["attempts"]
        assert (attempt["number"], attempt["status_code"], attempt["response"]) == (1, 404, "no such page")
        assert failed["next_attempt_at"] > failed["created_at"]
        again = await client.post(f"{webhook}/deliveries/{failed['id']}/redeliver")
        assert (again.status_code, again.json()["state"]) == (202, "pending")
        delivered = await attempted(client, webhook, 2)
    assert (delivered["state"], delivered["next_attempt_at"]) == ("delivered", None)
    assert [headers["webhook-id"] for _, headers, _ in transport.posted] == [sent.json()["id"]] * 2
    payload = json.loads(delivered["payload"])
    assert (payload["type"], payload["data"]["link"]) == ("Webhook.Tested", webhook)


async def test_deliveries_are_listed_page_by_page(client: AsyncTestClient[Any], webhook: str) -> None:
    sent = {(await client.post(f"{webhook}/test")).json()["id"] for _ in range(3)}
    first = (await client.get(f"{webhook}/deliveries", params={"limit": "2"})).json()
    rest = (await client.get(f"{webhook}/deliveries", params={"limit": "2", "before": first["next_before"]})).json()
    assert {each["id"] for each in first["deliveries"] + rest["deliveries"]} == sent
    assert rest["next_before"] is None
    refused = await client.get(f"{webhook}/deliveries", params={"limit": "101"})
    assert (refused.status_code, refused.json()["field"]) == (422, "limit")


async def test_nothing_is_sent_to_a_disabled_webhook_on_request(client: AsyncTestClient[Any], webhook: str) -> None:
    sent = (await client.post(f"{webhook}/test")).json()
    await client.put(webhook, json={"url": URL, "is_enabled": False})
    for path in (f"{webhook}/test", f"{webhook}/deliveries/{sent['id']}/redeliver"):
        refused = await client.post(path)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


async def test_a_delivery_that_is_not_there_is_not_found(client: AsyncTestClient[Any], webhook: str) -> None:
    assert (await client.post(f"{webhook}/deliveries/msg_unknown/redeliver")).status_code == 404
    assert (await client.get("/api/v1/webhooks/hook_unknown/deliveries")).status_code == 404
