from datetime import timedelta

from tests.factories.memory_platform import CLOCK
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.look_at_queues import look_at_queues, received_from
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import GENERATION_EVENTS, MONITORING_SUB, VALIDATION_QUEUE, subscription_entity


async def test_every_queue_and_subscription_is_looked_at_and_no_topic() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    looks = await look_at_queues(queue, now=CLOCK.now())
    assert [look.entity for look in looks] == received_from()
    assert subscription_entity(GENERATION_EVENTS, MONITORING_SUB) in received_from()
    assert GENERATION_EVENTS not in received_from()


async def test_a_message_that_is_held_is_not_done_with() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    await queue.send(VALIDATION_QUEUE, [OutgoingMessage(body=b"1"), OutgoingMessage(body=b"2")])
    await queue.receive(VALIDATION_QUEUE)
    looks = await look_at_queues(queue, now=CLOCK.now() + timedelta(minutes=2))
    (look,) = [each for each in looks if each.entity == VALIDATION_QUEUE]
    assert look.waiting == 2
    assert 115 < look.oldest_age_seconds < 125
