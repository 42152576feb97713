"""Webhooks: where a tenant wants to be told of events, and what became of each telling."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from textnlp.domain.identifiers import DeliveryId, WebhookId
from textnlp.domain.webhooks.signature import SigningSecret
from textnlp.topology.events import EVENT_ROUTES
from textnlp.topology.queues import GENERATION_EVENTS

TEST_EVENT = "Webhook.Tested"
"""Type of the event that is sent on request, to see whether it arrives."""

EVENT_TYPES: tuple[str, ...] = next(
    route.event_types for route in EVENT_ROUTES if route.destination == GENERATION_EVENTS
)
"""Types of the events that webhooks are told of, all of which a webhook gets that names none."""

KEPT_ATTEMPTS = 20
"""Attempts that the log keeps of one delivery; the oldest go first."""

KEPT_RESPONSE_BYTES = 1_024
"""How much of a receiver's answer the log keeps."""


class DeliveryState(StrEnum):
    """Where a delivery is; a failed one is tried again only on request."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTerms:
    """What the owner of a webhook decides about it.

    Attributes:
        url: where events are posted to.
        event_types: events that it is told of.
        is_enabled: whether it is told of anything.
    """

    url: str
    event_types: tuple[str, ...] = EVENT_TYPES
    description: str = ""
    is_enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A registered webhook.

    Attributes:
        disabled_reason: why the platform has switched it off; None where it has not.
        failing_since: the first failed attempt since the last success.
    """

    id: WebhookId
    tenant: str
    terms: WebhookTerms
    created_at: datetime
    disabled_reason: str | None = None
    failing_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One post of an event to a receiver.

    Attributes:
        number: 1 for the first attempt of the delivery.
        status_code: what the receiver answered, None where it did not.
        error: what went wrong; None for a success.
        response: the beginning of the receiver's answer.
    """

    number: int
    at: datetime
    duration_seconds: float
    status_code: int | None = None
    error: str | None = None
    response: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An event on its way to one webhook.

    Attributes:
        id: also the id of the message, the same with every attempt.
        event_id: id of the event, of which a webhook gets one delivery.
        body: what is posted.
        next_attempt_at: when it is posted next, None when it is not.
        failures: failed attempts since it was created or asked for again.
        attempt_count: attempts in all.
        attempts: the latest of them, oldest first.
    """

    id: DeliveryId
    webhook_id: WebhookId
    tenant: str
    event_id: str
    event_type: str
    body: bytes
    created_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    next_attempt_at: datetime | None
    failures: int = 0
    attempt_count: int = 0
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryClaim:
    """A delivery that is one worker's to attempt until `leased_until`, with what it takes.

    Attributes:
        secrets: the secrets that are valid, the present one first.
    """

    delivery: Delivery
    webhook: Webhook
    secrets: tuple[SigningSecret, ...]
    leased_until: datetime
