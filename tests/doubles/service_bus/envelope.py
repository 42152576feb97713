"""Messages as they travel: read from what a client sent, and written for a receiver."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from proton import Message, symbol, timestamp

_SCHEDULED_FOR = symbol("x-opt-scheduled-enqueue-time")
_DATA = 0x75
_SECTION = b"\x00\x53"
_EMPTY_LIST = 0x45
_SMALL_SIZES = frozenset({0xA0, 0xA1, 0xA3, 0xC0, 0xC1})


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What the broker reads of a message; `raw` is the message as it came."""

    raw: bytes
    message_id: str | None
    session_id: str | None
    subject: str | None
    to: str | None
    reply_to: str | None
    correlation_id: str | None
    content_type: str | None
    time_to_live_seconds: float | None
    scheduled_for: datetime | None
    properties: Mapping[str, Any]


def read_envelope(raw: bytes) -> Envelope:
    """Read one encoded message."""
    message = decoded(raw)
    annotations: dict[Any, Any] = message.annotations or {}
    due = annotations.get(_SCHEDULED_FOR)
    return Envelope(
        raw=raw,
        message_id=_text(message.id),
        session_id=_text(message.group_id),
        subject=_text(message.subject),
        to=_text(message.address),
        reply_to=_text(message.reply_to),
        correlation_id=_text(message.correlation_id),
        content_type=_text(message.content_type),
        time_to_live_seconds=message.ttl or None,
        scheduled_for=None if due is None else from_milliseconds(int(due)),
        properties=dict(message.properties or {}),
    )


def decoded(raw: bytes) -> Any:
    """Decode a message; what proton makes of its values is for the caller to know."""
    message = Message()
    message.decode(raw)
    return message


def milliseconds(moment: datetime) -> timestamp:
    """Write a moment as AMQP does."""
    return timestamp((moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1))


def from_milliseconds(value: int) -> datetime:
    """Read a moment as AMQP writes it."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=value)


def split_batch(raw: bytes) -> list[bytes]:
    """Return the messages of a transfer: those in its data sections where each holds one, else itself.

    The message format that tells the two apart is not to be seen through proton, so that a single message cannot
    have a body that itself begins like an encoded message.
    """
    parts = [content for code, content in _sections(raw) if code == _DATA]
    return parts if parts and all(part.startswith(_SECTION) for part in parts) else [raw]


def _sections(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the sections of an encoded message as their codes and the content of their values."""
    at = 0
    while raw[at : at + 2] == _SECTION:
        code, constructor = raw[at + 2], raw[at + 3]
        at += 4
        if constructor == _EMPTY_LIST:
            yield code, b""
            continue
        width = 1 if constructor in _SMALL_SIZES else 4
        size = int.from_bytes(raw[at : at + width], "big")
        at += width
        yield code, raw[at : at + size]
        at += size


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
