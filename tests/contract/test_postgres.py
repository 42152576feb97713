import asyncio
from collections import Counter

import pytest

from tests.contract.job_queue_cases import message, new_namespace, postgres_queue
from textnlp.adapters.clock.system import SystemClock
from textnlp.domain.messaging.model import QueueDepth

pytestmark = pytest.mark.postgres


async def test_several_queue_objects_share_one_line_without_losing_or_doubling_anything(
    queue_database_url: str,
) -> None:
    namespace = new_namespace()
    seen = Counter[bytes]()

    async def work() -> None:
        async with postgres_queue(queue_database_url, SystemClock(), namespace=namespace) as queue:
            while seen.total() < 300:
                messages = await queue.receive("orders", max_messages=7, max_wait_seconds=0.5)
                seen.update(received.body for received in messages)
                await queue.complete(messages)

    async with postgres_queue(queue_database_url, SystemClock(), namespace=namespace) as sender:
        workers = [asyncio.create_task(work()) for _ in range(3)]
        for start in range(0, 300, 30):
            await sender.send("orders", [message(str(start + number)) for number in range(30)])
        await asyncio.gather(*workers)
        assert await sender.depth("orders") == QueueDepth()

    assert seen == Counter(str(number).encode() for number in range(300))
