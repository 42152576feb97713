"""Tell that something has happened: the platform's own events, on the way the topology routes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from textnlp.domain.messaging.cloud_event import CloudEvent
from textnlp.ports.event_publisher import EventPublisher
from textnlp.topology.catalog import TOPOLOGY

_SOURCE = "/textnlp"


async def announce(
    events: EventPublisher,
    event_type: str,
    about: str,
    *,
    at: datetime,
    data: Mapping[str, Any],
    occasion: str = "",
) -> None:
    """Publish an event of the topology's, to reach every queue and topic that a route carries it to.

    It is a CloudEvent 1.0 about the thing whose id is `about`. Its id is made of type, thing and `occasion`, which
    tells apart what can happen to a thing more than once, so that telling it twice delivers it once within the
    duplicate window. Raises what the publisher raises.
    """
    declared = next(each for each in TOPOLOGY.event_types if each.name == event_type)
    event = CloudEvent(
        id="/".join(part for part in (event_type, about, occasion) if part),
        type=event_type,
        source=_SOURCE,
        subject=declared.subject.format(id=about),
        time=at,
        data=data,
    )
    await events.publish([event])
