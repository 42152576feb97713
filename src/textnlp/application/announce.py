"""Tell that something has happened: the platform's own events, on the way the topology routes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import STATUS_PROPERTY

_SPEC_VERSION = "1.0"
_SOURCE = "/textnlp"


async def announce(
    queue: JobQueue,
    event_type: str,
    about: str,
    *,
    at: datetime,
    data: Mapping[str, Any],
    occasion: str = "",
) -> None:
    """Send an event of the topology's to every queue and topic that a route carries it to.

    Its body is a CloudEvent 1.0 in JSON about the thing whose id is `about`. Its id is made of type, thing and
    `occasion`, which tells apart what can happen to a thing more than once, so that telling it twice delivers it once
    within the duplicate window. Raises what the queue raises.
    """
    declared = next(each for each in TOPOLOGY.event_types if each.name == event_type)
    event_id = "/".join(part for part in (event_type, about, occasion) if part)
    event = {
        "specversion": _SPEC_VERSION,
        "id": event_id,
        "source": _SOURCE,
        "type": event_type,
        "subject": declared.subject.format(id=about),
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "data": dict(data),
    }
    message = OutgoingMessage(
        body=msgspec.json.encode(event),
        message_id=event_id,
        properties={"type": event_type} | ({STATUS_PROPERTY: declared.status} if declared.status else {}),
    )
    entities = {each.name for each in (*TOPOLOGY.queues, *TOPOLOGY.topics)}
    for route in TOPOLOGY.event_routes:
        if event_type in route.event_types and route.destination in entities:
            await queue.send(route.destination, [message])
