import asyncio

from tests.doubles.clock import ManualClock
from textnlp.adapters.queues.arrivals import Arrivals


async def test_an_arrival_between_looking_and_waiting_is_not_missed() -> None:
    arrivals = Arrivals(ManualClock())
    ticket = arrivals.ticket("a")
    arrivals.announce("a")

    await asyncio.wait_for(arrivals.wait("a", ticket, seconds=60), 1)


async def test_an_arrival_wakes_all_who_wait_under_its_key_and_nobody_else() -> None:
    arrivals = Arrivals(ManualClock())
    waiting = [asyncio.create_task(arrivals.wait(key, arrivals.ticket(key), seconds=60)) for key in ("a", "a", "b")]
    await asyncio.sleep(0)
    arrivals.announce("a")
    await asyncio.wait(waiting[:2], timeout=1)

    assert [task.done() for task in waiting] == [True, True, False]
    arrivals.announce_all()
    await asyncio.wait_for(waiting[2], 1)


async def test_a_wait_ends_with_its_time_and_leaves_nobody_asleep() -> None:
    clock = ManualClock()
    arrivals = Arrivals(clock)
    waiting = asyncio.create_task(arrivals.wait("a", arrivals.ticket("a"), seconds=5))
    await clock.advance(4)
    assert not waiting.done()
    await clock.advance(1)

    assert waiting.done()
    assert clock.sleeping == 0
