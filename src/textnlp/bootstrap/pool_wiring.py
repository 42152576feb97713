"""Wires a pool of machines that looks at rows, without a platform around it."""

import contextlib
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import PurePosixPath
from uuid import uuid4

from textnlp.adapters.row_operators.loop_thread import LoopThread
from textnlp.adapters.task_pools.azure_batch import AzureBatchTaskPool
from textnlp.application.look_in_tasks import PoolChecks, PoolOrder, look_in_task, require_alone
from textnlp.application.validate_rows import Looker
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.blob_wiring import open_blobs
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.validation_wiring import PoolLooker
from textnlp.domain.compute.task_job import PoolJob
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.sent_checks import SentChecks
from textnlp.ports.row_spool import SpooledBatch
from textnlp.settings import Settings, variable_name


@contextlib.contextmanager
def batch_pool(settings: Settings) -> Generator[PoolLooker]:
    """Yield what looks at rows on the pool that the settings name; raise `INVALID_INPUT` where they name none."""
    thread, stack = LoopThread(), contextlib.AsyncExitStack()
    address, order = _order(settings)
    tokens = access_tokens()
    pool = AzureBatchTaskPool(address, tokens=tokens)
    for each in (tokens, pool):
        stack.push_async_callback(each.aclose)

    try:
        blobs = thread.wait_for(open_blobs(stack, settings, tokens))
        checks = PoolChecks(pool, blobs, order, clock=SYSTEM_CLOCK)
        yield lambda sent: _looker(thread, checks, require_alone(sent))
    finally:
        thread.close(last=stack.aclose)


async def run_part(settings: Settings, job_id: str, name: str) -> None:
    """Look at a part of a job among the blobs that the settings name, as a task does."""
    async with contextlib.AsyncExitStack() as stack:
        await look_in_task(await open_blobs(stack, settings), job_id, name)


def _order(settings: Settings) -> tuple[str, PoolOrder]:
    wanted = {
        variable_name("batch_url"): settings.batch_url,
        variable_name("batch_pool"): settings.batch_pool,
        variable_name("batch_image"): settings.batch_image,
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
    environment = {variable_name("data_dir"): str(PurePosixPath(settings.data_dir.absolute()))}
    if settings.blob_url:
        environment[variable_name("blob_url")] = settings.blob_url
    return address, PoolOrder(job=job, image=image, environment=environment)


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
