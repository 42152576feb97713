"""What a webhook is told of an event: ids, counts and where to look, never what was prompted or written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

_TOLD = ("id", "state", "counts", "model", "code")
_API = "/api/v1/"


def encode_payload(event_type: str, *, at: datetime, subject: str, data: Mapping[str, Any]) -> bytes:
    """Return the body of a webhook: `type`, `timestamp` and `data`, as Standard Webhooks 1.0 recommends.

    `subject` is the event's, such as `batches/batch_…`, which is where the API shows it.
    """
    told = {name: data[name] for name in _TOLD if name in data}
    payload = {"type": event_type, "timestamp": at.isoformat(), "data": told | {"link": _API + subject}}
    return msgspec.json.encode(payload)
