"""What goes wrong at Service Bus, and that it passes by itself or is told within a bounded time."""

import asyncio
import gc
from collections.abc import AsyncIterator
from time import monotonic

import pytest
import pytest_asyncio

from tests.contract.job_queue_cases import message
from tests.contract.service_bus_bench import SWIFT_BACK_OFF, ServiceBusBench, service_bus_bench
from tests.doubles.service_bus.hub import MAX_MESSAGE_BYTES
from tests.doubles.service_bus.server import ServiceBusDouble
from textnlp.adapters.clock.system import SystemClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import QueueDepth
from textnlp.ports.job_queue import JobQueue

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(60),
    # The library leaves the socket of a connection that broke to the garbage collector.
    pytest.mark.usefixtures("collected_leftovers"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

ORDERS = "orders"
_CLOCK = SystemClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench() -> AsyncIterator[ServiceBusBench]:
    async with service_bus_bench() as opened:
        yield opened
    gc.collect()


@pytest_asyncio.fixture(loop_scope="module")
async def queue(bench: ServiceBusBench) -> AsyncIterator[JobQueue]:
    async with bench.queue(_CLOCK) as opened:
        yield opened


@pytest.fixture
def double(bench: ServiceBusBench) -> ServiceBusDouble:
    return bench.double


async def test_links_are_opened_once_and_used_again(queue: JobQueue, double: ServiceBusDouble) -> None:
    await queue.send(ORDERS, [message("a")])
    await queue.complete(await queue.receive(ORDERS, max_wait_seconds=10))
    opened = len(double.hub.attached), len(double.hub.tokens)

    for _ in range(5):
        await queue.send(ORDERS, [message("a")])
        await queue.complete(await queue.receive(ORDERS, max_wait_seconds=10))

    assert (len(double.hub.attached), len(double.hub.tokens)) == opened


async def test_a_receiver_that_does_not_wait_locks_nothing(queue: JobQueue, double: ServiceBusDouble) -> None:
    assert await queue.receive(ORDERS, max_messages=5) == []
    await queue.send(ORDERS, [message("a")])
    await asyncio.sleep(0.1)

    entity = double.broker.entity(ORDERS)
    assert [(one.is_ready, one.delivery_count) for one in entity.messages.values()] == [(True, 0)]


async def test_a_message_of_many_frames_comes_whole(queue: JobQueue) -> None:
    body = "0123456789" * 60_000
    await queue.send(ORDERS, [message(body)])

    (received,) = await queue.receive(ORDERS, max_wait_seconds=10)

    assert received.body == body.encode()


async def test_dead_letters_of_a_subscription_come_again_to_that_one_only(queue: JobQueue) -> None:
    await queue.send("events", [message("a", message_id="m", properties={"Status": "Completed"})])
    await queue.complete(await queue.receive("events/all", max_wait_seconds=10))
    (held,) = await queue.receive("events/done", max_wait_seconds=10)
    await queue.dead_letter(held, reason="bad")

    assert await queue.resend_dead_letters("events/done") == 1

    (again,) = await queue.receive("events/done", max_wait_seconds=10)
    assert (again.body, again.delivery_count, again.dead_letter_reason) == (b"a", 1, None)
    assert await queue.receive("events/all") == []
    assert await queue.depth("events/all") == await queue.depth("events/done/$deadletterqueue") == QueueDepth()


async def test_dead_letters_are_sent_again_although_their_ids_are_still_remembered(queue: JobQueue) -> None:
    await queue.send(ORDERS, [message("a", message_id="m")])
    (held,) = await queue.receive(ORDERS, max_wait_seconds=10)
    await queue.dead_letter(held, reason="bad")

    assert await queue.resend_dead_letters(ORDERS) == 1
    assert await queue.depth(ORDERS) == QueueDepth(active=1)


async def test_what_another_process_locked_cannot_be_settled(queue: JobQueue, bench: ServiceBusBench) -> None:
    await queue.send(ORDERS, [message("a")])
    (held,) = await queue.receive(ORDERS, max_wait_seconds=10)
    other = bench.another_queue(_CLOCK)

    with pytest.raises(TextNLPError, match="no longer held"):
        await other.complete([held])
    assert await other.depth(ORDERS) == QueueDepth(active=1)


async def test_a_session_cannot_be_asked_for_where_there_are_none(queue: JobQueue) -> None:
    with pytest.raises(TextNLPError, match="has no sessions") as caught:
        await queue.receive(ORDERS, session_id="a")

    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_a_message_whose_completion_is_lost_comes_a_second_time(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    await queue.send(ORDERS, [message("a", message_id="m")])
    (first,) = await queue.receive(ORDERS, max_wait_seconds=10)
    double.faults.lost_settlements = 1
    await queue.complete([first])

    (second,) = await queue.receive(ORDERS, max_wait_seconds=10)

    assert (second.message_id, second.delivery_count) == ("m", 2)
    await queue.complete([second])
    assert await queue.depth(ORDERS) == QueueDepth()


async def test_a_slow_answer_to_a_settlement_is_waited_for(queue: JobQueue, double: ServiceBusDouble) -> None:
    await queue.send(ORDERS, [message("a"), message("b")])
    held = await queue.receive(ORDERS, max_messages=2, max_wait_seconds=10)
    double.faults.settle_delay_seconds = 0.3

    await queue.complete(held)

    assert await queue.depth(ORDERS) == QueueDepth()


async def test_a_receive_that_is_cancelled_gives_back_what_it_still_gets(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=20))
    await asyncio.sleep(0.3)
    waiter.cancel()
    await queue.send(ORDERS, [message("a")])
    await queue.aclose()

    entity = double.broker.entity(ORDERS)
    assert [one.is_ready for one in entity.messages.values()] == [True]


async def test_a_receiver_whose_link_is_detached_while_it_waits_gets_the_next_message(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=20))
    while not double.hub.attached:  # noqa: ASYNC110  nobody announces that a link was opened
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)
    assert double.detach_links() > 0
    await queue.send(ORDERS, [message("a")])

    (received,) = await waiter
    await queue.complete([received])
    assert await queue.depth(ORDERS) == QueueDepth()


