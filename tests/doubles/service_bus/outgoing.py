"""A stored message as a receiver gets it."""

from typing import Any

from proton import int32, symbol

from tests.doubles.service_bus.entity import StoredMessage
from tests.doubles.service_bus.envelope import decoded, milliseconds

_ACTIVE, _DEFERRED, _SCHEDULED = 0, 1, 2


def encoded_message(stored: StoredMessage, *, is_locked: bool) -> bytes:
    """Encode a message with what the broker knows of it; a peeked one tells its state, a locked one its lock.

    The header of a locked message counts the deliveries before this one.
    """
    message = decoded(stored.content.raw)
    annotations: dict[Any, Any] = {
        **(message.annotations or {}),
        symbol("x-opt-sequence-number"): stored.number,
        symbol("x-opt-enqueued-time"): milliseconds(stored.due_at or stored.enqueued_at),
    }
    if is_locked and stored.locked_until is not None:
        annotations[symbol("x-opt-locked-until")] = milliseconds(stored.locked_until)
    if not is_locked:
        annotations[symbol("x-opt-message-state")] = int32(_state(stored))
    message.annotations = annotations
    message.delivery_count = stored.delivery_count - is_locked
    if stored.reason is not None or stored.description is not None:
        message.properties = {
            **(message.properties or {}),
            "DeadLetterReason": stored.reason or "",
            "DeadLetterErrorDescription": stored.description or "",
        }
    return message.encode()


def _state(stored: StoredMessage) -> int:
    if stored.due_at is not None:
        return _SCHEDULED
    return _DEFERRED if stored.is_deferred else _ACTIVE
