"""The wiring of an inspection: beside a platform, which may be running, and changing nothing of it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

from textnlp.adapters.blobs.staged_files import abandoned_writes
from textnlp.adapters.database.inspector import PostgresInspector
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.dataset_files.tombstone_file import read_tombstone
from textnlp.adapters.dataset_files.verifier import verify_version
from textnlp.application.inspect_platform import InspectionPorts
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.database_wiring import database_address
from textnlp.domain.datasets.manifest import Finding
from textnlp.domain.inspection.model import Leftover, VersionReference
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE

_CONNECTIONS = 2
_GRACE = timedelta(seconds=3 * max(TOPOLOGY.limits.usage_interval_seconds, TOPOLOGY.limits.sweep_interval_seconds))
"""Timers look every few minutes; what they have passed over three times, nobody looks after."""
_ALLOWED = timedelta(hours=1)
"""How long half-written files may lie about before somebody is told of them."""


@contextlib.asynccontextmanager
async def open_inspection(settings: Settings) -> AsyncGenerator[InspectionPorts]:
    """Open what an inspection stands on, without bringing the database up to date.

    Raises what `database_address` and `open_blobs` do.
    """
    # Before the blobs are opened, which removes them.
    staged = await asyncio.to_thread(
        abandoned_writes,
        settings.blobs_dir,
        settings.data_dir / "datasets",
        now=SYSTEM_CLOCK.now(),
        allowed=_ALLOWED,
    )

    async def staged_files() -> Sequence[Leftover]:
        return staged

    async def version_findings(version: VersionReference) -> Sequence[Finding]:
        folder = settings.data_dir / "datasets" / version.run_id / f"v{version.number}"
        if await asyncio.to_thread(read_tombstone, folder) is not None:
            return []
        return await asyncio.to_thread(verify_version, folder)

    async with contextlib.AsyncExitStack() as stack:
        address = await stack.enter_async_context(database_address(settings))
        database = PostgresDatabase(address, clock=SYSTEM_CLOCK, max_connections=_CONNECTIONS, silence_seconds=None)
        stack.push_async_callback(database.aclose)
        slice_queue = None if settings.queue_url else TOPOLOGY.queue(BATCH_PROCESSING_QUEUE).name
        yield InspectionPorts(
            inspector=PostgresInspector(database, slice_queue=slice_queue, grace=_GRACE),
            blobs=await open_blobs(stack, settings),
            clock=SYSTEM_CLOCK,
            staged_files=staged_files,
            version_findings=version_findings,
        )
