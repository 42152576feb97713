"""A broker's messages in a file, so that they outlive it."""

import base64
import json
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.doubles.service_bus.broker import Broker
from tests.doubles.service_bus.entity import StoredMessage
from tests.doubles.service_bus.envelope import read_envelope

_MOMENTS = frozenset({"enqueued_at", "expires_at", "due_at", "locked_until"})


def save(broker: Broker, path: Path) -> None:
    """Write everything that is stored, in place of what the file held."""
    document = {
        "last_number": broker.last_number,
        "known_ids": {
            name: {key: until.isoformat() for key, until in ids.items()} for name, ids in broker.known_ids.items()
        },
        "states": [[*key, base64.b64encode(state).decode()] for key, state in broker.sessions.states.items()],
        "messages": {
            name: [_written(message) for message in entity.messages.values()]
            for name, entity in broker.entities.items()
            if entity.messages
        },
    }
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(document))
    partial.replace(path)


def load(broker: Broker, path: Path) -> None:
    """Put what a file holds into an empty broker; a file that is not there holds nothing."""
    if not path.exists():
        return
    document = json.loads(path.read_text())
    broker.last_number = document["last_number"]
    for name, ids in document["known_ids"].items():
        broker.known_ids[name] = {key: datetime.fromisoformat(until) for key, until in ids.items()}
    for entity, session_id, state in document["states"]:
        broker.sessions.states[entity, session_id] = base64.b64decode(state)
    for name, messages in document["messages"].items():
        for values in messages:
            broker.entities[name].add(_read(values))


def _written(message: StoredMessage) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(message):
        value = getattr(message, field.name)
        if field.name == "content":
            value = base64.b64encode(value.raw).decode()
        elif field.name in _MOMENTS and value is not None:
            value = value.isoformat()
        values[field.name] = value
    return values


def _read(values: dict[str, Any]) -> StoredMessage:
    moments: dict[str, Any] = {
        name: datetime.fromisoformat(values[name]) for name in _MOMENTS if values[name] is not None
    }
    content: Any = read_envelope(base64.b64decode(values["content"]))
    fields_of: dict[str, Any] = {**values, **moments, "content": content}
    return StoredMessage(**fields_of)
