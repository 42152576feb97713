"""Take up batches that a killed process left behind."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import announce_end
from textnlp.application.finish_batch import finish_batch
from textnlp.application.send_slices import queued_slices, send_slices
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.identifiers import BatchId

_PAGE = 200
_ANNOUNCED_AGAIN = timedelta(days=1)


async def recover_batches(ports: BatchPorts, *, only: BatchId | None = None) -> list[Batch]:
    """Make sure that every unfinished batch goes on, and return those that will.

    Dead letters of slices are sent again: a process that was killed as often as the delivery limit says is no fault
    of the slice. A slice that has rows to ask but no message gets one. Batches whose rows are all recorded, and
    those that were cancelled or being finished, are finished. Those that ended within the last day are announced
    again, for a process may have died before it did. Running it twice, or in two processes, is harmless.
    """
    await ports.queue.resend_dead_letters(ports.queue_entity)
    batches = await _unfinished(ports) if only is None else [await ports.ledger.get(only)]
    queued = await queued_slices(ports)
    going_on: list[Batch] = []
    for batch in batches:
        if batch.state is BatchState.RUNNING and batch.counts.pending:
            await _send_missing(ports, batch.id, queued)
            going_on.append(batch)
        elif batch.state in {BatchState.RUNNING, BatchState.FINALIZING, BatchState.CANCELLING}:
            await finish_batch(ports, batch.id)
        elif batch.state in TERMINAL_STATES:
            await announce_end(ports, batch)
    return going_on


async def reopen_batch(ports: BatchPorts, batch_id: BatchId) -> int:
    """Give failed and unasked rows of a batch that ended another chance; return how many rows are pending."""
    await ports.ledger.reopen(batch_id, at=ports.clock.now())
    await _send_missing(ports, batch_id, await queued_slices(ports))
    batch = await ports.ledger.get(batch_id)
    return batch.counts.pending


async def _unfinished(ports: BatchPorts) -> Sequence[Batch]:
    """Walk through all batches and keep those that have not ended, or ended of late."""
    told_since = ports.clock.now() - _ANNOUNCED_AGAIN
    unfinished: list[Batch] = []
    before: BatchId | None = None
    while page := await ports.ledger.newest(before=before, limit=_PAGE):
        unfinished.extend(batch for batch in page if _is_looked_after(batch, told_since))
        before = page[-1].id
    return unfinished


def _is_looked_after(batch: Batch, told_since: datetime) -> bool:
    if batch.finished_at is not None:
        return batch.finished_at >= told_since
    return batch.state in {BatchState.RUNNING, BatchState.FINALIZING, BatchState.CANCELLING}


async def _send_missing(ports: BatchPorts, batch_id: BatchId, queued: set[tuple[BatchId, int]]) -> None:
    """Send the slices that have rows to ask and no message; in a round of its own, or they would be duplicates."""
    unfinished = await ports.ledger.unfinished_slices(batch_id)
    missing = [part for part in unfinished if (batch_id, part.index) not in queued]
    round_number = int(ports.clock.now().timestamp() * 1000)
    await send_slices(ports, batch_id, missing, round_number=round_number)
