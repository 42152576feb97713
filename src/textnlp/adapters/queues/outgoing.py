"""What is sent, checked and made ready to be stored."""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.adapters.queues.entities import Route, Terms
from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.messaging.model import OutgoingMessage, PropertyValue, ReceivedMessage

MAX_ID_CHARACTERS = 128
"""Service Bus takes no longer message or session id."""

MAX_DESCRIPTION_CHARACTERS = 4_096
"""Service Bus keeps no longer dead-letter reason or description."""

_INTEGER_LIMIT = 2**63


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedMessage:
    """A message that can be stored as it is.

    Attributes:
        checked_id: the id that duplicate detection looks at; None where it does not.
        due_at: when it can be received, None for at once.
        copies: the entities that get it, each with the time at which it expires there.
    """

    message_id: str
    checked_id: str | None
    session_id: str | None
    properties: Mapping[str, PropertyValue]
    body: bytes
    enqueued_at: datetime
    due_at: datetime | None
    copies: tuple[tuple[Terms, datetime], ...]


def prepare_messages(route: Route, messages: Sequence[OutgoingMessage], *, now: datetime) -> list[PreparedMessage]:
    """Make messages ready to be stored; raise `INVALID_INPUT` for one that no queue could keep."""
    return [_prepared(route, message, now) for message in messages]


def keep_first(messages: Sequence[PreparedMessage], *, fresh: set[str]) -> list[bool]:
    """Tell which messages are no duplicate, given the ids that nobody has sent within the window before."""
    unseen = set(fresh)
    kept: list[bool] = []
    for message in messages:
        kept.append(message.checked_id is None or message.checked_id in unseen)
        if message.checked_id is not None:
            unseen.discard(message.checked_id)
    return kept


def storable_text(text: str) -> str:
    """Replace what no database keeps, and cut what is too long, of a reason that must not be lost for it."""
    readable = text.encode(errors="replace").decode().replace("\0", "\ufffd")
    return readable[:MAX_DESCRIPTION_CHARACTERS]


def lock_lost(messages: Sequence[ReceivedMessage], *, lost: int) -> TextNLPError:
    """Build the error for settling messages of which `lost` are no longer held."""
    what = f"message {messages[0].sequence_number}" if len(messages) == 1 else f"{lost} of {len(messages)} messages"
    return TextNLPError(
        f"The lock on {what} of '{messages[0].entity}' is no longer held; it is delivered again.",
        kind=ErrorKind.CONFLICT,
    )


def require_live(terms: Terms, message: ReceivedMessage) -> str:
    """Return the dead-letter queue of an entity; raise `INVALID_INPUT` for a message that lies in one already."""
    if terms.dead_letters is None:
        raise invalid_input(f"Message {message.sequence_number} is a dead letter of '{terms.dead_letters_of}' already.")
    return terms.dead_letters


def _prepared(route: Route, message: OutgoingMessage, now: datetime) -> PreparedMessage:
    for field, text in (("message_id", message.message_id), ("session_id", message.session_id)):
        if text is not None:
            _require_id(field, text)
    for name, value in message.properties.items():
        _require_property(name, value)
    due_at = message.scheduled_for
    if due_at is not None and due_at.tzinfo is None:
        raise invalid_input("scheduled_for has no time zone.", field="scheduled_for")
    if due_at is not None and due_at <= now:
        due_at = None
    enqueued_at = due_at or now
    seconds = route.time_to_live_seconds
    if message.time_to_live_seconds is not None:
        if not message.time_to_live_seconds > 0:
            raise invalid_input("time_to_live_seconds is not above zero.", field="time_to_live_seconds")
        seconds = min(seconds, message.time_to_live_seconds)
    terms_of_copies = [
        target.terms for target in route.targets if target.matches is None or target.matches(message.properties)
    ]
    return PreparedMessage(
        message_id=message.message_id or uuid.uuid4().hex,
        checked_id=message.message_id if route.duplicate_window_seconds else None,
        session_id=message.session_id,
        properties=dict(message.properties),
        body=message.body,
        enqueued_at=enqueued_at,
        due_at=due_at,
        copies=tuple((terms, _expiry(enqueued_at, seconds, terms)) for terms in terms_of_copies),
    )


def _expiry(enqueued_at: datetime, seconds: float, terms: Terms) -> datetime:
    try:
        return enqueued_at + timedelta(seconds=min(seconds, terms.time_to_live_seconds or seconds))
    except OverflowError as exc:
        raise invalid_input("The message expires after the end of the calendar.", field="scheduled_for") from exc


def _require_id(field: str, text: str) -> None:
    if not 0 < len(text) <= MAX_ID_CHARACTERS or not _is_storable(text):
        message = f"{field} has to be 1 to {MAX_ID_CHARACTERS} characters of text without a zero character."
        raise invalid_input(message, field=field)


def _require_property(name: str, value: PropertyValue) -> None:
    is_bad_number = (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, int) and not -_INTEGER_LIMIT <= value < _INTEGER_LIMIT
    )
    if is_bad_number or not _is_storable(name) or (isinstance(value, str) and not _is_storable(value)):
        raise invalid_input(
            f"Property {name!r} has to be text without a zero character, a finite 64-bit number, a boolean or None.",
            field=f"properties.{name}",
        )


def _is_storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
