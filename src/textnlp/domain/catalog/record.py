"""Entries of the catalog and their events as JSON."""

import msgspec

from textnlp.domain.catalog.model import CatalogEntry, CatalogEvent, Tombstone
from textnlp.domain.errors import invalid_input


class CatalogDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A whole entry with its history, as a file beside the versions keeps it."""

    format: int = 1
    entry: CatalogEntry
    events: list[CatalogEvent] = []


_ENTRY = msgspec.json.Decoder(CatalogEntry)
_EVENT = msgspec.json.Decoder(CatalogEvent)
_DOCUMENT = msgspec.json.Decoder(CatalogDocument)
_TOMBSTONE = msgspec.json.Decoder(Tombstone)


def encode(value: CatalogEntry | CatalogEvent) -> str:
    """Return an entry or an event as JSON."""
    return msgspec.json.encode(value).decode()


def decode_entry(text: str) -> CatalogEntry:
    """Read an entry."""
    return _ENTRY.decode(text)


def decode_event(text: str) -> CatalogEvent:
    """Read an event."""
    return _EVENT.decode(text)


def encode_file(value: CatalogDocument | Tombstone) -> bytes:
    """Return what a file holds, for people too."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def decode_document(data: bytes, *, name: str) -> CatalogDocument:
    """Read an entry with its history; raises `INVALID_INPUT` for one that is damaged or of another form."""
    try:
        return _DOCUMENT.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"{name} cannot be read: {exc}") from exc


def decode_tombstone(data: bytes, *, name: str) -> Tombstone:
    """Read a tombstone; raises `INVALID_INPUT` for one that is damaged."""
    try:
        return _TOMBSTONE.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"{name} cannot be read: {exc}") from exc
