import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

import msgspec
import pytest

from tests.contract.webhook_cases import webhook
from tests.factories.memory_platform import CLOCK, memory_generation_ports, memory_ports, memory_webhook_ports
from tests.unit.application.test_work_slices import numbered, submitted
from textnlp.application.address_events import address_events
from textnlp.application.announce import announce
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.route_events import LocalEvents
from textnlp.application.submit_generation import submit_generation
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Role
from textnlp.domain.identity.tenant import LOCAL_TENANT, Owner
from textnlp.domain.messaging.model import OutgoingMessage, ReceivedMessage, dead_letter_entity
from textnlp.domain.webhooks.model import Delivery, Webhook
from textnlp.domain.webhooks.signature import new_secret
from textnlp.topology.events import BATCH_COMPLETED, BATCH_FAILED, GENERATION_FAILED
from textnlp.topology.queues import GENERATION_EVENTS


@contextlib.asynccontextmanager
async def addressing(ports: WebhookPorts) -> AsyncGenerator[None]:
    task = asyncio.create_task(address_events(ports))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def emptied(ports: WebhookPorts) -> None:
    """Return when every event is dealt with."""
    async with asyncio.timeout(5):
        while (depth := await ports.queue.depth(ports.queue_entity)).active + depth.locked:  # noqa: ASYNC110  a queue tells nobody
            await asyncio.sleep(0.01)


async def addressed(ports: WebhookPorts, to: Webhook) -> Sequence[Delivery]:
    async with addressing(ports):
        await emptied(ports)
    return await ports.deliveries.newest(to.id, limit=9)


@pytest.fixture
def batches() -> BatchPorts:
    return memory_ports()


@pytest.fixture
def ports(batches: BatchPorts) -> WebhookPorts:
    return memory_webhook_ports(batches)


async def test_webhooks_of_the_tenant_that_want_the_event_get_it_once(batches: BatchPorts, ports: WebhookPorts) -> None:
    wanting, other = webhook(tenant=LOCAL_TENANT), webhook(tenant="other")
    unwilling = webhook(tenant=LOCAL_TENANT, events=[BATCH_FAILED])
    for each in (wanting, other, unwilling):
        await ports.registry.create(each, new_secret())
    batch = await submitted(batches, numbered(3))
    await cancel_batch(batches, batch.id)
    (made,) = await addressed(ports, wanting)
    assert msgspec.json.decode(made.body)["data"] == {
        "id": batch.id,
        "state": "cancelled",
        "counts": {"input": 3, "accepted": 0, "rejected": 0, "failed": 0, "pending": 3},
        "link": f"/api/v1/batches/{batch.id}",
    }
    assert (made.event_type, made.attempt_count) == ("Batch.Cancelled", 0)
    for each in (other, unwilling):
        assert await ports.deliveries.newest(each.id, limit=9) == []


async def test_a_generation_that_failed_is_told_of_without_what_was_said(batches: BatchPorts) -> None:
    generations = memory_generation_ports(batches.queue, batches.blobs)
    ports = memory_webhook_ports(batches, generations)
    one = webhook()
    await ports.registry.create(one, new_secret())
    request = GenerationRequest(model="m", messages=(Message(Role.USER, "Hi"),))
    record = await submit_generation(generations, request, owner=Owner(tenant="acme", caller="c"))
    data = {"id": record.id, "code": "content_filtered", "message": "It said: secret."}
    await announce(LocalEvents(batches.queue), GENERATION_FAILED, record.id, at=CLOCK.now(), data=data)
    (made,) = await addressed(ports, one)
    assert b"secret" not in made.body
    assert msgspec.json.decode(made.body)["data"]["code"] == "content_filtered"


async def test_an_event_about_what_is_gone_is_passed_over_and_one_that_is_none_put_aside(
    batches: BatchPorts, ports: WebhookPorts
) -> None:
    one = webhook(tenant=LOCAL_TENANT)
    await ports.registry.create(one, new_secret())
    await announce(LocalEvents(batches.queue), BATCH_COMPLETED, "batch_gone", at=CLOCK.now(), data={})
    await batches.queue.send(GENERATION_EVENTS, [OutgoingMessage(body=b"no event")])
    assert await addressed(ports, one) == []
    (letter,) = await ports.queue.peek(dead_letter_entity(ports.queue_entity))
    assert letter.dead_letter_reason == "UnreadableEvent"


async def test_a_store_that_is_away_loses_nothing(
    batches: BatchPorts, ports: WebhookPorts, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = webhook(tenant=LOCAL_TENANT)
    await ports.registry.create(one, new_secret())
    await cancel_batch(batches, (await submitted(batches, numbered(3))).id)
    failed = asyncio.Event()

    async def fail(_: object) -> None:
        failed.set()
        raise TextNLPError("The database is away.", kind=ErrorKind.UNAVAILABLE)

    with monkeypatch.context() as patch:
        patch.setattr(ports.deliveries, "add", fail)
        async with addressing(ports):
            await asyncio.wait_for(failed.wait(), 5)
    assert (await ports.queue.depth(ports.queue_entity)).locked == 1


async def test_an_event_that_comes_twice_is_delivered_once(batches: BatchPorts, ports: WebhookPorts) -> None:
    one = webhook(tenant=LOCAL_TENANT)
    await ports.registry.create(one, new_secret())
    await cancel_batch(batches, (await submitted(batches, numbered(3))).id)
    kept: list[ReceivedMessage] = await ports.queue.peek(ports.queue_entity)
    again = [OutgoingMessage(body=message.body, properties=message.properties) for message in kept]
    await batches.queue.send(GENERATION_EVENTS, again)
    assert len(await addressed(ports, one)) == 1
