"""Messages fit their queues: those that are sent at high load while whoever takes them is away."""

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import Queue
from textnlp_infra.cost.quantity import HOURS, KILOBYTES_A_REQUEST, REQUESTS

_KILOBYTES_A_MEGABYTE = 1_000
_HOURS_AWAY = 3


@pytest.mark.parametrize("queue", TOPOLOGY.queues, ids=lambda queue: queue.name)
def test_a_queue_takes_what_is_sent_while_nobody_receives(queue: Queue) -> None:
    hourly = max(REQUESTS) / HOURS * KILOBYTES_A_REQUEST / _KILOBYTES_A_MEGABYTE
    assert queue.max_size_megabytes / hourly > _HOURS_AWAY
