"""The webhooks of tenants, and their secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import WebhookId
from textnlp.domain.webhooks.model import Webhook, WebhookTerms
from textnlp.domain.webhooks.signature import SigningSecret


class WebhookRegistry(Protocol):
    """Keeps webhooks; an unknown id raises `NOT_FOUND`, a registry that is away `UNAVAILABLE`.

    Secrets go in here and come out only of `WebhookDeliveries.claim`. They are kept in clear, since a signature cannot
    be made from a hash; whoever reads them is the service itself, never a tenant.
    """

    def for_tenant(self, tenant: str) -> "WebhookRegistry":
        """Return the registry as one tenant sees it: webhooks of others are not there."""
        ...

    async def create(self, webhook: Webhook, secret: SigningSecret) -> None:
        """Add a webhook; raise `CONFLICT` when its id is there already, `FORBIDDEN` for another tenant's."""
        ...

    async def get(self, webhook_id: WebhookId) -> Webhook:
        """Return a webhook."""
        ...

    async def newest(self, *, before: WebhookId | None = None, limit: int) -> Sequence[Webhook]:
        """List up to `limit` webhooks that are older than `before`, newest first."""
        ...

    async def count(self, tenant: str) -> int:
        """Count the webhooks of a tenant."""
        ...

    async def subscribed(self, tenant: str, event_type: str) -> Sequence[Webhook]:
        """List a tenant's enabled webhooks that are told of events of this type."""
        ...

    async def change(self, webhook_id: WebhookId, terms: WebhookTerms) -> Webhook:
        """Replace the terms of a webhook and return it.

        It is no longer disabled or failing on the platform's account, so that an enabled one begins anew.
        """
        ...

    async def exchange_secret(self, webhook_id: WebhookId, secret: SigningSecret, *, at: datetime) -> datetime:
        """Sign with `secret` from `at` on, and with the former one beside it until the moment that is returned.

        Of more than `MAX_SECRETS` the oldest ends at once.
        """
        ...

    async def delete(self, webhook_id: WebhookId) -> None:
        """Remove a webhook with its secrets and its log."""
        ...
