from tests.factories.memory_platform import CLOCK
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.purge_dead_letters import purge_dead_letters
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import VALIDATION_QUEUE


async def test_all_dead_letters_go_and_what_waits_stays() -> None:
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    await queue.send(VALIDATION_QUEUE, [OutgoingMessage(body=str(number).encode()) for number in range(250)])
    for message in await queue.receive(VALIDATION_QUEUE, max_messages=249):
        await queue.dead_letter(message, reason="Unreadable")
    assert await purge_dead_letters(queue, VALIDATION_QUEUE) == 249
    depth = await queue.depth(VALIDATION_QUEUE)
    assert (depth.dead_lettered, depth.active) == (0, 1)
    assert await purge_dead_letters(queue, VALIDATION_QUEUE) == 0
