"""A message of a queue as people look at it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from textnlp.domain.messaging.model import ReceivedMessage

_SHOWN_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """A message without its lock.

    Attributes:
        body: its beginning, laid out where it is JSON.
        is_cut: whether there is more of it.
    """

    number: int
    message_id: str
    enqueued_at: datetime
    deliveries: int
    reason: str
    description: str
    properties: tuple[tuple[str, str], ...]
    body: str
    is_cut: bool


def message_view(message: ReceivedMessage) -> MessageView:
    """Lay a message out; one that is neither JSON nor text shows its bytes as they can be read."""
    try:
        text = msgspec.json.format(message.body, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError):
        text = message.body.decode("utf-8", "replace")
    return MessageView(
        number=message.sequence_number,
        message_id=message.message_id,
        enqueued_at=message.enqueued_at,
        deliveries=message.delivery_count,
        reason=message.dead_letter_reason or "",
        description=message.dead_letter_description or "",
        properties=tuple((name, str(value)) for name, value in sorted(message.properties.items())),
        body=text[:_SHOWN_CHARACTERS],
        is_cut=len(text) > _SHOWN_CHARACTERS,
    )
