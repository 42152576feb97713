"""Give up for good what a queue has given up on."""

from textnlp.domain.messaging.model import dead_letter_entity
from textnlp.ports.job_queue import JobQueue

_AT_ONCE = 100


async def purge_dead_letters(queue: JobQueue, entity: str) -> int:
    """Remove the dead letters of a queue or subscription, and return how many there were.

    Those that come meanwhile go, too; one that somebody else holds stays.
    """
    removed = 0
    while messages := await queue.receive(dead_letter_entity(entity), max_messages=_AT_ONCE):
        await queue.complete(messages)
        removed += len(messages)
    return removed
