"""Several workers on one database, and a receiver over a real socket."""

import asyncio
import contextlib
import dataclasses

import pytest

from tests.contract.webhook_cases import WebhookStores, delivery, registered, webhook
from tests.doubles.webhook_receiver import WebhookReceiver
from tests.factories.memory_platform import CLOCK, memory_webhook_ports
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.webhook_deliveries import PostgresWebhookDeliveries
from textnlp.adapters.database.webhook_registry import PostgresWebhookRegistry
from textnlp.adapters.webhooks.aiohttp_transport import AiohttpWebhookTransport
from textnlp.application.deliver_webhooks import WebhookDeliverer
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.webhooks.model import DeliveryState

pytestmark = pytest.mark.postgres


def ports_on(database_url: str, stack: contextlib.AsyncExitStack) -> WebhookPorts:
    """Return the ports of a worker of its own on the database."""
    database = PostgresDatabase(database_url, clock=CLOCK, max_connections=4)
    transport = AiohttpWebhookTransport(timeout_seconds=5, allows_private=True)
    stack.push_async_callback(database.aclose)
    stack.push_async_callback(transport.aclose)
    return dataclasses.replace(
        memory_webhook_ports(transport=transport),
        registry=PostgresWebhookRegistry(database),
        deliveries=PostgresWebhookDeliveries(database),
    )


async def test_several_workers_post_every_event_once(database_url: str) -> None:
    async with contextlib.AsyncExitStack() as stack, WebhookReceiver(delay_seconds=0.05) as receiver:
        workers = [ports_on(database_url, stack) for _ in range(3)]
        stores = WebhookStores(workers[0].registry, workers[0].deliveries)
        webhooks = [webhook(url=f"{receiver.url}/{number}") for number in range(5)]
        await registered(stores, *webhooks)
        made = [delivery(each) for each in webhooks for _ in range(12)]
        await stores.deliveries.add(made)
        tasks = [asyncio.create_task(WebhookDeliverer(ports).run()) for ports in workers]
        await receiver.wait_for(len(made))
        async with asyncio.timeout(10):
            for each in made:
                while (await stores.deliveries.get(each.id)).state is DeliveryState.PENDING:  # noqa: ASYNC110  a store tells nobody
                    await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        ids = [received.headers["webhook-id"] for received in receiver.received]
        assert sorted(ids) == sorted(each.id for each in made)
