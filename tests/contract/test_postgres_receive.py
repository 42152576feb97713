import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.contract.job_queue_cases import LOCK_SECONDS, message, new_namespace, postgres_queue
from tests.doubles.clock import ManualClock
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.queues.postgres_receive import ORPHAN_GRACE_SECONDS
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.job_queue import JobQueue

pytestmark = pytest.mark.postgres

_ROOT = Path(__file__).parents[2]


@contextlib.asynccontextmanager
async def killed_after_locking(url: str, namespace: str) -> AsyncGenerator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.lock_and_wait", url, namespace),
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"locked 1\n"
        yield
    finally:
        process.kill()
        await process.communicate()


@pytest.fixture
def namespace() -> str:
    return new_namespace()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(now=SystemClock().now())


@pytest.fixture
async def queue(queue_database_url: str, clock: ManualClock, namespace: str) -> AsyncGenerator[JobQueue]:
    async with postgres_queue(queue_database_url, clock, namespace=namespace) as opened:
        yield opened


async def test_the_message_of_a_killed_process_is_taken_over_long_before_its_lock_ends(
    queue: JobQueue,
    clock: ManualClock,
    queue_database_url: str,
    namespace: str,
) -> None:
    await queue.send("orders", [message("a")])
    async with killed_after_locking(queue_database_url, namespace):
        await clock.advance(LOCK_SECONDS / 2)
        assert await queue.receive("orders") == []
    received = list[ReceivedMessage]()
    seconds = 0
    while not received:
        await asyncio.sleep(0.02)
        received = await queue.receive("orders")
        await clock.advance(1)
        seconds += 1

    assert [(m.body, m.delivery_count) for m in received] == [(b"a", 2)]
    assert seconds < LOCK_SECONDS / 4


async def test_a_holder_has_a_grace_before_its_messages_are_taken_over(
    queue: JobQueue,
    clock: ManualClock,
    queue_database_url: str,
    namespace: str,
) -> None:
    await queue.send("orders", [message("a")])
    async with postgres_queue(queue_database_url, clock, namespace=namespace) as closed:
        assert len(await closed.receive("orders")) == 1
    assert await queue.receive("orders") == []
    await clock.advance(ORPHAN_GRACE_SECONDS - 0.1)
    assert await queue.receive("orders") == []
    await clock.advance(0.1)

    assert len(await queue.receive("orders")) == 1


async def test_a_waiting_receiver_takes_over_by_itself(
    queue: JobQueue,
    clock: ManualClock,
    queue_database_url: str,
    namespace: str,
) -> None:
    await queue.send("orders", [message("a")])
    async with postgres_queue(queue_database_url, clock, namespace=namespace) as closed:
        assert len(await closed.receive("orders")) == 1
    waiter = asyncio.create_task(queue.receive("orders", max_wait_seconds=LOCK_SECONDS / 2))
    while not waiter.done():
        await asyncio.sleep(0.01)
        await clock.advance(0.5)

    assert len(await waiter) == 1


async def test_a_receiver_hears_what_another_process_sends(
    queue: JobQueue,
    clock: ManualClock,
    queue_database_url: str,
    namespace: str,
) -> None:
    waiter = asyncio.create_task(queue.receive("orders", max_wait_seconds=30))
    while not clock.sleeping:  # noqa: ASYNC110  nobody announces that a receiver waits
        await asyncio.sleep(0.001)
    async with postgres_queue(queue_database_url, clock, namespace=namespace) as other:
        await other.send("orders", [message("a")])

    assert len(await asyncio.wait_for(waiter, 10)) == 1
