import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_gateway, memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.identity.principal import Principal
from textnlp.domain.webhooks.model import EVENT_TYPES
from textnlp.topology.limits import LIMITS
from textnlp.topology.scopes import ADMIN, READ, WRITE

URL = "https://receiver.example/hooks"
WEBHOOKS = "/api/v1/webhooks"


class NamedTenants:
    """Knows everybody as a writer of the tenant they name, and `admin` as an administrator."""

    async def authenticate(self, credential: str) -> Principal:
        grants = {READ, WRITE} | ({ADMIN} if credential == "admin" else set[str]())
        return Principal(subject="s", tenant=credential, caller=credential, grants=frozenset(grants))


def of(tenant: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tenant}"}


@pytest.fixture
async def client() -> AsyncGenerator[AsyncTestClient[Any]]:
    platform = memory_platform(gateway=memory_gateway(NamedTenants()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url="http://api.example.org") as client:
        client.headers.update(of("acme"))
        yield client


async def registered(client: AsyncTestClient[Any], **body: Any) -> dict[str, Any]:
    made = await client.post(WEBHOOKS, json={"url": URL, **body})
    assert made.status_code == 201, made.text
    return made.json()


async def test_a_webhook_is_told_of_everything_unless_it_says_otherwise(client: AsyncTestClient[Any]) -> None:
    made = await registered(client, description="Mine")
    assert made["event_types"] == list(EVENT_TYPES)
    assert (made["is_enabled"], made["disabled_reason"], made["description"]) == (True, None, "Mine")
    chosen = await registered(client, event_types=["Batch.Failed", "Batch.Failed"])
    assert chosen["event_types"] == ["Batch.Failed"]


async def test_the_secret_is_shown_once_and_never_again(client: AsyncTestClient[Any]) -> None:
    made = await registered(client)
    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    webhook = f"{WEBHOOKS}/{made['id']}"
    rotated = (await client.post(f"{webhook}/rotate-secret")).json()
    assert rotated["secret"] not in {secret, ""}
    assert rotated["previous_valid_until"] > made["created_at"]
    await client.post(f"{webhook}/test")
    for path in (WEBHOOKS, webhook, f"{webhook}/deliveries"):
        text = (await client.get(path)).text
        assert "whsec_" not in text
        assert "secret" not in text
    assert (await client.get(webhook)).json() == made
    assert "whsec_" not in (await client.put(webhook, json={"url": URL})).text


async def test_a_webhook_is_changed_as_a_whole_and_deleted(client: AsyncTestClient[Any]) -> None:
    made = await registered(client, description="First", event_types=["Batch.Failed"])
    webhook = f"{WEBHOOKS}/{made['id']}"
    changed = await client.put(webhook, json={"url": f"{URL}/2", "is_enabled": False})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["url"], changed.json()["description"]) == (f"{URL}/2", "")
    assert (changed.json()["event_types"], changed.json()["is_enabled"]) == (list(EVENT_TYPES), False)
    assert (await client.get(webhook)).json() == changed.json()
    assert (await client.delete(webhook)).status_code == 204
    for gone in (await client.get(webhook), await client.delete(webhook), await client.post(f"{webhook}/test")):
        assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_webhooks_are_listed_page_by_page(client: AsyncTestClient[Any]) -> None:
    made = {(await registered(client))["id"] for _ in range(3)}
    first = (await client.get(WEBHOOKS, params={"limit": "2"})).json()
    rest = (await client.get(WEBHOOKS, params={"limit": "2", "before": first["next_before"]})).json()
    assert {each["id"] for each in first["webhooks"] + rest["webhooks"]} == made
    assert rest["next_before"] is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"url": "http://receiver.example/"}, "url"),
        ({"url": "https://user:hidden@receiver.example/"}, "url"),
        ({"url": "https://nowhere.example/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/latest/meta-data"}, "url"),
        ({"url": URL, "event_types": []}, "event_types"),
        ({"url": URL, "event_types": ["Batch.Begun"]}, "event_types"),
        ({"url": URL, "secret": "whsec_mine"}, "secret"),
        ({"description": "x"}, "url"),
        ({"url": URL, "description": "x" * 301}, "description"),
    ],
)
async def test_what_is_wrong_is_named_when_registering_and_when_changing(
    client: AsyncTestClient[Any], body: dict[str, Any], field: str
) -> None:
    made = await registered(client)
    for refused in (
        await client.post(WEBHOOKS, json=body),
        await client.put(f"{WEBHOOKS}/{made['id']}", json=body),
    ):
        assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
        assert "hidden" not in json.dumps(refused.json()["detail"])


async def test_a_tenant_has_only_so_many(client: AsyncTestClient[Any]) -> None:
    for _ in range(LIMITS.webhooks_per_tenant):
        await registered(client)
    refused = await client.post(WEBHOOKS, json={"url": URL})
    assert (refused.status_code, refused.json()["limit_name"]) == (409, "webhooks_per_tenant")
    assert (await client.post(WEBHOOKS, json={"url": URL}, headers=of("other"))).status_code == 201


async def test_another_tenant_neither_sees_nor_changes_anything_of_it(client: AsyncTestClient[Any]) -> None:
    webhook = f"{WEBHOOKS}/{(await registered(client))['id']}"
    sent = (await client.post(f"{webhook}/test")).json()
    theirs = of("other")
    answers = [
        await client.get(webhook, headers=theirs),
        await client.put(webhook, json={"url": URL}, headers=theirs),
        await client.delete(webhook, headers=theirs),
        await client.post(f"{webhook}/rotate-secret", headers=theirs),
        await client.post(f"{webhook}/test", headers=theirs),
        await client.get(f"{webhook}/deliveries", headers=theirs),
        await client.post(f"{webhook}/deliveries/{sent['id']}/redeliver", headers=theirs),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert (await client.get(WEBHOOKS, headers=theirs)).json()["webhooks"] == []
    assert (await client.get(webhook, headers=of("admin"))).status_code == 200
