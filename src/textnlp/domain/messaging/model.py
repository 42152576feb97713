"""Messages with the semantics of Azure Service Bus, the same on every queue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

PropertyValue = str | int | float | bool | None

DEAD_LETTER_SUFFIX = "/$deadletterqueue"


def dead_letter_entity(entity: str) -> str:
    """Name the dead-letter queue of a queue or of a `topic/subscription`."""
    return entity + DEAD_LETTER_SUFFIX


def _no_properties() -> dict[str, PropertyValue]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message to be sent.

    Attributes:
        body: the payload.
        message_id: makes a second message with the same id within the entity's duplicate window vanish.
        session_id: messages of one session are received in order, by one receiver at a time.
        properties: what filters of subscriptions look at.
        scheduled_for: not to be received earlier.
        time_to_live_seconds: shortens the entity's own time to live.
    """

    body: bytes
    message_id: str | None = None
    session_id: str | None = None
    properties: Mapping[str, PropertyValue] = field(default_factory=_no_properties)
    scheduled_for: datetime | None = None
    time_to_live_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMessage:
    """A message under peek-lock: it is this receiver's until `locked_until`, and counts as one delivery.

    Attributes:
        sequence_number: unique and rising within an entity.
        delivery_count: deliveries so far, this one included: 1 the first time.
        lock_token: proof of the lock, needed to settle; empty on a peeked message.
        locked_until: when the lock ends unless renewed; None on a peeked message.
        dead_letter_reason: why it is in a dead-letter queue, None elsewhere.
        dead_letter_description: the reason in detail.
    """

    entity: str
    body: bytes
    message_id: str
    sequence_number: int
    delivery_count: int
    enqueued_at: datetime
    session_id: str | None = None
    properties: Mapping[str, PropertyValue] = field(default_factory=_no_properties)
    lock_token: str = ""
    locked_until: datetime | None = None
    dead_letter_reason: str | None = None
    dead_letter_description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDepth:
    """How many messages an entity holds, by state."""

    active: int = 0
    locked: int = 0
    scheduled: int = 0
    deferred: int = 0
    dead_lettered: int = 0
