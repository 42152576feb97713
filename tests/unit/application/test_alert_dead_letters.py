import json

import pytest

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.alert_dead_letters import alert_dead_letters
from textnlp.application.route_events import LocalEvents
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import (
    BATCH_PROCESSING_QUEUE,
    GENERATION_EVENTS,
    MONITORING_SUB,
    TEXT_GENERATION_QUEUE,
    subscription_entity,
)

MONITORING = subscription_entity(GENERATION_EVENTS, MONITORING_SUB)


class HalfAwayQueue(MemoryJobQueue):
    """Cannot tell of one of its queues."""

    async def depth(self, entity: str) -> QueueDepth:
        if entity == TEXT_GENERATION_QUEUE:
            raise TextNLPError("The queue is away.", kind=ErrorKind.UNAVAILABLE)
        return await super().depth(entity)


async def given_up(queue: MemoryJobQueue, count: int) -> None:
    await queue.send(BATCH_PROCESSING_QUEUE, [OutgoingMessage(body=b"{}") for _ in range(count)])
    for message in await queue.receive(BATCH_PROCESSING_QUEUE, max_messages=count):
        await queue.dead_letter(message, reason="Unreadable")


async def test_dead_letters_are_announced_once_with_their_number() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    assert await alert_dead_letters(queue, LocalEvents(queue), now=CLOCK.now()) == {}
    await given_up(queue, 2)
    for _ in range(2):
        assert await alert_dead_letters(queue, LocalEvents(queue), now=CLOCK.now()) == {BATCH_PROCESSING_QUEUE: 2}
    (message,) = await queue.peek(MONITORING)
    event = json.loads(message.body)
    assert (event["type"], event["subject"]) == ("DeadLetters.Found", f"queues/{BATCH_PROCESSING_QUEUE}")
    assert event["data"] == {"entity": BATCH_PROCESSING_QUEUE, "dead_letters": 2}
    await given_up(queue, 1)
    assert await alert_dead_letters(queue, LocalEvents(queue), now=CLOCK.now()) == {BATCH_PROCESSING_QUEUE: 3}
    assert len(await queue.peek(MONITORING)) == 2


async def test_a_queue_that_cannot_be_looked_at_hides_no_other() -> None:
    queue = HalfAwayQueue(topology=TOPOLOGY, clock=CLOCK)
    await given_up(queue, 1)
    with pytest.raises(TextNLPError):
        await alert_dead_letters(queue, LocalEvents(queue), now=CLOCK.now())
    assert len(await queue.peek(MONITORING)) == 1
