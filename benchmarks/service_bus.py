"""How many rows a second does a batch make with its queue on Service Bus, against the queue in PostgreSQL?

One platform each, both on one PostgreSQL server and on folders, with the model that answers at once, so that nothing
but the platform takes time. Service Bus is the double of the tests, through the unmodified library, in a process of its
own. Batches of the two alternate; the ratio is that of neighbours. Slices have the declared number of rows, then a
twentieth of it, where the queue has twenty times as much to do.
"""

import argparse
import asyncio
import contextlib
import logging
import statistics
import tempfile
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from tests.doubles.service_bus_process import running_service_bus_process

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.application.take_in_blob import take_in_blob
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import Platform, PlatformOptions, open_platform
from textnlp.domain.batches.model import BatchSpec, BatchState
from textnlp.settings import Settings
from textnlp.topology.containers import PROMPTS_BATCH
from textnlp.topology.limits import LIMITS
from textnlp.workers.batch_service import serve_batches

PAIRS = 5
ROWS = 10_000
WARM_UP_ROWS = 1_000
_LOOK_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Place:
    """A platform with workers, and what keeps its queue."""

    name: str
    platform: Platform

    async def rows_a_second(self, rows: int, *, slice_rows: int) -> float:
        """Put a file of prompts into the store, and return when every row of it is answered and written."""
        platform, ports = self.platform, self.platform.batch_ports
        path = f"{PROMPTS_BATCH}/{time.monotonic_ns()}.txt"
        await ports.blobs.put(path, "\n".join(f"Praise kettle number {number}." for number in range(rows)).encode())
        spec = BatchSpec(model=platform.default_model, endpoint=platform.endpoint)
        began = time.perf_counter()
        batch = await take_in_blob(ports, path, spec=spec, open_source=platform.open_prompts, slice_rows=slice_rows)
        assert batch is not None
        while batch.finished_at is None:
            await asyncio.sleep(_LOOK_SECONDS)
            batch = await ports.ledger.get(batch.id)
        assert (batch.state, batch.counts.accepted) == (BatchState.COMPLETED, rows), batch
        return rows / (time.perf_counter() - began)


async def measure(here: Place, there: Place, *, rows: int, slice_rows: int) -> None:
    for place in (here, there):
        await place.rows_a_second(WARM_UP_ROWS, slice_rows=slice_rows)
    pairs = [[await place.rows_a_second(rows, slice_rows=slice_rows) for place in (here, there)] for _ in range(PAIRS)]
    ratios = sorted(second / first for first, second in pairs)
    medians = [statistics.median(each) for each in zip(*pairs, strict=True)]
    print(
        f"{rows:,} rows, {slice_rows:>3} a message: "
        f"{here.name} {medians[0]:,.0f} rows/s, {there.name} {medians[1]:,.0f} rows/s; "
        f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )


@contextlib.asynccontextmanager
async def open_place(name: str, settings: Settings) -> AsyncGenerator[Place]:
    async with open_platform(settings, PlatformOptions(takes_calls=True)) as platform:
        working = asyncio.create_task(serve_batches(platform))
        try:
            yield Place(name, platform)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def run(folder: Path, server_url: str, *, rows: int) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        for name in ("here", "there"):
            connection.execute(f"create database {name}")
    async with running_service_bus_process() as bus:
        here = Settings(
            data_dir=folder / "here", database_url=make_conninfo(server_url, dbname="here"), model=SCRIPTED_MODEL
        )
        there = here.model_copy(
            update={
                "data_dir": folder / "there",
                "database_url": make_conninfo(server_url, dbname="there"),
                "queue_url": bus.connection_string,
            }
        )
        async with open_place("PostgreSQL", here) as first, open_place("Service Bus", there) as second:
            for slice_rows in (LIMITS.slice_rows, LIMITS.slice_rows // 20):
                await measure(first, second, rows=rows, slice_rows=slice_rows)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="rows of a batch")
    rows = parser.parse_args().rows
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="textnlp-bench-") as name:
        server = EmbeddedPostgres(Path(name) / "postgres", clock=SystemClock())
        try:
            await run(Path(name), await server.ensure_running(), rows=rows)
        finally:
            await server.release()


if __name__ == "__main__":
    asyncio.run(main())
