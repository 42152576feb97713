"""Run a worker until the batches that it was started for have ended."""

import asyncio

from textnlp.application.work_slices import SliceWorker


async def run_worker_until(worker: SliceWorker, ended: asyncio.Event) -> None:
    """Work until `ended` is set, then stop cleanly; raise what ended the worker when that comes first."""
    working = asyncio.create_task(worker.run(), name="worker")
    waiting = asyncio.create_task(ended.wait(), name="worker end")
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
        if not working.done():
            working.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await asyncio.gather(working, return_exceptions=True)
    if not working.cancelled() and (error := working.exception()) is not None:
        raise error
