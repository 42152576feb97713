"""How many messages a second does the PostgreSQL queue send, receive and complete, alone and with many waiting?

Bodies of 200 bytes, batches of 100, one task that does one thing at a time, on the embedded server.
"""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE as ENTITY

BATCH = 100
BATCHES = 100
WAITING = 100_000
HELD = 20_000
BODY = b"x" * 200


@dataclass
class Figures:
    """How long the messages took to send, and to receive and complete."""

    sent_seconds: float = 0.0
    taken_seconds: float = 0.0

    def line(self, label: str) -> str:
        """Return the rates as a line."""
        count = BATCH * BATCHES
        whole = count / (self.sent_seconds + self.taken_seconds)
        return (
            f"{label:<44} send {count / self.sent_seconds:>7,.0f}/s   "
            f"receive+complete {count / self.taken_seconds:>7,.0f}/s   whole {whole:>7,.0f}/s"
        )


def batch(start: int, size: int = BATCH) -> list[OutgoingMessage]:
    return [OutgoingMessage(body=BODY, message_id=f"{start + number}") for number in range(size)]


async def measure(queue: PostgresJobQueue, start: int) -> Figures:
    figures = Figures()
    for number in range(BATCHES):
        began = time.perf_counter()
        assert all(await queue.send(ENTITY, batch(start + number * BATCH)))
        figures.sent_seconds += time.perf_counter() - began
    for _ in range(BATCHES):
        began = time.perf_counter()
        messages = await queue.receive(ENTITY, max_messages=BATCH)
        assert len(messages) == BATCH
        await queue.complete(messages)
        figures.taken_seconds += time.perf_counter() - began
    return figures


async def one_at_a_time(queue: PostgresJobQueue) -> float:
    await queue.send(ENTITY, batch(-BATCH))
    began = time.perf_counter()
    for _ in range(BATCH):
        await queue.complete(await queue.receive(ENTITY))
    return (time.perf_counter() - began) / BATCH


async def run(url: str) -> None:
    await upgrade(url)
    clock = SystemClock()
    database = PostgresDatabase(url, clock=clock)
    listen_dsn = DatabaseAddress(url).conninfo
    queue = PostgresJobQueue(database.connection, listen_dsn=listen_dsn, topology=TOPOLOGY, clock=clock)
    print((await measure(queue, 0)).line("empty queue"))
    print(f"{'one message at a time':<44} receive+complete {1000 * await one_at_a_time(queue):.2f} ms")
    for start in range(0, WAITING, 1_000):
        await queue.send(ENTITY, batch(1_000_000 + start, 1_000))
    for _ in range(HELD // 1_000):
        assert len(await queue.receive(ENTITY, max_messages=1_000)) == 1_000
    print((await measure(queue, 2_000_000)).line(f"{WAITING - HELD:,} waiting behind {HELD:,} locked"))
    await queue.aclose()
    await database.aclose()


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as folder:
        server = EmbeddedPostgres(Path(folder), clock=SystemClock())
        try:
            await run(await server.ensure_running())
        finally:
            await server.release()


if __name__ == "__main__":
    asyncio.run(main())
