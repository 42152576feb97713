import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from tests.contract.job_queue_cases import (
    EVERYTHING,
    LOCK_SECONDS,
    MAX_DELIVERIES,
    OF_SERVICE_BUS,
    TTL_SECONDS,
    WINDOW_SECONDS,
    Capabilities,
    QueueOpener,
    message,
    queue_opener,
)
from tests.contract.service_bus_bench import START, ServiceBusBench, service_bus_bench
from tests.doubles.clock import ManualClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage, dead_letter_entity
from textnlp.ports.job_queue import JobQueue

ORDERS = "orders"
DEAD = dead_letter_entity(ORDERS)


# The links to Service Bus outlive a test, and with them their event loop.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(now=START)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def bench() -> AsyncIterator[ServiceBusBench]:
    async with service_bus_bench() as opened:
        yield opened


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres), "service bus"])
def opener(request: pytest.FixtureRequest) -> QueueOpener:
    if request.param == "service bus":
        return request.getfixturevalue("bench").queue
    return queue_opener(request.param, lambda: request.getfixturevalue("queue_database_url"))


@pytest.fixture
def can(opener: QueueOpener) -> Capabilities:
    return OF_SERVICE_BUS if isinstance(getattr(opener, "__self__", None), ServiceBusBench) else EVERYTHING


@pytest.fixture
def keeps_sessions(can: Capabilities) -> None:
    if not can.mixes_sessions:
        pytest.skip("an entity of Service Bus has sessions for all of its messages or none")


@pytest_asyncio.fixture(loop_scope="module")
async def queue(opener: QueueOpener, clock: ManualClock) -> AsyncGenerator[JobQueue]:
    async with opener(clock) as opened:
        yield opened


async def send(queue: JobQueue, *bodies: str, entity: str = ORDERS, **fields: Any) -> list[int]:
    return await queue.send(entity, [message(body, **fields) for body in bodies])


async def take(queue: JobQueue, count: int = 10, *, entity: str = ORDERS) -> list[ReceivedMessage]:
    return await queue.receive(entity, max_messages=count)


def bodies(messages: Sequence[ReceivedMessage]) -> list[str]:
    return [received.body.decode() for received in messages]


async def test_a_message_comes_as_it_was_sent(queue: JobQueue, clock: ManualClock, can: Capabilities) -> None:
    properties = {
        "text": "Zoë \U0001f600 '\"\\",
        "whole": -(2**63),
        "real": 1e300,
        "one": 1.0,
        "yes": True,
        "none": None,
    }
    sent = OutgoingMessage(body=bytes(range(256)), message_id="m-1", session_id="s-1", properties=properties)

    (number,) = await queue.send(ORDERS, [sent])
    (received,) = await take(queue)

    assert received == ReceivedMessage(
        entity=ORDERS,
        body=sent.body,
        message_id="m-1",
        sequence_number=number if can.tells_numbers else received.sequence_number,
        delivery_count=1,
        enqueued_at=clock.now(),
        session_id="s-1",
        properties=properties,
        lock_token=received.lock_token,
        locked_until=clock.now() + timedelta(seconds=LOCK_SECONDS),
    )
    assert received.lock_token
    assert {name: type(value) for name, value in received.properties.items()} == {
        name: type(value) for name, value in properties.items()
    }


async def test_messages_come_oldest_first_and_each_to_one_receiver(queue: JobQueue, can: Capabilities) -> None:
    numbers = await send(queue, "a", "b", "c")

    if can.tells_numbers:
        assert numbers == sorted(set(numbers))
        assert min(numbers) > 0
    else:
        assert numbers == [0, 0, 0]
    assert bodies(await take(queue, 2)) == ["a", "b"]
    assert bodies(await take(queue, 2)) == ["c"]
    assert await take(queue) == []


async def test_sending_nothing_is_harmless(queue: JobQueue) -> None:
    assert await queue.send(ORDERS, []) == []


async def test_a_message_without_an_id_gets_one_of_its_own(queue: JobQueue) -> None:
    await send(queue, "a", "b")

    first, second = await take(queue)

    assert first.message_id
    assert first.message_id != second.message_id


