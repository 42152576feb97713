"""Bring a batch to where a worker can finish it, from whatever state an earlier process left it in."""

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.ingest_prompts import RowsListener, ingest_prompts
from textnlp.application.recover_batches import recover_batches, reopen_batch
from textnlp.application.send_slices import send_slices
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.ports.prompt_source import PromptSource


async def continue_batch(
    ports: BatchPorts,
    batch: Batch,
    source: PromptSource,
    *,
    slice_rows: int,
    retry_failed: bool = False,
    on_rows: RowsListener | None = None,
) -> Batch:
    """Ingest a batch that was not, queue what is missing, finish what is done; return the batch as it is then.

    Its state is `RUNNING` when there is work for a worker, else a final one. A batch that stopped for an error or was
    cancelled goes on; one that completed does so only for its failed rows, and only with `retry_failed`.
    """
    if batch.state is BatchState.INGESTING:
        batch = await ingest_prompts(ports, batch, source, slice_rows=slice_rows, on_rows=on_rows)
        await send_slices(ports, batch.id, await ports.ledger.unfinished_slices(batch.id))
        return batch
    if batch.state in TERMINAL_STATES and _has_another_chance(batch, retry_failed=retry_failed):
        await reopen_batch(ports, batch.id)
    await recover_batches(ports, only=batch.id)
    return await ports.ledger.get(batch.id)


def _has_another_chance(batch: Batch, *, retry_failed: bool) -> bool:
    return batch.counts.pending > 0 or (retry_failed and batch.counts.failed > 0)
