import json

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.announce import announce
from textnlp.application.route_events import LocalEvents
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.events import BATCH_FAILED, GENERATION_COMPLETED
from textnlp.topology.queues import (
    GENERATION_EVENTS,
    MONITORING_SUB,
    VALIDATION_QUEUE,
    VALIDATION_SUB,
    subscription_entity,
)

WHERE = (
    VALIDATION_QUEUE,
    subscription_entity(GENERATION_EVENTS, VALIDATION_SUB),
    subscription_entity(GENERATION_EVENTS, MONITORING_SUB),
)


async def told(queue: MemoryJobQueue) -> list[int]:
    return [len(await queue.peek(entity)) for entity in WHERE]


async def test_what_completed_is_validated_and_monitored_and_told_once() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    for _ in range(2):
        await announce(LocalEvents(queue), GENERATION_COMPLETED, "gen_1", at=CLOCK.now(), data={"id": "gen_1"})
    assert await told(queue) == [1, 1, 1]
    (message,) = await queue.peek(VALIDATION_QUEUE)
    event = json.loads(message.body)
    assert event["specversion"] == "1.0"
    assert (event["subject"], event["data"]) == ("generations/gen_1", {"id": "gen_1"})
    assert message.properties["Status"] == "Completed"


async def test_what_failed_is_monitored_only() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    await announce(LocalEvents(queue), BATCH_FAILED, "batch_1", at=CLOCK.now(), data={})
    assert await told(queue) == [0, 0, 1]