async def test_completed_messages_are_gone(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", "b")
    await queue.complete(await take(queue))
    await clock.advance(LOCK_SECONDS)

    assert await take(queue) == []
    assert await queue.depth(ORDERS) == QueueDepth()


async def test_completing_removes_what_is_held_and_tells_of_the_rest(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", "b")
    lost = await take(queue, 1)
    await clock.advance(LOCK_SECONDS)
    held = await take(queue)

    with pytest.raises(TextNLPError, match="1 of 2") as caught:
        await queue.complete([lost[0], held[1]])

    assert caught.value.kind is ErrorKind.CONFLICT
    assert bodies(await queue.peek(ORDERS)) == ["a"]


async def test_a_message_whose_lock_ended_is_delivered_again_and_counted(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", "b")
    await take(queue, 1)
    await clock.advance(LOCK_SECONDS - 1)
    assert bodies(await take(queue)) == ["b"]
    await clock.advance(1)

    (again,) = await take(queue)

    assert (bodies([again]), again.delivery_count) == (["a"], 2)


async def test_renewing_holds_the_lock_longer(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a")
    (held,) = await take(queue)
    await clock.advance(LOCK_SECONDS - 1)

    until = await queue.renew(held)
    await clock.advance(LOCK_SECONDS - 1)

    assert until == clock.now() + timedelta(seconds=1)
    assert await take(queue) == []
    await queue.complete([held])


async def test_an_abandoned_message_comes_again_at_once_in_its_place(queue: JobQueue) -> None:
    await send(queue, "a", "b")
    (first,) = await take(queue, 1)
    await queue.abandon(first)

    assert [(m.body, m.delivery_count) for m in await take(queue)] == [(b"a", 2), (b"b", 1)]


@pytest.mark.parametrize("how", ["abandon", "renew", "defer", "dead_letter"])
async def test_settling_needs_the_lock(queue: JobQueue, clock: ManualClock, how: str) -> None:
    await send(queue, "a")
    (lost,) = await take(queue)
    (peeked,) = await queue.peek(ORDERS)
    await clock.advance(LOCK_SECONDS)
    (held,) = await take(queue)

    for stale in (
        lost,
        peeked,
        replace(held, lock_token=held.lock_token[:-1]),
        replace(held, sequence_number=held.sequence_number + 1),
    ):
        with pytest.raises(TextNLPError, match="no longer held") as caught:
            await (queue.dead_letter(stale, reason="r") if how == "dead_letter" else getattr(queue, how)(stale))
        assert caught.value.kind is ErrorKind.CONFLICT
    await queue.complete([held])


async def test_after_its_last_delivery_a_message_is_a_dead_letter(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "ended", "given back")
    for _ in range(MAX_DELIVERIES - 1):
        assert len(await take(queue)) == 2
        await clock.advance(LOCK_SECONDS)
    _, second = await take(queue)
    await queue.abandon(second)
    assert await take(queue) == []
    await clock.advance(LOCK_SECONDS)

    dead = await queue.receive(DEAD, max_messages=10)

    assert await take(queue) == []
    assert bodies(dead) == ["given back", "ended"]
    assert {m.dead_letter_reason for m in dead} == {"MaxDeliveryCountExceeded"}
    assert all("3" in (m.dead_letter_description or "") for m in dead)
    assert [m.delivery_count for m in dead] == [MAX_DELIVERIES + 1] * 2


async def test_a_dead_letter_keeps_its_reason_and_is_delivered_without_limit(
    queue: JobQueue, clock: ManualClock
) -> None:
    await send(queue, "a", message_id="m", properties={"k": 1})
    (held,) = await take(queue)
    await queue.dead_letter(held, reason="bad\0", description="x" * 5_000)

    for _ in range(MAX_DELIVERIES + 2):
        assert len(await take(queue, entity=DEAD)) == 1
        await clock.advance(TTL_SECONDS)

    (dead,) = await take(queue, entity=DEAD)
    assert (dead.entity, dead.body, dead.message_id, dead.properties) == (DEAD, b"a", "m", {"k": 1})
    assert (dead.dead_letter_reason, dead.dead_letter_description) == ("bad\ufffd", "x" * 4_096)
    with pytest.raises(TextNLPError, match="already") as caught:
        await queue.dead_letter(dead, reason="again")
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    await queue.complete([dead])
    assert await queue.peek(DEAD) == []


async def test_dead_letters_are_sent_again_with_everything_forgiven(queue: JobQueue, clock: ManualClock) -> None:
    numbers = await send(queue, "a", "b", message_id=None, properties={"k": 1})
    for held in await take(queue):
        await queue.dead_letter(held, reason="bad")
    await clock.advance(10)

    assert await queue.resend_dead_letters(ORDERS, max_messages=1) == 1
    assert (await queue.depth(ORDERS)) == QueueDepth(active=1, dead_lettered=1)
    assert await queue.resend_dead_letters(DEAD) == 1
    assert await queue.resend_dead_letters(ORDERS) == 0

    again = await take(queue)
    assert bodies(again) == ["a", "b"]
    assert min(m.sequence_number for m in again) > max(numbers)
    assert {(m.delivery_count, m.enqueued_at, m.dead_letter_reason) for m in again} == {(1, clock.now(), None)}


async def test_an_expired_message_is_a_dead_letter_where_the_entity_says_so(
    queue: JobQueue, clock: ManualClock
) -> None:
    await send(queue, "short", time_to_live_seconds=5)
    await send(queue, "long", time_to_live_seconds=10 * TTL_SECONDS)
    await send(queue, "lost", entity="hints")
    await clock.advance(5)
    assert bodies(await queue.peek(ORDERS)) == ["long"]
    await clock.advance(TTL_SECONDS - 5)

    dead = await take(queue, entity=DEAD)

    assert bodies(dead) == ["short", "long"]
    assert {m.dead_letter_reason for m in dead} == {"TTLExpiredException"}
    assert await queue.depth("hints") == QueueDepth()


async def test_a_message_that_is_held_expires_only_when_its_lock_ends(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", "b", time_to_live_seconds=5)
    first, _ = await take(queue)
    await clock.advance(6)

    await queue.complete([first])
    assert (await queue.depth(ORDERS)).locked == 1
    await clock.advance(LOCK_SECONDS)

    assert await take(queue) == []
    assert bodies(await queue.peek(DEAD)) == ["b"]


async def test_a_scheduled_message_waits_for_its_time(queue: JobQueue, clock: ManualClock) -> None:
    later = clock.now() + timedelta(seconds=30)
    await send(queue, "later", scheduled_for=later)
    await send(queue, "past", scheduled_for=clock.now() - timedelta(seconds=1))

    assert await queue.depth(ORDERS) == QueueDepth(active=1, scheduled=1)
    assert bodies(await take(queue)) == ["past"]
    await clock.advance(30)

    (received,) = await take(queue)
    assert (received.body, received.enqueued_at) == (b"later", later)


async def test_a_scheduled_message_can_be_cancelled_until_it_is_due(queue: JobQueue, clock: ManualClock) -> None:
    later = clock.now() + timedelta(seconds=30)
    kept, cancelled = await send(queue, "kept", "cancelled", scheduled_for=later)
    await queue.cancel_scheduled(ORDERS, [cancelled, 10**9])
    await clock.advance(30)
    await queue.cancel_scheduled(ORDERS, [kept])

    assert bodies(await take(queue)) == ["kept"]


async def test_cancelling_at_a_topic_cancels_every_copy(queue: JobQueue, clock: ManualClock) -> None:
    later = clock.now() + timedelta(seconds=30)
    numbers = await send(queue, "a", entity="events", scheduled_for=later, properties={"Status": "Completed"})
    await queue.cancel_scheduled("events", numbers)

    assert await queue.depth("events/done") == await queue.depth("events/all") == QueueDepth()


async def test_a_second_message_with_an_id_vanishes_within_the_window(
    queue: JobQueue, clock: ManualClock, can: Capabilities
) -> None:
    first, twin, other = await queue.send(ORDERS, [message(b, message_id=i) for b, i in ("ax", "bx", "cy")])
    await queue.complete(await take(queue))
    await clock.advance(WINDOW_SECONDS - 1)

    assert (twin, await send(queue, "d", message_id="x")) == (0, [0])
    await clock.advance(1)
    fresh = await send(queue, "e", message_id="x")
    if can.tells_numbers:
        assert min(first, other, *fresh) > 0
    assert await send(queue, "f", message_id="x") == [0]
    assert bodies(await take(queue)) == ["e"]


async def test_ids_are_remembered_by_entity_and_only_where_it_says_so(queue: JobQueue, can: Capabilities) -> None:
    for entity in ("hints", "hints", ORDERS, "events"):
        numbers = await send(queue, "a", entity=entity, message_id="x")
        assert 0 not in numbers or not can.tells_numbers

    counts = [len(await queue.peek(entity)) for entity in ("hints", ORDERS, "events/all")]
    assert counts == [2, 1, 1]


async def test_a_topic_copies_to_each_subscription_whose_filter_matches(queue: JobQueue, can: Capabilities) -> None:
    done, failed = await queue.send(
        "events",
        [message("done", properties={"status": "Completed"}), message("failed", properties={"Status": "Failed"})],
    )

    assert 0 < done < failed or not can.tells_numbers
    assert bodies(await take(queue, entity="events/done")) == ["done"]
    assert bodies(await take(queue, entity="events/all")) == ["done", "failed"]


async def test_a_subscription_has_terms_of_its_own(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", entity="events", message_id="x", properties={"Status": "Completed"})
    assert await send(queue, "b", entity="events", message_id="x") == [0]
    (held,) = await take(queue, entity="events/all")
    await queue.abandon(held)

    assert bodies(await take(queue, entity="events/all/$deadletterqueue")) == ["a"]
    await clock.advance(500)
    assert bodies(await take(queue, entity="events/done/$deadletterqueue")) == ["a"]


async def test_a_deferred_message_comes_only_by_its_number(queue: JobQueue) -> None:
    await send(queue, "a", "b")
    first, second = await take(queue)
    await queue.defer(first)

    assert await queue.depth(ORDERS) == QueueDepth(locked=1, deferred=1)
    assert await take(queue) == []
    (back,) = await queue.receive_deferred(ORDERS, [second.sequence_number, first.sequence_number, 10**9])
    assert (back.body, back.delivery_count) == (b"a", 2)
    assert await queue.receive_deferred(ORDERS, [first.sequence_number]) == []
    await queue.complete([back, second])


async def test_a_deferred_message_expires_too(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", time_to_live_seconds=5)
    (held,) = await take(queue)
    await queue.defer(held)
    await clock.advance(5)

    assert await queue.receive_deferred(ORDERS, [held.sequence_number]) == []
    assert bodies(await queue.peek(DEAD)) == ["a"]


@pytest.mark.usefixtures("keeps_sessions")
async def test_messages_of_a_session_are_held_up_by_an_earlier_one_that_is_locked(queue: JobQueue) -> None:
    await queue.send(
        ORDERS, [message(b, session_id=s) for b, s in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("x", None))]
    )

    (first,) = await take(queue, 1)
    assert bodies(await take(queue)) == ["b1", "x"]
    await queue.abandon(first)

    both = await take(queue)
    assert bodies(both) == ["a1", "a2"]
    await queue.abandon(both[1])
    assert await take(queue) == []
    await queue.complete([both[0]])
    assert bodies(await take(queue)) == ["a2"]


@pytest.mark.usefixtures("keeps_sessions")
async def test_one_session_can_be_asked_for(queue: JobQueue) -> None:
    await queue.send(
        ORDERS, [message(b, session_id=s) for b, s in (("x", None), ("a1", "a"), ("b1", "b"), ("b2", "b"))]
    )

    assert bodies(await queue.receive(ORDERS, max_messages=10, session_id="b")) == ["b1", "b2"]
    assert await queue.receive(ORDERS, max_messages=10, session_id="c") == []
    assert bodies(await take(queue)) == ["x", "a1"]


async def test_peeking_shows_every_state_and_changes_none(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "locked", "deferred")
    _, second = await take(queue)
    await queue.defer(second)
    await send(queue, "later", scheduled_for=clock.now() + timedelta(seconds=30))
    await send(queue, "waiting")

    seen = await queue.peek(ORDERS)

    assert bodies(seen) == ["locked", "deferred", "later", "waiting"]
    assert [m.delivery_count for m in seen] == [1, 1, 0, 0]
    assert {(m.lock_token, m.locked_until) for m in seen} == {("", None)}
    rest = await queue.peek(ORDERS, from_sequence_number=seen[1].sequence_number, max_messages=2)
    assert bodies(rest) == ["deferred", "later"]
    assert await queue.depth(ORDERS) == QueueDepth(active=1, locked=1, scheduled=1, deferred=1)


@pytest.mark.parametrize("entity", ["nowhere", "events", "orders/$deadletterqueue/$deadletterqueue"])
async def test_what_cannot_be_received_from_is_not_found(queue: JobQueue, entity: str) -> None:
    for call in (queue.receive, queue.peek, queue.depth, queue.resend_dead_letters):
        with pytest.raises(TextNLPError) as caught:
            await call(entity)
        assert caught.value.kind is ErrorKind.NOT_FOUND


@pytest.mark.parametrize("entity", ["nowhere", "events/done", DEAD])
async def test_what_cannot_be_sent_to_is_not_found(queue: JobQueue, entity: str) -> None:
    with pytest.raises(TextNLPError, match="orders, hints, events") as caught:
        await send(queue, "a", entity=entity)

    assert caught.value.kind is ErrorKind.NOT_FOUND


@pytest.mark.parametrize(
    "fields",
    [
        {"message_id": ""},
        {"message_id": "x" * 129},
        {"session_id": "a\0"},
        {"session_id": "\ud800"},
        {"properties": {"a": float("nan")}},
        {"properties": {"a": 2**63}},
        {"properties": {"a": "\ud800"}},
        {"properties": {"\0": 1}},
        {"time_to_live_seconds": 0},
        {"scheduled_for": datetime(2026, 1, 1)},  # noqa: DTZ001  the mistake under test
        {"scheduled_for": datetime.max.replace(tzinfo=UTC)},
    ],
)
async def test_a_message_that_cannot_be_kept_is_refused_with_all_others(
    queue: JobQueue, fields: dict[str, Any]
) -> None:
    with pytest.raises(TextNLPError) as caught:
        await queue.send(ORDERS, [message("good"), message("bad", **fields)])

    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert await queue.depth(ORDERS) == QueueDepth()


async def asleep(clock: ManualClock, waiter: asyncio.Task[list[ReceivedMessage]]) -> None:
    """Return when the receiver has found nothing and waits."""
    while not clock.sleeping and not waiter.done():  # noqa: ASYNC110  nobody announces that a receiver waits
        await asyncio.sleep(0.001)


async def test_receiving_waits_for_a_message_to_be_sent(queue: JobQueue, clock: ManualClock) -> None:
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=30))
    await asleep(clock, waiter)
    await send(queue, "a", "b")

    assert bodies(await asyncio.wait_for(waiter, 10)) == ["a"]


async def test_receiving_gives_up_when_the_wait_is_over(queue: JobQueue, clock: ManualClock) -> None:
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=30))
    while not waiter.done():
        await asleep(clock, waiter)
        await clock.advance(5)

    assert await waiter == []


async def test_receiving_wakes_when_a_scheduled_message_is_due(
    queue: JobQueue, clock: ManualClock, can: Capabilities
) -> None:
    await send(queue, "a", scheduled_for=clock.now() + timedelta(seconds=7))
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=30))
    await asleep(clock, waiter)
    assert clock.next_wake_seconds <= 7 or not can.sees_due_times
    await clock.advance(7)

    assert bodies(await asyncio.wait_for(waiter, 10)) == ["a"]


