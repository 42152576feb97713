"""Change where, of what and whether a webhook is told."""

from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.identifiers import WebhookId
from textnlp.domain.webhooks.model import Webhook, WebhookTerms
from textnlp.domain.webhooks.refusals import require_event_types


async def change_webhook(ports: WebhookPorts, webhook_id: WebhookId, terms: WebhookTerms) -> Webhook:
    """Replace the terms of a webhook, and return it; raises what `register_webhook` does, and `NOT_FOUND`.

    Deliveries that wait go to the URL that holds when they are attempted, and wait while the webhook is disabled.
    """
    await ports.registry.get(webhook_id)
    require_event_types(terms.event_types)
    await ports.transport.check(terms.url)
    return await ports.registry.change(webhook_id, terms)
