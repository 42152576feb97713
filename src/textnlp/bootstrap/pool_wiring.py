"""Wires a pool of machines that looks at rows, without a platform around it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import PurePosixPath
from uuid import uuid4

from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.row_operators.loop_thread import LoopThread
from textnlp.adapters.task_pools.azure_batch import AzureBatchTaskPool
from textnlp.application.look_in_tasks import PoolChecks, PoolOrder, look_in_task, require_alone
from textnlp.application.validate_rows import Looker
from textnlp.bootstrap.validation_wiring import PoolLooker
from textnlp.domain.compute.task_job import PoolJob
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.sent_checks import SentChecks
from textnlp.ports.row_spool import SpooledBatch
from textnlp.settings import Settings


@contextlib.contextmanager
def batch_pool(settings: Settings) -> Generator[PoolLooker]:
    """Yield what looks at rows on the pool that the settings name; raise `INVALID_INPUT` where they name none."""
    clock, thread = SystemClock(), LoopThread()
    address, order = _order(settings)
    tokens = EntraAccessTokens(clock=clock)
    pool = AzureBatchTaskPool(address, tokens=tokens)
    blobs = local_blob_store(settings.blobs_dir, clock=clock)
    checks = PoolChecks(pool, blobs, order, clock=clock)

    async def close() -> None:
        for each in (pool, tokens, blobs):
            await each.aclose()

    try:
        yield lambda sent: _looker(thread, checks, require_alone(sent))
    finally:
        thread.close(last=close)


async def run_part(settings: Settings, job_id: str, name: str) -> None:
    """Look at a part of a job among the blobs of the data folder, as a task does."""
    blobs = await asyncio.to_thread(local_blob_store, settings.blobs_dir, clock=SystemClock())
    async with contextlib.aclosing(blobs):
        await look_in_task(blobs, job_id, name)


def _order(settings: Settings) -> tuple[str, PoolOrder]:
    wanted = {
        "TEXTNLP_BATCH_URL": settings.batch_url,
        "TEXTNLP_BATCH_POOL": settings.batch_pool,
        "TEXTNLP_BATCH_IMAGE": settings.batch_image,
    }
    address, pool, image = wanted.values()
    if not (address and pool and image):
        missing = [name for name, value in wanted.items() if not value]
        raise TextNLPError(
            f"{' and '.join(missing)} must be set to look at rows on Azure Batch.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="docs/how-to/run-on-batch.md says to what.", field="--on"),
        )
    job = PoolJob(id=f"validate-{uuid4().hex}", pool=pool)
    folder = PurePosixPath(settings.data_dir.absolute())
    return address, PoolOrder(job=job, image=image, environment={"TEXTNLP_DATA_DIR": str(folder)})


def _looker(thread: LoopThread, checks: PoolChecks, sent: SentChecks) -> Looker:
    def look(batches: Iterator[list[Record | BadRecord]]) -> Iterator[SpooledBatch]:
        looked = checks.look(sent, batches)
        try:
            while (batch := thread.wait_for(_following(looked))) is not None:
                yield batch
        finally:
            thread.wait_for(looked.aclose())

    return look


async def _following(looked: AsyncGenerator[SpooledBatch]) -> SpooledBatch | None:
    return await anext(looked, None)