@pytest.mark.usefixtures("keeps_sessions")
async def test_receiving_wakes_when_a_message_is_given_back(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a1", "a2", session_id="a")
    (held,) = await take(queue, 1)
    waiter = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=30))
    await asleep(clock, waiter)
    await queue.complete([held])

    assert bodies(await asyncio.wait_for(waiter, 10)) == ["a2"]
    other = asyncio.create_task(queue.receive(ORDERS, max_wait_seconds=30))
    await asleep(clock, other)
    await queue.abandon(waiter.result()[0])
    assert bodies(await asyncio.wait_for(other, 10)) == ["a2"]


async def test_receiving_dead_letters_wakes_when_a_message_dies(queue: JobQueue, clock: ManualClock) -> None:
    await send(queue, "a", time_to_live_seconds=7)
    waiter = asyncio.create_task(queue.receive(DEAD, max_wait_seconds=30))
    await asleep(clock, waiter)
    await clock.advance(7)

    assert bodies(await asyncio.wait_for(waiter, 10)) == ["a"]


async def test_many_receivers_share_the_messages_without_overlap(queue: JobQueue) -> None:
    await send(queue, *map(str, range(100)))

    shares = await asyncio.gather(*(queue.receive(ORDERS, max_messages=20) for _ in range(8)))

    received = [body for share in shares for body in bodies(share)]
    assert sorted(received, key=int) == [str(number) for number in range(100)]


