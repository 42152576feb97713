"""The platform's own events, as whoever watches the logs sees them."""

import logging
from typing import Any

import msgspec

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import DEAD_LETTERS_FOUND

_LOG = logging.getLogger(__name__)
_FAILED = "Failed"
_FAILURES = frozenset(each.name for each in TOPOLOGY.event_types if each.status == _FAILED) | {DEAD_LETTERS_FOUND}


class _Event(msgspec.Struct, kw_only=True):
    id: str
    type: str
    subject: str
    data: dict[str, Any] = {}


def note_event(body: bytes) -> None:
    """Log an event by its type and what it is about, a failure as a warning; the data of events is not logged.

    Raises `msgspec.MsgspecError` for what is no event, so that the message ends as a dead letter.
    """
    event = msgspec.json.decode(body, type=_Event)
    level = logging.WARNING if event.type in _FAILURES else logging.INFO
    _LOG.log(level, "%s: %s (%s)", event.type, event.subject, event.id)
