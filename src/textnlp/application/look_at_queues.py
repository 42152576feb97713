"""Look at what waits in the queues, and how long."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.messaging.model import QueueDepth
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLook:
    """What one look at a queue or subscription showed; the age is that of its oldest message, 0 of none."""

    entity: str
    depth: QueueDepth
    oldest_age_seconds: float

    @property
    def waiting(self) -> int:
        """Messages that are not done with yet."""
        return self.depth.active + self.depth.locked


def received_from() -> list[str]:
    """Name everything that messages are received from."""
    return [name for name, declared in TOPOLOGY.entities().items() if not isinstance(declared, Topic)]


async def look_at_queues(queue: JobQueue, *, now: datetime) -> Sequence[QueueLook]:
    """Look at every queue and subscription; raise `UNAVAILABLE` where one cannot be looked at."""
    return await asyncio.gather(*(_look(queue, entity, now=now) for entity in received_from()))


async def _look(queue: JobQueue, entity: str, *, now: datetime) -> QueueLook:
    depth = await queue.depth(entity)
    oldest = await queue.peek(entity, max_messages=1)
    age = (now - oldest[0].enqueued_at).total_seconds() if oldest else 0.0
    return QueueLook(entity=entity, depth=depth, oldest_age_seconds=max(0.0, age))
