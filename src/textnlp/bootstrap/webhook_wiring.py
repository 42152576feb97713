"""Wires what tells webhooks of events."""

import contextlib

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.generation_store import PostgresGenerationStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.webhook_deliveries import PostgresWebhookDeliveries
from textnlp.adapters.database.webhook_registry import PostgresWebhookRegistry
from textnlp.adapters.webhooks.aiohttp_transport import AiohttpWebhookTransport
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.tracer import Tracer
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import GENERATION_EVENTS, WEBHOOKS_SUB, subscription_entity


def open_webhooks(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    database: PostgresDatabase,
    *,
    queue: JobQueue,
    ledger: BatchLedger,
    tracer: Tracer,
) -> WebhookPorts:
    """Wire the ports around webhooks; what they open is closed with `stack`."""
    limits = TOPOLOGY.limits
    transport = AiohttpWebhookTransport(
        timeout_seconds=limits.webhook_timeout_seconds,
        allows_private=settings.allow_private_webhooks,
    )
    stack.push_async_callback(transport.aclose)
    return WebhookPorts(
        registry=PostgresWebhookRegistry(database),
        deliveries=PostgresWebhookDeliveries(database),
        transport=transport,
        queue=queue,
        queue_entity=subscription_entity(GENERATION_EVENTS, WEBHOOKS_SUB),
        ledger=ledger,
        generations=PostgresGenerationStore(database),
        clock=SystemClock(),
        tracer=tracer,
        webhooks_per_tenant=limits.webhooks_per_tenant,
        timeout_seconds=limits.webhook_timeout_seconds,
    )
