"""The promises about sessions, on an entity of Service Bus that requires them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.contract.job_queue_cases import TOPOLOGY, message
from tests.contract.service_bus_bench import START, ServiceBusBench, service_bus_bench
from tests.doubles.clock import ManualClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.job_queue import JobQueue

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(60)]

ORDERS = "orders"
_ONE_QUEUE = replace(TOPOLOGY, queues=TOPOLOGY.queues[:1], topics=())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(now=START)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench() -> AsyncIterator[ServiceBusBench]:
    async with service_bus_bench(topology=_ONE_QUEUE, session_entities={ORDERS}) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def queue(bench: ServiceBusBench, clock: ManualClock) -> AsyncIterator[JobQueue]:
    async with bench.queue(clock) as opened:
        yield opened


async def send(queue: JobQueue, *bodies: str) -> None:
    """Send messages, each in the session that its first letter names."""
    await queue.send(ORDERS, [message(body, session_id=body[0]) for body in bodies])


async def bodies(queue: JobQueue, *, session_id: str | None = None, count: int = 1) -> list[str]:
    received = await queue.receive(ORDERS, max_messages=count, max_wait_seconds=0, session_id=session_id)
    return [one.body.decode() for one in received]


async def test_a_session_yields_nothing_while_an_earlier_message_of_it_is_held(queue: JobQueue) -> None:
    await send(queue, "a1", "a2", "b1")

    (first,) = await queue.receive(ORDERS)
    (other,) = await queue.receive(ORDERS)
    assert [first.body, other.body] == [b"a1", b"b1"]
    assert await bodies(queue) == []
    await queue.complete([first])

    assert await bodies(queue) == ["a2"]


async def test_a_message_that_is_given_back_comes_again_before_the_later_ones(
    queue: JobQueue, bench: ServiceBusBench
) -> None:
    await send(queue, "a1", "a2")
    (first,) = await queue.receive(ORDERS)
    await queue.abandon(first)

    both = await queue.receive(ORDERS, max_messages=2)

    assert [(one.body, one.delivery_count) for one in both] == [(b"a1", 2), (b"a2", 1)]
    await queue.complete(both)
    assert bench.double.broker.entity(ORDERS).messages == {}


async def test_one_session_can_be_asked_for(queue: JobQueue) -> None:
    await send(queue, "a1", "b1", "b2")

    assert await bodies(queue, session_id="b", count=5) == ["b1", "b2"]
    assert await bodies(queue, session_id="c") == []
    assert await bodies(queue) == ["a1"]


async def test_a_session_that_another_process_has_is_not_to_be_had(
    queue: JobQueue, bench: ServiceBusBench, clock: ManualClock
) -> None:
    await send(queue, "a1", "a2")
    (held,) = await queue.receive(ORDERS)
    other = bench.another_queue(clock)

    assert await bodies(other, session_id="a") == []
    await queue.complete([held])
    assert await bodies(other) == []
    await other.aclose()


async def test_renewing_holds_the_session_longer(queue: JobQueue, bench: ServiceBusBench, clock: ManualClock) -> None:
    await send(queue, "a1")
    (held,) = await queue.receive(ORDERS)
    await clock.advance(50)
    until = await queue.renew(held)
    await clock.advance(50)

    assert (until - clock.now()).total_seconds() == 10
    await queue.complete([held])
    assert bench.double.broker.entity(ORDERS).messages == {}


async def test_a_session_whose_lock_ended_goes_to_another_process(
    queue: JobQueue, bench: ServiceBusBench, clock: ManualClock
) -> None:
    await send(queue, "a1")
    (lost,) = await queue.receive(ORDERS)
    await clock.advance(60)
    other = bench.another_queue(clock)

    (again,) = await other.receive(ORDERS, max_wait_seconds=1)

    assert (again.body, again.delivery_count) == (b"a1", 2)
    with pytest.raises(TextNLPError, match="no longer held"):
        await queue.complete([lost])
    await other.complete([again])
    await other.aclose()


async def test_receivers_of_sessions_never_overtake_each_other(queue: JobQueue) -> None:
    await send(queue, *(f"{session}{number}" for number in range(3) for session in "abc"))

    async def work() -> list[str]:
        done: list[str] = []
        while received := await queue.receive(ORDERS):
            done += [one.body.decode() for one in received]
            await queue.complete(received)
        return done

    shares = await asyncio.gather(*(work() for _ in range(3)))
    rest = await work()

    for session in "abc":
        for share in shares:
            of_session = [body for body in share if body[0] == session]
            assert of_session == sorted(of_session)
    every = [body for share in shares for body in share] + rest
    assert sorted(every) == sorted(f"{session}{number}" for number in range(3) for session in "abc")


async def test_a_message_without_a_session_is_refused(queue: JobQueue) -> None:
    with pytest.raises(TextNLPError, match="without a session") as caught:
        await queue.send(ORDERS, [message("x")])

    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_messages_in_sessions_are_not_to_be_seen_from_outside(queue: JobQueue) -> None:
    await send(queue, "a1")

    for call in (queue.peek(ORDERS), queue.depth(ORDERS), queue.receive_deferred(ORDERS, [1])):
        with pytest.raises(TextNLPError, match="shows no messages") as caught:
            await call
        assert caught.value.kind is ErrorKind.INVALID_INPUT
    await queue.check()
