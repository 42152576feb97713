"""Register where a tenant wants to be told of events."""

from textnlp.application.webhook_ports import WebhookPorts
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import new_webhook_id
from textnlp.domain.webhooks.model import Webhook, WebhookTerms
from textnlp.domain.webhooks.refusals import require_event_types
from textnlp.domain.webhooks.signature import SigningSecret, new_secret


async def register_webhook(ports: WebhookPorts, terms: WebhookTerms, *, tenant: str) -> tuple[Webhook, SigningSecret]:
    """Register a webhook, and return it with the secret that its messages are signed with.

    Raises `INVALID_INPUT` for a URL that is not called and for unknown event types, and `CONFLICT` when
    the tenant has as many webhooks as it may.
    """
    require_event_types(terms.event_types)
    await ports.transport.check(terms.url)
    if await ports.registry.count(tenant) >= ports.webhooks_per_tenant:
        raise TextNLPError(
            f"The tenant has {ports.webhooks_per_tenant} webhooks, which is as many as it may.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Delete one first.", limit_name="webhooks_per_tenant"),
        )
    now = ports.clock.now()
    webhook = Webhook(id=new_webhook_id(now), tenant=tenant, terms=terms, created_at=now)
    secret = new_secret()
    await ports.registry.create(webhook, secret)
    return webhook, secret