async def test_a_link_that_is_detached_as_it_asks_for_messages_is_opened_again(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    await queue.send(ORDERS, [message("a")])
    double.faults.detach_on_receive = 1

    (received,) = await queue.receive(ORDERS, max_wait_seconds=10)

    assert received.delivery_count == 1
    assert double.faults.detach_on_receive == 0


@pytest.mark.parametrize("how", ["complete", "abandon", "dead_letter"])
async def test_a_settlement_whose_link_is_detached_is_made_all_the_same(
    queue: JobQueue, double: ServiceBusDouble, how: str
) -> None:
    await queue.send(ORDERS, [message("a")])
    (held,) = await queue.receive(ORDERS, max_wait_seconds=10)
    double.faults.detach_on_settle = 1

    settle = {
        "complete": lambda: queue.complete([held]),
        "abandon": lambda: queue.abandon(held),
        "dead_letter": lambda: queue.dead_letter(held, reason="bad"),
    }
    await settle[how]()

    depth = {"complete": QueueDepth(), "abandon": QueueDepth(active=1), "dead_letter": QueueDepth(dead_lettered=1)}
    assert double.faults.detach_on_settle == 0
    assert await queue.depth(ORDERS) == depth[how]


async def test_a_message_whose_link_is_detached_as_it_is_sent_is_there_once(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    await queue.send(ORDERS, [message("warm")])
    double.faults.detach_on_send = 1

    await queue.send(ORDERS, [message("a", message_id="m")])

    assert [one.body for one in await queue.peek(ORDERS)] == [b"warm", b"a"]


async def test_a_busy_server_is_asked_again(queue: JobQueue, double: ServiceBusDouble) -> None:
    double.faults.busy_sends = double.faults.busy_requests = 2

    await queue.send(ORDERS, [message("a")])

    assert len(await queue.peek(ORDERS)) == 1
    assert (double.faults.busy_sends, double.faults.busy_requests) == (0, 0)


async def test_a_server_that_stays_busy_is_given_up_on_within_the_bound(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    double.faults.busy_sends = 100
    started = monotonic()

    with pytest.raises(TextNLPError, match="busy") as caught:
        await queue.send(ORDERS, [message("a")])

    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert caught.value.facts.attempts == SWIFT_BACK_OFF.attempts
    assert caught.value.facts.retry_after_seconds == 10
    assert double.faults.busy_sends == 100 - SWIFT_BACK_OFF.attempts
    assert monotonic() - started < SWIFT_BACK_OFF.most_seconds
    assert await queue.depth(ORDERS) == QueueDepth()


async def test_after_a_token_has_expired_the_process_shows_a_new_one(queue: JobQueue, double: ServiceBusDouble) -> None:
    await queue.send(ORDERS, [message("a")])
    shown = len(double.hub.tokens)

    assert double.expire_tokens() > 0
    await queue.send(ORDERS, [message("b")])
    received = await queue.receive(ORDERS, max_messages=2, max_wait_seconds=10)
    await queue.complete(received)

    assert len(double.hub.tokens) > shown
    assert [one.body for one in received] == [b"a", b"b"]


async def test_a_token_that_is_refused_is_told_with_the_roles_that_are_missing(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    double.faults.accepts_token = lambda _token: False
    double.expire_tokens()

    with pytest.raises(TextNLPError, match="refuses this process") as caught:
        await queue.send(ORDERS, [message("a")])

    assert caught.value.kind is ErrorKind.FORBIDDEN
    assert "Data Sender" in caught.value.full_text


async def test_a_receiver_waits_across_a_restart_and_what_it_holds_stays_its_own(
    queue: JobQueue, double: ServiceBusDouble
) -> None:
    await queue.send(ORDERS, [message("held")])
    (held,) = await queue.receive(ORDERS, max_wait_seconds=10)
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=20))
    await asyncio.sleep(0.2)

    await double.restart(down_seconds=0.02)
    await queue.send(ORDERS, [message("later")])
    (later,) = await waiter
    await queue.complete([held, later])

    assert await queue.depth(ORDERS) == QueueDepth()


async def test_a_server_that_is_away_is_told_within_the_bound(queue: JobQueue, double: ServiceBusDouble) -> None:
    await queue.send(ORDERS, [message("a")])
    await double.stop()
    started = monotonic()
    try:
        for call in (queue.send(ORDERS, [message("b")]), queue.receive(ORDERS), queue.check()):
            with pytest.raises(TextNLPError, match="cannot be reached") as caught:
                await call
            assert caught.value.kind is ErrorKind.UNAVAILABLE
        assert monotonic() - started < 3 * SWIFT_BACK_OFF.most_seconds
    finally:
        await double.start()
    assert len(await queue.peek(ORDERS)) == 1


async def test_a_large_send_goes_in_batches_that_the_link_takes(bench: ServiceBusBench) -> None:
    bench.double.reset(_CLOCK)
    bench.double.hub.max_message_bytes = 30_000
    bench.double.faults.refused_links = 1
    try:
        async with bench.fresh_queue(_CLOCK) as queue:
            await queue.send(ORDERS, [message(f"{n:03}" + "x" * 2_500) for n in range(40)])
            with pytest.raises(TextNLPError, match="too large") as caught:
                await queue.send(ORDERS, [message("x" * 40_000)])
            seen = await queue.peek(ORDERS, max_messages=100)
    finally:
        bench.double.hub.max_message_bytes = MAX_MESSAGE_BYTES

    assert bench.double.faults.refused_links == 0
    assert caught.value.kind is ErrorKind.TOO_LARGE
    assert [one.body[:3] for one in seen] == [b"%03d" % n for n in range(40)]


async def test_an_entity_that_is_not_deployed_is_not_found(bench: ServiceBusBench) -> None:
    namespace = bench.double.broker.namespace
    route = namespace.routes.pop(ORDERS)
    try:
        async with bench.fresh_queue(_CLOCK) as queue:
            with pytest.raises(TextNLPError, match="Service Bus has no entity 'orders'") as caught:
                await queue.send(ORDERS, [message("a")])
    finally:
        namespace.routes[ORDERS] = route
    assert "Deploy" in caught.value.full_text
    assert caught.value.kind is ErrorKind.NOT_FOUND
