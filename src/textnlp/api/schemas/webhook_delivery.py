"""What became of telling a webhook of an event."""

from datetime import datetime
from typing import Annotated

import msgspec

from textnlp.domain.webhooks.model import Delivery, DeliveryState

_IdText = Annotated[str, msgspec.Meta(max_length=64)]


class AttemptRead(msgspec.Struct, kw_only=True):
    """One post of the event.

    Attributes:
        number: 1 for the first attempt of the delivery.
        status_code: what the receiver answered, null where it did not.
        error: what went wrong, null for a success.
        response: the beginning of the receiver's answer, 1 KB at most.
    """

    number: int
    at: datetime
    duration_seconds: float
    status_code: int | None
    error: str | None
    response: str


class DeliveryRead(msgspec.Struct, kw_only=True):
    """An event on its way to a webhook.

    Attributes:
        id: the `webhook-id` of its messages, the same with every attempt.
        next_attempt_at: when it is posted next, null when it is not.
        attempt_count: attempts in all.
        attempts: the latest twenty of them, oldest first.
        payload: what is posted.
    """

    id: str
    event_id: str
    event_type: str
    state: DeliveryState
    created_at: datetime
    next_attempt_at: datetime | None
    attempt_count: int
    attempts: list[AttemptRead]
    payload: str


class DeliveryPage(msgspec.Struct, kw_only=True):
    """Deliveries of the last thirty days, newest first; `next_before` continues the listing where it is not null."""

    deliveries: list[DeliveryRead]
    next_before: str | None


class DeliveryListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which deliveries to list: those older than the delivery `before`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    before: _IdText | None = None


def read_delivery(delivery: Delivery) -> DeliveryRead:
    """Show a delivery."""
    return DeliveryRead(
        id=delivery.id,
        event_id=delivery.event_id,
        event_type=delivery.event_type,
        state=delivery.state,
        created_at=delivery.created_at,
        next_attempt_at=delivery.next_attempt_at,
        attempt_count=delivery.attempt_count,
        attempts=[
            AttemptRead(
                number=each.number,
                at=each.at,
                duration_seconds=each.duration_seconds,
                status_code=each.status_code,
                error=each.error,
                response=each.response,
            )
            for each in delivery.attempts
        ],
        payload=delivery.body.decode(),
    )