async def test_many_senders_of_one_id_put_in_one_message(queue: JobQueue, can: Capabilities) -> None:
    numbers = await asyncio.gather(*(send(queue, "a", message_id="x") for _ in range(8)))

    assert sum(number != [0] for number in numbers) == can.tells_numbers
    assert len(await take(queue)) == 1


@pytest.mark.usefixtures("keeps_sessions")
async def test_receivers_of_sessions_never_overtake_each_other(queue: JobQueue) -> None:
    await queue.send(ORDERS, [message(f"{s}{n}", session_id=s) for n in range(5) for s in "abcd"])

    async def work() -> list[str]:
        done: list[str] = []
        while messages := await queue.receive(ORDERS, max_messages=1):
            done += bodies(messages)
            await queue.complete(messages)
        return done

    shares = await asyncio.gather(*(work() for _ in range(4)))
    rest = await work()

    for session in "abcd":
        for share in shares:
            of_session = [body for body in share if body[0] == session]
            assert of_session == sorted(of_session)
    assert sorted([body for share in shares for body in share] + rest) == sorted(
        f"{s}{n}" for n in range(5) for s in "abcd"
    )


async def test_a_queue_that_works_passes_its_check_and_closes_twice(queue: JobQueue) -> None:
    await queue.check()
    await queue.aclose()
    await queue.aclose()
