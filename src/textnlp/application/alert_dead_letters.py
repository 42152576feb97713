"""Tell of messages that were given up."""

from datetime import datetime

from textnlp.application.announce import announce
from textnlp.application.look_at_queues import received_from
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.event_publisher import EventPublisher
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.events import DEAD_LETTERS_FOUND


async def alert_dead_letters(queue: JobQueue, events: EventPublisher, *, now: datetime) -> dict[str, int]:
    """Announce each queue and subscription that holds dead letters; return how many each of them holds.

    An entity with as many dead letters as before is announced again only after the duplicate window of the topic. One
    that cannot be looked at does not keep the others from being announced; after them `UNAVAILABLE` is raised.
    """
    found: dict[str, int] = {}
    away: TextNLPError | None = None
    for entity in received_from():
        try:
            count = (await queue.depth(entity)).dead_lettered
        except TextNLPError as error:
            if error.kind is not ErrorKind.UNAVAILABLE:
                raise
            away = error
            continue
        if count:
            found[entity] = count
    for entity, count in found.items():
        data = {"entity": entity, "dead_letters": count}
        await announce(events, DEAD_LETTERS_FOUND, entity, at=now, data=data, occasion=str(count))
    if away is not None:
        raise away
    return found
