from tests.doubles.clock import ManualClock
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, GENERATION_EVENTS, MONITORING_SUB, VALIDATION_SUB


async def test_two_queues_in_memory_know_nothing_of_each_other() -> None:
    first, second = (MemoryJobQueue(topology=TOPOLOGY, clock=ManualClock()) for _ in range(2))
    await first.send(BATCH_PROCESSING_QUEUE, [OutgoingMessage(body=b"a")])

    assert await second.receive(BATCH_PROCESSING_QUEUE) == []
    assert (await first.depth(BATCH_PROCESSING_QUEUE)).active == 1


async def test_the_copies_of_one_event_are_settled_apart() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=ManualClock())
    await queue.send(GENERATION_EVENTS, [OutgoingMessage(body=b"a", properties={"Status": "Completed"})])
    await queue.complete(await queue.receive(f"{GENERATION_EVENTS}/{VALIDATION_SUB}"))

    assert await queue.depth(f"{GENERATION_EVENTS}/{VALIDATION_SUB}") == QueueDepth()
    assert await queue.depth(f"{GENERATION_EVENTS}/{MONITORING_SUB}") == QueueDepth(active=1)
