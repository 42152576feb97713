import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import CLOCK, memory_gateway, memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.bootstrap import Platform
from textnlp.domain.identity.principal import Principal
from textnlp.topology.events import BLOB_CREATED, GENERATION_COMPLETED
from textnlp.topology.queues import VALIDATION_QUEUE
from textnlp.topology.scopes import ADMIN, READ, WRITE

EVENTS = "/api/v1/events/event-grid"
BATCH_TYPE = "application/cloudevents-batch+json; charset=utf-8"
STORAGE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/textnlp"


class Known:
    """Knows Event Grid as an administrator and everybody else as a writer."""

    async def authenticate(self, credential: str) -> Principal:
        grants = {READ, WRITE} | ({ADMIN} if credential == "event-grid" else set[str]())
        return Principal(subject="s", tenant="acme", caller=credential, grants=frozenset(grants))


@dataclass(frozen=True, slots=True)
class Served:
    client: AsyncTestClient[Any]
    platform: Platform

    async def deliver(self, *events: dict[str, Any], as_whom: str = "event-grid") -> Any:
        headers = {"Authorization": f"Bearer {as_whom}", "Content-Type": BATCH_TYPE}
        return await self.client.post(EVENTS, content=json.dumps(events), headers=headers)


@pytest.fixture
async def served() -> AsyncGenerator[Served]:
    platform = memory_platform(gateway=memory_gateway(Known()))
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    app = create_app(platform, intake=intake)
    async with AsyncTestClient(app, base_url="http://api.example.org") as client:
        yield Served(client, platform)


def event(kind: str, subject: str, *, name: str = "e1", source: str = "/textnlp", **data: Any) -> dict[str, Any]:
    at = CLOCK.now().isoformat()
    return {
        "specversion": "1.0",
        "id": name,
        "type": kind,
        "source": source,
        "subject": subject,
        "time": at,
        "data": data,
    }


def uploaded(path: str, *, name: str = "e1") -> dict[str, Any]:
    container, _, blob = path.partition("/")
    subject = f"/blobServices/default/containers/{container}/blobs/{blob}"
    return event(BLOB_CREATED, subject, name=name, source=STORAGE, api="PutBlob", contentLength=12)


async def test_event_grid_may_deliver_here_and_nobody_else(served: Served) -> None:
    asked = await served.client.options(EVENTS, headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
    other = await served.client.options(EVENTS, headers={"WebHook-Request-Origin": "attacker.example"})

    assert (asked.status_code, asked.headers["WebHook-Allowed-Origin"]) == (200, "eventgrid.azure.net")
    assert asked.headers["WebHook-Allowed-Rate"] == "*"
    assert "WebHook-Allowed-Origin" not in other.headers
    assert other.headers["Allow"] == "OPTIONS, POST"


async def test_the_proof_of_the_older_schema_is_answered_with_its_code(served: Served) -> None:
    proof = {
        "id": "p1",
        "topic": "/subscriptions/s",
        "subject": "",
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": "2026-01-05T09:00:00Z",
        "data": {"validationCode": "512d38b6", "validationUrl": "https://rp.example/validate"},
        "dataVersion": "2",
        "metadataVersion": "1",
    }

    answer = await served.deliver(proof)

    assert (answer.status_code, answer.json()) == (200, {"validationResponse": "512d38b6"})


async def test_a_file_of_prompts_that_was_put_there_becomes_one_batch_however_often_it_is_told(served: Served) -> None:
    ports = served.platform.batch_ports
    await ports.blobs.put("prompts/batch/a.txt", b"one\ntwo\n")

    answers = [await served.deliver(uploaded("prompts/batch/a.txt", name=name)) for name in ("e1", "e1", "e2")]

    assert [answer.json() for answer in answers] == [{"taken": 1}] * 3
    (batch,) = await ports.ledger.newest(before=None, limit=10)
    assert batch.name == "a.txt"


async def test_other_blobs_and_ones_that_are_gone_make_no_batch(served: Served) -> None:
    await served.platform.batch_ports.blobs.put("prompts/system/a.txt", b"one\n")

    answer = await served.deliver(uploaded("prompts/system/a.txt"), uploaded("prompts/batch/gone.txt", name="e2"))

    assert answer.json() == {"taken": 1}
    assert not await served.platform.batch_ports.ledger.newest(before=None, limit=10)


async def test_what_completed_is_carried_to_where_it_is_validated_once(served: Served) -> None:
    told = event(GENERATION_COMPLETED, "generations/gen_1", name="TextGeneration.Completed/gen_1", id="gen_1")

    for _ in range(2):
        await served.deliver(told)

    (message,) = await served.platform.batch_ports.queue.peek(VALIDATION_QUEUE)
    assert (message.message_id, json.loads(message.body)["data"]) == (told["id"], {"id": "gen_1"})


async def test_an_event_that_is_nobodys_is_taken_so_that_it_does_not_come_again(served: Served) -> None:
    answer = await served.deliver(event("Somebody.Else", "a/b"))

    assert (answer.status_code, answer.json()) == (200, {"taken": 0})


async def test_events_are_taken_from_administrators_alone(served: Served) -> None:
    stranger = await served.client.post(EVENTS, content="[]")
    writer = await served.deliver(event("Somebody.Else", "a/b"), as_whom="writer")

    assert (stranger.status_code, writer.status_code) == (401, 403)


async def test_what_is_no_event_is_refused_with_its_place(served: Served) -> None:
    answer = await served.deliver({"subject": "a"})

    assert answer.status_code in {400, 422}
    assert "id" in answer.text
