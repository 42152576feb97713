"""What the use cases around webhooks stand on."""

from dataclasses import dataclass

from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.clock import Clock
from textnlp.ports.generation_store import GenerationStore
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.tracer import Tracer
from textnlp.ports.webhook_deliveries import WebhookDeliveries
from textnlp.ports.webhook_registry import WebhookRegistry
from textnlp.ports.webhook_transport import WebhookTransport


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookPorts:
    """The ports of the use cases around webhooks.

    Attributes:
        queue: brings the platform's events.
        queue_entity: where they are received from.
        ledger, generations: know whose batch or generation an event is about.
        webhooks_per_tenant: webhooks that one tenant may have.
        timeout_seconds: longest time of one post.
    """

    registry: WebhookRegistry
    deliveries: WebhookDeliveries
    transport: WebhookTransport
    queue: JobQueue
    queue_entity: str
    ledger: BatchLedger
    generations: GenerationStore
    clock: Clock
    tracer: Tracer
    webhooks_per_tenant: int
    timeout_seconds: float
