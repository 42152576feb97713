"""What became of telling a webhook of an event."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.webhooks.model import EVENT_TYPES, Delivery, DeliveryState

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

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "msg_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "event_id": "evt_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "event_type": EVENT_TYPES[0],
        "state": DeliveryState.DELIVERED.value,
        "created_at": "2026-03-01T12:00:00Z",
        "next_attempt_at": None,
        "attempt_count": 1,
        "attempts": [
            {
                "number": 1,
                "at": "2026-03-01T12:00:01Z",
                "duration_seconds": 0.12,
                "status_code": 204,
                "error": None,
                "response": "",
            },
        ],
        "payload": '{"type":"…","timestamp":"2026-03-01T12:00:00Z","data":{}}',
    }


class DeliveryPage(msgspec.Struct, kw_only=True):
    """Deliveries of the last thirty days, newest first; `next_before` continues the listing where it is not null."""

    deliveries: list[DeliveryRead]
    next_before: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"deliveries": [DeliveryRead.EXAMPLE], "next_before": None}


class DeliveryListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which deliveries to list: those older than the delivery `before`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 20
    before: _IdText | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 20}


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
