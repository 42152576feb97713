"""Webhooks, their secrets and their deliveries in memory, gone with the process."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import DeliveryId, WebhookId
from textnlp.domain.webhooks.model import (
    KEPT_ATTEMPTS,
    Attempt,
    Delivery,
    DeliveryClaim,
    DeliveryState,
    Webhook,
    WebhookTerms,
)
from textnlp.domain.webhooks.refusals import foreign_webhook, no_such_delivery, no_such_webhook
from textnlp.domain.webhooks.rules import LENT_PER_WEBHOOK, MAX_SECRETS, OLD_SECRET_VALID, Verdict
from textnlp.domain.webhooks.signature import SigningSecret


@dataclass(slots=True)
class WebhookTables:
    """What registry and deliveries share.

    Attributes:
        secrets: of each webhook the secrets with the end of their validity, the present one last.
        leases: until when a delivery is lent.
    """

    webhooks: dict[WebhookId, Webhook] = field(default_factory=dict[WebhookId, Webhook])
    secrets: dict[WebhookId, list[tuple[SigningSecret, datetime | None]]] = field(
        default_factory=dict[WebhookId, list[tuple[SigningSecret, datetime | None]]]
    )
    deliveries: dict[DeliveryId, Delivery] = field(default_factory=dict[DeliveryId, Delivery])
    leases: dict[DeliveryId, datetime] = field(default_factory=dict[DeliveryId, datetime])

    def webhook(self, webhook_id: WebhookId, tenant: str | None) -> Webhook:
        """Return a webhook that `tenant` may see, any for None; raise `NOT_FOUND`."""
        webhook = self.webhooks.get(webhook_id)
        if webhook is None or tenant not in {None, webhook.tenant}:
            raise no_such_webhook()
        return webhook


class MemoryWebhookRegistry:
    """Satisfies the `WebhookRegistry` port; every method runs to its end without letting another in."""

    def __init__(self, tables: WebhookTables | None = None, *, tenant: str | None = None) -> None:
        self.tables = tables or WebhookTables()
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryWebhookRegistry":
        """Return the registry as one tenant sees it."""
        return MemoryWebhookRegistry(self.tables, tenant=tenant)

    async def create(self, webhook: Webhook, secret: SigningSecret) -> None:
        """Add a webhook."""
        if self._tenant not in {None, webhook.tenant}:
            raise foreign_webhook()
        if webhook.id in self.tables.webhooks:
            raise TextNLPError(f"There is a webhook {webhook.id} already.", kind=ErrorKind.CONFLICT)
        self.tables.webhooks[webhook.id] = webhook
        self.tables.secrets[webhook.id] = [(secret, None)]

    async def get(self, webhook_id: WebhookId) -> Webhook:
        """Return a webhook."""
        return self.tables.webhook(webhook_id, self._tenant)

    async def newest(self, *, before: WebhookId | None = None, limit: int) -> Sequence[Webhook]:
        """List webhooks, newest first."""
        seen = [each for each in self.tables.webhooks.values() if self._tenant in {None, each.tenant}]
        older = [each for each in seen if before is None or each.id < before]
        return sorted(older, key=_id_of_webhook, reverse=True)[:limit]

    async def count(self, tenant: str) -> int:
        """Count the webhooks of a tenant."""
        return sum(each.tenant == tenant for each in self.tables.webhooks.values())

    async def subscribed(self, tenant: str, event_type: str) -> Sequence[Webhook]:
        """List a tenant's enabled webhooks that are told of events of this type."""
        return [
            each
            for each in sorted(self.tables.webhooks.values(), key=_id_of_webhook)
            if each.tenant == tenant and each.terms.is_enabled and event_type in each.terms.event_types
        ]

    async def change(self, webhook_id: WebhookId, terms: WebhookTerms) -> Webhook:
        """Replace the terms of a webhook."""
        webhook = self.tables.webhook(webhook_id, self._tenant)
        changed = dataclasses.replace(webhook, terms=terms, disabled_reason=None, failing_since=None)
        self.tables.webhooks[webhook_id] = changed
        return changed

    async def exchange_secret(self, webhook_id: WebhookId, secret: SigningSecret, *, at: datetime) -> datetime:
        """Sign with another secret from now on."""
        self.tables.webhook(webhook_id, self._tenant)
        until = at + OLD_SECRET_VALID
        secrets: list[tuple[SigningSecret, datetime | None]] = [
            (each, until if ends is None else ends) for each, ends in self.tables.secrets[webhook_id]
        ]
        self.tables.secrets[webhook_id] = [*secrets, (secret, None)][-MAX_SECRETS:]
        return until

    async def delete(self, webhook_id: WebhookId) -> None:
        """Remove a webhook with its secrets and its log."""
        tables = self.tables
        tables.webhook(webhook_id, self._tenant)
        del tables.webhooks[webhook_id], tables.secrets[webhook_id]
        gone = [each.id for each in tables.deliveries.values() if each.webhook_id == webhook_id]
        for delivery_id in gone:
            del tables.deliveries[delivery_id]
            tables.leases.pop(delivery_id, None)


