from collections.abc import AsyncGenerator

import pytest

from tests.contract.job_queue_cases import LOCK_SECONDS, message, new_namespace, postgres_queue
from tests.doubles.clock import ManualClock
from textnlp.adapters.clock.system import SystemClock
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage
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


async def test_thousands_of_ended_locks_and_expired_messages_are_worked_off(
    queue: JobQueue, clock: ManualClock
) -> None:
    await queue.send("orders", [message(str(number)) for number in range(1_200)])
    await queue.send("orders", [message("short", time_to_live_seconds=5) for _ in range(1_200)])
    assert len(await queue.receive("orders", max_messages=1_200)) == 1_200
    await clock.advance(LOCK_SECONDS)

    received = list[ReceivedMessage]()
    while messages := await queue.receive("orders", max_messages=400):
        received += messages

    assert sorted(int(m.body) for m in received) == list(range(1_200))
    assert (await queue.depth("orders")).dead_lettered == 1_200


async def test_a_database_without_tables_says_what_to_do(empty_database_url: str, clock: ManualClock) -> None:
    async with postgres_queue(empty_database_url, clock) as queue:
        with pytest.raises(TextNLPError, match="no tables") as caught:
            await queue.check()

    assert caught.value.kind is ErrorKind.UNAVAILABLE
    assert "migrations" in caught.value.full_text


async def test_a_server_that_is_away_is_unavailable(clock: ManualClock) -> None:
    async with postgres_queue("host=127.0.0.1 port=1 dbname=none", clock, wait_seconds=0.2) as queue:
        with pytest.raises(TextNLPError) as caught:
            await queue.send("orders", [message("a")])

    assert caught.value.kind is ErrorKind.UNAVAILABLE
