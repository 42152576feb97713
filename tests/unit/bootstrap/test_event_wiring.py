import contextlib

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.events.event_grid import EventGridPublisher
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.route_events import LocalEvents
from textnlp.bootstrap.event_wiring import event_publisher
from textnlp.domain.errors import TextNLPError
from textnlp.settings import read_settings
from textnlp.topology.catalog import TOPOLOGY

QUEUE = MemoryJobQueue(topology=TOPOLOGY, clock=ManualClock())


@pytest.mark.parametrize(
    ("address", "kind"), [("", LocalEvents), ("https://topic.example/api/events", EventGridPublisher)]
)
async def test_events_stay_here_unless_a_topic_is_named(address: str, kind: type) -> None:
    settings = read_settings({"TEXTNLP_EVENT_GRID_URL": address})
    async with contextlib.aclosing(event_publisher(settings, QUEUE)) as publisher:
        assert isinstance(publisher, kind)


def test_a_topic_without_tls_is_refused() -> None:
    with pytest.raises(TextNLPError, match="not one of https"):
        event_publisher(read_settings({"TEXTNLP_EVENT_GRID_URL": "http://topic.example/api/events"}), QUEUE)
