import asyncio
import dataclasses

from tests.doubles.clock import ManualClock
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.application.hold_message import held
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import VALIDATION_QUEUE

LOCK, LEASE = 300.0, 900.0


async def renewals(*, minutes: int, moves_every: int | None = None, fails: bool = False) -> bool:
    """Hold a message for some minutes, and tell whether it was still held at the end."""
    clock = ManualClock()
    queue = MemoryJobQueue(topology=TOPOLOGY, clock=clock)
    await queue.send(VALIDATION_QUEUE, [OutgoingMessage(body=b"x")])
    (message,) = await queue.receive(VALIDATION_QUEUE)
    renewed = dataclasses.replace(message, lock_token="0") if fails else message  # noqa: S106  none that anybody has
    async with held(queue, renewed, clock=clock, lock_seconds=LOCK, lease_seconds=LEASE) as moved:
        for minute in range(minutes):
            await clock.advance(60.0)
            await asyncio.sleep(0)
            if moves_every and minute % moves_every == 0:
                moved()
    return (await queue.depth(VALIDATION_QUEUE)).locked == 1


async def test_a_message_is_held_beyond_its_lock_while_the_work_goes_on() -> None:
    assert await renewals(minutes=12)


async def test_work_that_no_longer_gets_on_loses_its_message_after_the_lease() -> None:
    assert not await renewals(minutes=22)
    assert await renewals(minutes=60, moves_every=5)


async def test_a_lock_that_cannot_be_renewed_disturbs_nothing() -> None:
    assert not await renewals(minutes=6, fails=True)
