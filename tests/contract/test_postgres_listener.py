import asyncio
from collections.abc import AsyncGenerator

import psycopg
import pytest

from tests.contract.job_queue_cases import message, new_namespace, postgres_queue
from tests.doubles.clock import ManualClock
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.queues.postgres_receive import ORPHAN_GRACE_SECONDS
from textnlp.ports.job_queue import JobQueue

pytestmark = pytest.mark.postgres

_LISTENERS = "from pg_locks where locktype = 'advisory' and classid = 32327 and granted"


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


async def test_a_living_holder_that_is_cut_off_for_a_moment_keeps_its_messages(
    queue: JobQueue,
    clock: ManualClock,
    queue_database_url: str,
    namespace: str,
) -> None:
    await queue.send("orders", [message("a")])
    async with (
        postgres_queue(queue_database_url, SystemClock(), namespace=namespace) as living,
        await psycopg.AsyncConnection.connect(queue_database_url, autocommit=True) as observer,
    ):
        held = await living.receive("orders")
        assert await queue.receive("orders") == []
        before = await listeners(observer)
        await observer.execute(f"select pg_terminate_backend(pid) {_LISTENERS}")
        assert await queue.receive("orders") == []
        while not await listeners(observer) - before:  # noqa: ASYNC110  the server announces no connection
            await asyncio.sleep(0.01)
        for _ in range(3):
            await clock.advance(ORPHAN_GRACE_SECONDS)
            assert await queue.receive("orders") == []
        await living.complete(held)


async def test_a_receiver_that_cannot_hear_looks_often_and_hears_again_later(
    queue: JobQueue,
    clock: ManualClock,
    queue_database_url: str,
) -> None:
    await queue.receive("orders")
    async with await psycopg.AsyncConnection.connect(queue_database_url, autocommit=True) as observer:
        await observer.execute(f"select pg_terminate_backend(pid) {_LISTENERS}")
        while not clock.sleeping:  # noqa: ASYNC110  the listener sleeps before it connects again
            await asyncio.sleep(0.01)
        waiter = asyncio.create_task(queue.receive("orders", max_wait_seconds=30))
        await queue.send("orders", [message("a")])
        while not waiter.done():
            await clock.advance(0.05)
            await asyncio.sleep(0.01)
        assert len(await waiter) == 1
        while not await listeners(observer):
            await clock.advance(0.5)
            await asyncio.sleep(0.01)


async def listeners(observer: psycopg.AsyncConnection[tuple[int]]) -> set[int]:
    """Return the processes of the server on which queues show that they live."""
    return {row[0] for row in await (await observer.execute(f"select pid {_LISTENERS}")).fetchall()}
