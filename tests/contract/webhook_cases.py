"""Webhooks and deliveries that contract suites and tests of use cases share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from textnlp.domain.identifiers import new_delivery_id, new_webhook_id
from textnlp.domain.webhooks.model import EVENT_TYPES, Attempt, Delivery, Webhook, WebhookTerms
from textnlp.domain.webhooks.signature import new_secret
from textnlp.ports.webhook_deliveries import WebhookDeliveries
from textnlp.ports.webhook_registry import WebhookRegistry

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
URL = "https://receiver.example/hooks"


@dataclass(frozen=True, slots=True)
class WebhookStores:
    """A registry, and the deliveries on the same tables."""

    registry: WebhookRegistry
    deliveries: WebhookDeliveries


def webhook(
    *, tenant: str = "acme", url: str = URL, events: Sequence[str] = EVENT_TYPES, is_enabled: bool = True
) -> Webhook:
    terms = WebhookTerms(url=url, event_types=tuple(events), description="Naïve'; drop", is_enabled=is_enabled)
    return Webhook(id=new_webhook_id(NOON), tenant=tenant, terms=terms, created_at=NOON)


def delivery(
    to: Webhook, *, event_id: str | None = None, due: datetime = NOON, created_at: datetime = NOON
) -> Delivery:
    delivery_id = new_delivery_id(NOON)
    return Delivery(
        id=delivery_id,
        webhook_id=to.id,
        tenant=to.tenant,
        event_id=event_id or f"Batch.Completed/{delivery_id}",
        event_type="Batch.Completed",
        body=b'{"type":"Batch.Completed"}',
        created_at=created_at,
        next_attempt_at=due,
    )


async def registered(stores: WebhookStores, *webhooks: Webhook) -> None:
    for each in webhooks:
        await stores.registry.create(each, new_secret())


def failed_attempt(*, number: int = 1, at: datetime = NOON, response: str = "no\0pe 😀") -> Attempt:
    return Attempt(
        number=number, at=at, duration_seconds=0.25, status_code=500, error="It answered 500.", response=response
    )


def later(seconds: float = 60.0) -> datetime:
    return NOON + timedelta(seconds=seconds)
