from collections.abc import AsyncGenerator

import psycopg
import pytest

from tests.contract.job_queue_cases import message, new_namespace, postgres_queue
from tests.doubles.clock import ManualClock
from textnlp.adapters.clock.system import SystemClock
from textnlp.ports.job_queue import JobQueue

pytestmark = pytest.mark.postgres


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


async def test_another_namespace_is_another_world(queue: JobQueue, queue_database_url: str, clock: ManualClock) -> None:
    (number,) = await queue.send("orders", [message("a", message_id="x")])
    async with postgres_queue(queue_database_url, clock) as other:
        assert await other.receive("orders") == []
        assert await other.peek("orders", from_sequence_number=number) == []
        assert await other.send("orders", [message("b", message_id="x")]) != [0]
    assert len(await queue.peek("orders")) == 1


async def test_ids_whose_window_is_over_are_forgotten(
    queue: JobQueue, clock: ManualClock, queue_database_url: str, namespace: str
) -> None:
    await queue.send("orders", [message("a", message_id=str(number)) for number in range(50)])
    await clock.advance(1_000)
    await queue.send("orders", [message("b", message_id="new")])

    query = """
        select count(*) from textnlp.queue_message_ids
        where entity_id in (select id from textnlp.queue_entities where namespace = %s)
    """
    async with await psycopg.AsyncConnection.connect(queue_database_url) as connection:
        assert await (await connection.execute(query, (namespace,))).fetchone() == (1,)
