"""What has happened, as CloudEvents 1.0 has it.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_SPEC_VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudEvent:
    """An event.

    Attributes:
        id: the same for two copies of one event.
        source: who tells it, as a URI reference.
        subject: what it is about.
    """

    id: str
    type: str
    source: str
    subject: str
    time: datetime
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def document(self) -> dict[str, Any]:
        """The event in the JSON format of CloudEvents, as values."""
        return {
            "specversion": _SPEC_VERSION,
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.isoformat(),
            "datacontenttype": "application/json",
            "data": dict(self.data),
        }
