"""Slices that come twice, out of order, to two workers at once, or whose worker hangs; and clocks that jump."""

import asyncio
import contextlib
import dataclasses
import random
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.acceptance.command_line import until
from tests.factories.memory_platform import MODEL, engine_directory, memory_ports
from tests.unit.application.test_work_slices import numbered, submitted
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.inspector import PostgresInspector
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.finish_batch import finish_batch
from textnlp.application.send_slices import send_slices
from textnlp.application.work_slices import SliceWorker, WorkerOptions
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.identifiers import BatchId
from textnlp.domain.inspection.rules import batch_faults, leftover_fault
from textnlp.ports.text_engine import TextEngine
from textnlp.topology.catalog import TOPOLOGY

pytestmark = pytest.mark.postgres

ROWS = 60
LANES = 4
_GRACE = timedelta(minutes=15)


class JumpingClock(SystemClock):
    """The machine's clock, whose date is set to another one in the middle of everything."""

    def __init__(self) -> None:
        self.offset = timedelta(0)

    def now(self) -> datetime:
        return super().now() + self.offset


class Place:
    """A ledger and a queue on PostgreSQL, and workers on them."""

    def __init__(self, database: PostgresDatabase, database_url: str) -> None:
        self._database = database
        self.clock = JumpingClock()
        self._url = database_url
        self.ports = self.beside()

    def beside(self) -> BatchPorts:
        """Return the ports of a further process."""

        async def address() -> str:
            return self._url

        queue = PostgresJobQueue(
            self._database.connection, listen_dsn=address, topology=TOPOLOGY, clock=self.clock, namespace=""
        )
        ports = memory_ports() if not hasattr(self, "ports") else self.ports
        return dataclasses.replace(
            ports, ledger=PostgresBatchLedger(self._database), queue=queue, clock=self.clock, events=None
        )

    async def faults(self) -> list[Any]:
        inspector = PostgresInspector(self._database, slice_queue=self.ports.queue_entity, grace=_GRACE)
        found = [fault async for page in inspector.batches() for each in page for fault in batch_faults(each)]
        left = [*await inspector.leftovers(self.clock.now()), *await inspector.stranded()]
        return [*found, *map(leftover_fault, left)]


@pytest.fixture
async def place(database: PostgresDatabase, database_url: str) -> AsyncGenerator[Place]:
    place = Place(database, database_url)
    yield place
    await place.ports.queue.aclose()


async def worked_by(ports: Sequence[BatchPorts], batch: Batch, engines: Sequence[TextEngine]) -> Batch:
    """Have several workers work until the batch has ended."""
    ended = asyncio.Event()

    async def on_batch_end(batch_id: BatchId) -> None:
        await finish_batch(ports[0], batch_id)
        ended.set()

    async with contextlib.AsyncExitStack() as stack:
        for each, engine in zip(ports, engines, strict=True):
            directory = engine_directory(engine)
            worker = SliceWorker(
                ports=each,
                engines_for=lambda _, directory=directory: directory.find,
                options=WorkerOptions(lanes=LANES, linger_seconds=0.001),
                on_batch_end=on_batch_end,
            )
            working = asyncio.create_task(worker.run())
            stack.push_async_callback(_stopped, working)
        async with asyncio.timeout(60):
            await ended.wait()
    return await ports[0].ledger.get(batch.id)


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def engine(place: Place, *, latency_seconds: float = 0.005) -> ScriptedEngine:
    return ScriptedEngine(clock=place.clock, name=MODEL, latency_seconds=latency_seconds)


async def test_slices_that_come_twice_and_out_of_order_are_asked_and_stored_once(place: Place) -> None:
    batch = await submitted(place.ports, numbered(ROWS))
    slices = await place.ports.ledger.unfinished_slices(batch.id)
    chance = random.Random(5)
    for number in (1, 2):
        await send_slices(place.ports, batch.id, chance.sample(slices, len(slices)), round_number=number)
    only = engine(place)
    batch = await worked_by([place.ports], batch, [only])
    assert (batch.state, batch.counts.accepted, batch.counts.pending) == (BatchState.COMPLETED, ROWS, 0)
    assert only.calls <= 3 * ROWS
    assert await place.faults() == []


async def test_two_workers_with_the_same_slices_store_each_row_once(place: Place) -> None:
    batch = await submitted(place.ports, numbered(ROWS))
    await send_slices(place.ports, batch.id, await place.ports.ledger.unfinished_slices(batch.id), round_number=1)
    other = place.beside()
    batch = await worked_by([place.ports, other], batch, [engine(place), engine(place)])
    await other.queue.aclose()
    assert (batch.state, batch.counts.accepted) == (BatchState.COMPLETED, ROWS)
    assert await place.faults() == []


async def test_a_slice_whose_worker_hangs_goes_to_another_when_its_lock_ends(place: Place) -> None:
    batch = await submitted(place.ports, numbered(ROWS))
    (stuck,) = await place.ports.queue.receive(place.ports.queue_entity, max_messages=1, max_wait_seconds=5)
    place.clock.offset = timedelta(seconds=place.ports.lock_seconds + 1)
    batch = await worked_by([place.ports], batch, [engine(place)])
    assert stuck.delivery_count == 1
    assert (batch.state, batch.counts.accepted) == (BatchState.COMPLETED, ROWS)
    assert await place.faults() == []


@pytest.mark.parametrize("jump", [timedelta(hours=20), timedelta(days=-2)])
async def test_a_clock_that_jumps_in_the_middle_costs_no_row(place: Place, jump: timedelta) -> None:
    batch = await submitted(place.ports, numbered(ROWS))
    only = engine(place, latency_seconds=0.02)

    async def set_the_clock() -> None:
        await until(lambda: only.calls >= ROWS // 3)
        place.clock.offset = jump

    jumping = asyncio.create_task(set_the_clock())
    batch = await worked_by([place.ports], batch, [only])
    await jumping
    assert (batch.state, batch.counts.accepted, batch.counts.pending) == (BatchState.COMPLETED, ROWS, 0)
    assert await place.faults() == []