class MemoryWebhookDeliveries:
    """Satisfies the `WebhookDeliveries` port on the tables of a registry."""

    def __init__(self, tables: WebhookTables, *, tenant: str | None = None) -> None:
        self._tables = tables
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryWebhookDeliveries":
        """Return the deliveries as one tenant sees them."""
        return MemoryWebhookDeliveries(self._tables, tenant=tenant)

    async def add(self, deliveries: Sequence[Delivery]) -> None:
        """Add deliveries."""
        tables = self._tables
        for delivery in deliveries:
            webhook = tables.webhooks.get(delivery.webhook_id)
            known = {(each.webhook_id, each.event_id) for each in tables.deliveries.values()}
            is_seen = webhook is not None and self._tenant in {None, webhook.tenant}
            if is_seen and (delivery.webhook_id, delivery.event_id) not in known:
                tables.deliveries[delivery.id] = delivery

    async def get(self, delivery_id: DeliveryId) -> Delivery:
        """Return a delivery."""
        delivery = self._tables.deliveries.get(delivery_id)
        if delivery is None or self._tenant not in {None, delivery.tenant}:
            raise no_such_delivery()
        return delivery

    async def newest(
        self, webhook_id: WebhookId, *, before: DeliveryId | None = None, limit: int
    ) -> Sequence[Delivery]:
        """List deliveries to a webhook, newest first."""
        found = [
            each
            for each in self._tables.deliveries.values()
            if each.webhook_id == webhook_id
            and self._tenant in {None, each.tenant}
            and (before is None or each.id < before)
        ]
        return sorted(found, key=_id_of_delivery, reverse=True)[:limit]

    async def restart(self, delivery_id: DeliveryId, *, at: datetime) -> Delivery:
        """Make a delivery due."""
        delivery = await self.get(delivery_id)
        restarted = dataclasses.replace(delivery, state=DeliveryState.PENDING, next_attempt_at=at, failures=0)
        self._tables.deliveries[delivery_id] = restarted
        return restarted

    async def claim(self, *, now: datetime, until: datetime, limit: int) -> Sequence[DeliveryClaim]:
        """Lend deliveries that are due."""
        tables = self._tables
        lent: dict[WebhookId, int] = {}
        due: list[tuple[datetime, Delivery]] = []
        for delivery in tables.deliveries.values():
            if delivery.state is not DeliveryState.PENDING or delivery.next_attempt_at is None:
                continue
            if self._is_lent(delivery.id, now):
                lent[delivery.webhook_id] = lent.get(delivery.webhook_id, 0) + 1
            elif delivery.next_attempt_at <= now and tables.webhooks[delivery.webhook_id].terms.is_enabled:
                due.append((delivery.next_attempt_at, delivery))
        claims: list[DeliveryClaim] = []
        for _, delivery in sorted(due, key=_due_then_id):
            if len(claims) < limit and lent.get(delivery.webhook_id, 0) < LENT_PER_WEBHOOK:
                lent[delivery.webhook_id] = lent.get(delivery.webhook_id, 0) + 1
                tables.leases[delivery.id] = until
                claims.append(self._claim(delivery, now=now, until=until))
        return claims

    async def settle(self, claim: DeliveryClaim, attempt: Attempt, verdict: Verdict) -> bool:
        """Log an attempt, and do what follows from it."""
        tables, delivery = self._tables, self._tables.deliveries.get(claim.delivery.id)
        if delivery is None or tables.leases.get(delivery.id) != claim.leased_until:
            return False
        del tables.leases[delivery.id]
        tables.deliveries[delivery.id] = dataclasses.replace(
            delivery,
            state=verdict.state,
            next_attempt_at=verdict.next_attempt_at,
            failures=verdict.failures,
            attempt_count=delivery.attempt_count + 1,
            attempts=(*delivery.attempts, attempt)[-KEPT_ATTEMPTS:],
        )
        webhook = tables.webhooks[delivery.webhook_id]
        terms = webhook.terms
        if verdict.disabled_reason is not None:
            webhook = dataclasses.replace(
                webhook,
                terms=dataclasses.replace(terms, is_enabled=False),
                disabled_reason=verdict.disabled_reason,
            )
        tables.webhooks[webhook.id] = dataclasses.replace(webhook, failing_since=verdict.failing_since)
        return True

    async def purge(self, created_before: datetime) -> int:
        """Remove what is old from the log."""
        old = [each.id for each in self._tables.deliveries.values() if each.created_at < created_before]
        for delivery_id in old:
            del self._tables.deliveries[delivery_id]
            self._tables.leases.pop(delivery_id, None)
        return len(old)

    def _is_lent(self, delivery_id: DeliveryId, now: datetime) -> bool:
        until = self._tables.leases.get(delivery_id)
        return until is not None and until > now

    def _claim(self, delivery: Delivery, *, now: datetime, until: datetime) -> DeliveryClaim:
        secrets = reversed(self._tables.secrets[delivery.webhook_id])
        return DeliveryClaim(
            delivery=delivery,
            webhook=self._tables.webhooks[delivery.webhook_id],
            secrets=tuple(secret for secret, ends in secrets if ends is None or ends > now),
            leased_until=until,
        )


def _id_of_webhook(webhook: Webhook) -> str:
    return webhook.id


def _id_of_delivery(delivery: Delivery) -> str:
    return delivery.id


def _due_then_id(due: tuple[datetime, Delivery]) -> tuple[datetime, str]:
    return due[0], due[1].id
