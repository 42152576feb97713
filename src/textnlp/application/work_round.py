"""Work on a round of a dataset's run in this process."""

import asyncio

from textnlp.application.answer_candidate import CandidateAnswerer
from textnlp.application.batch_ports import BatchPorts, EngineFinder
from textnlp.application.finish_batch import finish_batch
from textnlp.application.run_worker import run_worker_until
from textnlp.application.work_slices import SliceWorker, WorkerOptions
from textnlp.domain.identifiers import BatchId


async def work_round(
    ports: BatchPorts, answerer: CandidateAnswerer, *, find_engine: EngineFinder, options: WorkerOptions
) -> None:
    """Make candidates until the round in the queue has ended, and close it."""
    ended = asyncio.Event()

    async def on_batch_end(batch_id: BatchId) -> None:
        await finish_batch(ports, batch_id)
        ended.set()

    worker = SliceWorker(
        ports=ports,
        engines_for=lambda _: find_engine,
        options=options,
        on_batch_end=on_batch_end,
        answer_candidate=answerer.answer,
    )
    await run_worker_until(worker, ended)
