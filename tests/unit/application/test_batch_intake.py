import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.factories.memory_platform import MODEL, memory_ports
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.submit_batch import submit_upload
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, DatasetRound
from textnlp.domain.identifiers import BatchId
from textnlp.domain.identity.tenant import LOCAL_OWNER
from textnlp.ports.prompt_source import PromptSource

GOOD = b"One\nTwo\n"
BROKEN = b"\n"


async def _submitted(ports: BatchPorts, content: bytes) -> Batch:
    async def pieces() -> AsyncGenerator[bytes]:
        yield content

    spec = BatchSpec(model=MODEL, endpoint="memory")
    return await submit_upload(ports, pieces(), name="p.txt", spec=spec, owner=LOCAL_OWNER, max_bytes=1000)


@pytest.mark.parametrize("content", [GOOD, BROKEN])
async def test_a_batch_that_is_cancelled_while_it_is_read_keeps_no_other_from_being_read(content: bytes) -> None:
    ports = memory_ports()
    loop = asyncio.get_running_loop()
    cancelled, other = await _submitted(ports, content), await _submitted(ports, GOOD)

    def open_slowly(path: Path, *, name: str | None = None) -> PromptSource:
        asyncio.run_coroutine_threadsafe(_cancel(), loop).result()
        return open_prompt_file(path, name=name)

    async def _cancel() -> None:
        if (await ports.ledger.get(other.id)).state is BatchState.INGESTING:
            await cancel_batch(ports, cancelled.id)

    intake = BatchIntake(ports, open_source=open_slowly, slice_rows=10)
    running = asyncio.create_task(intake.run())
    async with asyncio.timeout(10):
        while (await ports.ledger.get(other.id)).state is BatchState.INGESTING:
            assert not running.done(), running.exception()
            await asyncio.sleep(0.01)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert (await ports.ledger.get(cancelled.id)).state is BatchState.CANCELLED
    assert (await ports.ledger.get(other.id)).state is BatchState.RUNNING


async def test_the_round_of_a_dataset_that_was_being_planned_is_left_to_its_run() -> None:
    ports = memory_ports()
    batch = await _submitted(ports, GOOD)
    stated = DatasetRound(run="run_1", number=0, first=0, recipe_path="recipe.json")
    spec = dataclasses.replace(batch.spec, round=stated)
    planned = dataclasses.replace(batch, id=BatchId("batch_0"), source="run_1/rounds/0", spec=spec)
    await ports.ledger.create(planned)
    running = asyncio.create_task(BatchIntake(ports, open_source=open_prompt_file, slice_rows=10).run())
    async with asyncio.timeout(10):
        while (found := await ports.ledger.get(batch.id)).state is BatchState.INGESTING:
            assert not running.done(), found
            await asyncio.sleep(0.01)
    running.cancel()
    assert (await ports.ledger.get(planned.id)).state is BatchState.INGESTING
