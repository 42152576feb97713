"""Send an event to a webhook that nothing caused, to see whether it arrives."""

from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.identifiers import WebhookId, new_delivery_id
from textnlp.domain.webhooks.model import TEST_EVENT, Delivery
from textnlp.domain.webhooks.payload import encode_payload
from textnlp.domain.webhooks.refusals import require_enabled


async def send_test_event(ports: WebhookPorts, webhook_id: WebhookId) -> Delivery:
    """Put a test event on its way, like any other, whatever the webhook is told of; return its delivery.

    Raises `NOT_FOUND`, and `CONFLICT` for a webhook that is disabled.
    """
    webhook = await ports.registry.get(webhook_id)
    require_enabled(webhook)
    now = ports.clock.now()
    delivery_id = new_delivery_id(now)
    subject = f"webhooks/{webhook_id}"
    delivery = Delivery(
        id=delivery_id,
        webhook_id=webhook.id,
        tenant=webhook.tenant,
        event_id=f"{TEST_EVENT}/{delivery_id}",
        event_type=TEST_EVENT,
        body=encode_payload(TEST_EVENT, at=now, subject=subject, data={"id": webhook_id}),
        created_at=now,
        next_attempt_at=now,
    )
    await ports.deliveries.add([delivery])
    return delivery
