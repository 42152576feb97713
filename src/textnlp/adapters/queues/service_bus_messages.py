"""Messages of the platform as the Azure library writes and reads them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from textnlp.adapters.queues.outgoing import PreparedMessage
from textnlp.domain.messaging.model import OutgoingMessage, PropertyValue, ReceivedMessage

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusMessage, ServiceBusReceivedMessage

_DEAD_LETTER_REASON = "DeadLetterReason"
_DEAD_LETTER_DESCRIPTION = "DeadLetterErrorDescription"
_OF_DEAD_LETTERS = frozenset({_DEAD_LETTER_REASON, _DEAD_LETTER_DESCRIPTION})


def written(message: OutgoingMessage, prepared: PreparedMessage) -> "ServiceBusMessage":
    """Write a message to be sent; one sent again by a retry keeps its id, so that it can be told to be the same."""
    from azure.servicebus import ServiceBusMessage  # noqa: PLC0415  an extra

    seconds = message.time_to_live_seconds
    return ServiceBusMessage(
        message.body,
        message_id=prepared.message_id,
        session_id=prepared.session_id,
        application_properties={name: _written_value(value) for name, value in prepared.properties.items()},
        time_to_live=None if seconds is None else timedelta(seconds=seconds),
    )


def received(
    message: "ServiceBusReceivedMessage",
    *,
    entity: str,
    lock_token: str = "",
    locked_until: datetime | None = None,
) -> ReceivedMessage:
    """Read a message that came, under a lock where it has a token.

    The broker counts the deliveries before this one and leaves the count out at the first.
    """
    properties = _read_properties(message.application_properties or {})
    return ReceivedMessage(
        entity=entity,
        body=_body(message),
        message_id=message.message_id or "",
        sequence_number=message.sequence_number or 0,
        delivery_count=(message.delivery_count or 0) + bool(lock_token),
        enqueued_at=_enqueued_at(message),
        session_id=message.session_id,
        properties={name: value for name, value in properties.items() if name not in _OF_DEAD_LETTERS},
        lock_token=lock_token,
        locked_until=locked_until,
        dead_letter_reason=_optional_text(properties.get(_DEAD_LETTER_REASON)),
        dead_letter_description=_optional_text(properties.get(_DEAD_LETTER_DESCRIPTION)),
    )


def _written_value(value: PropertyValue) -> Any:
    """Write an integer as 64 bits: the library takes every integer for one of 32, unless it is told the type."""
    return {"TYPE": "LONG", "VALUE": value} if isinstance(value, int) and not isinstance(value, bool) else value


def _enqueued_at(message: "ServiceBusReceivedMessage") -> datetime:
    moment = message.enqueued_time_utc or message.scheduled_enqueue_time_utc
    if moment is None:
        raise ValueError("Service Bus gave a message without a time")
    return moment


def _body(message: "ServiceBusReceivedMessage") -> bytes:
    body: Any = message.body
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    parts = list(cast("Iterable[Any]", body)) if isinstance(body, Iterable) else [body]
    if all(isinstance(part, bytes) for part in parts):
        return b"".join(parts)
    return str(message).encode()


def _read_properties(properties: Mapping[Any, Any]) -> dict[str, PropertyValue]:
    return {str(_text(name)): _text(value) for name, value in properties.items()}


def _text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _optional_text(value: PropertyValue) -> str | None:
    return None if value is None else str(value)
