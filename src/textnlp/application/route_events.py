"""Carry events to the queues and topics that the topology's routes name."""

from collections.abc import Sequence

import msgspec

from textnlp.domain.messaging.cloud_event import CloudEvent
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import STATUS_PROPERTY


class LocalEvents:
    """Satisfies the `EventPublisher` port with the platform's own queues, which Event Grid stands in for on Azure.

    A copy of an event within the duplicate window of a queue is dropped there. Does not own `queue`.
    """

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue

    async def publish(self, events: Sequence[CloudEvent]) -> None:
        """Send each event wherever a route carries it to; raises what the queue raises."""
        for event in events:
            await route_event(self._queue, event)

    async def aclose(self) -> None:
        """Do nothing: the queue belongs to whoever made it."""


async def route_event(queue: JobQueue, event: CloudEvent) -> int:
    """Send an event to every queue and topic that a route carries it to; return to how many. Raises as the queue does.

    The message has the id of the event, and its body is the event in JSON.
    """
    entities = {each.name for each in (*TOPOLOGY.queues, *TOPOLOGY.topics)}
    destinations = [
        route.destination
        for route in TOPOLOGY.event_routes
        if event.type in route.event_types and route.destination in entities
    ]
    for destination in destinations:
        await queue.send(destination, [_message(event)])
    return len(destinations)


def _message(event: CloudEvent) -> OutgoingMessage:
    status = next((each.status for each in TOPOLOGY.event_types if each.name == event.type), None)
    return OutgoingMessage(
        body=msgspec.json.encode(event.document),
        message_id=event.id,
        properties={"type": event.type} | ({STATUS_PROPERTY: status} if status else {}),
    )
