"""Looks at the queues from time to time, so that nobody who reads metrics has to."""

import logging

from textnlp.application.look_at_queues import QueueLook, look_at_queues
from textnlp.bootstrap.platform import Platform
from textnlp.domain.errors import TextNLPError
from textnlp.topology.metrics import DEAD_LETTERS, QUEUE_DEPTH, QUEUE_OLDEST_AGE

_LOG = logging.getLogger(__name__)
_INTERVAL_SECONDS = 15.0


async def watch_queues(platform: Platform) -> None:
    """Sample depth and age of every queue and subscription each 15 seconds until cancelled.

    The last sample stays on the page while the queue is away.
    """
    samples: dict[str, QueueLook] = {}
    meter = platform.meter
    meter.observe(QUEUE_DEPTH, read=lambda: [((name,), each.waiting) for name, each in samples.items()])
    meter.observe(DEAD_LETTERS, read=lambda: [((name,), each.depth.dead_lettered) for name, each in samples.items()])
    meter.observe(QUEUE_OLDEST_AGE, read=lambda: [((name,), each.oldest_age_seconds) for name, each in samples.items()])
    while True:
        try:
            for look in await look_at_queues(platform.batch_ports.queue, now=platform.clock.now()):
                samples[look.entity] = look
        except TextNLPError as error:
            _LOG.warning("The queues could not be looked at: %s", error.message)
        await platform.clock.sleep(_INTERVAL_SECONDS)
