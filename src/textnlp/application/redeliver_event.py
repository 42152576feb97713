"""Post an event to a webhook once more."""

from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.identifiers import DeliveryId, WebhookId
from textnlp.domain.webhooks.model import Delivery
from textnlp.domain.webhooks.refusals import no_such_delivery, require_enabled


async def redeliver_event(ports: WebhookPorts, webhook_id: WebhookId, delivery_id: DeliveryId) -> Delivery:
    """Make a delivery due at once, with the whole schedule of retries before it, and return it.

    The message keeps its id, so that a receiver that has it already can tell. Raises `NOT_FOUND`, and `CONFLICT` for a
    webhook that is disabled.
    """
    require_enabled(await ports.registry.get(webhook_id))
    delivery = await ports.deliveries.get(delivery_id)
    if delivery.webhook_id != webhook_id:
        raise no_such_delivery()
    return await ports.deliveries.restart(delivery_id, at=ports.clock.now())
