"""Looks at the queues from time to time, so that nobody who reads metrics has to."""

import logging
from dataclasses import dataclass

from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.metrics import DEAD_LETTERS, QUEUE_DEPTH, QUEUE_OLDEST_AGE
from textnlp.topology.queues import subscription_entity

_LOG = logging.getLogger(__name__)
_INTERVAL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class _Sample:
    """What one look at an entity showed."""

    waiting: int
    dead: int
    oldest_age_seconds: float


async def watch_queues(platform: Platform) -> None:
    """Sample depth and age of every queue and subscription each 15 seconds until cancelled.

    The last sample stays on the page while the queue is away.
    """
    samples: dict[str, _Sample] = {}
    meter = platform.meter
    meter.observe(QUEUE_DEPTH, read=lambda: [((name,), each.waiting) for name, each in samples.items()])
    meter.observe(DEAD_LETTERS, read=lambda: [((name,), each.dead) for name, each in samples.items()])
    meter.observe(QUEUE_OLDEST_AGE, read=lambda: [((name,), each.oldest_age_seconds) for name, each in samples.items()])
    while True:
        try:
            for entity in _entities():
                samples[entity] = await _look(platform, entity)
        except TextNLPError as error:
            _LOG.warning("The queues could not be looked at: %s", error.message)
        await platform.clock.sleep(_INTERVAL_SECONDS)


def _entities() -> list[str]:
    """Name everything that messages are received from."""
    subscriptions = [
        subscription_entity(topic.name, each.name) for topic in TOPOLOGY.topics for each in topic.subscriptions
    ]
    return [*(queue.name for queue in TOPOLOGY.queues), *subscriptions]


async def _look(platform: Platform, entity: str) -> _Sample:
    queue = platform.batch_ports.queue
    depth = await queue.depth(entity)
    oldest = await queue.peek(entity, max_messages=1)
    age = (platform.clock.now() - oldest[0].enqueued_at).total_seconds() if oldest else 0.0
    return _Sample(depth.active + depth.locked, depth.dead_lettered, max(0.0, age))
