"""Bring a batch to its final state, and tell of it."""

from textnlp.application.announce import announce
from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.identifiers import BatchId
from textnlp.topology.events import BATCH_CANCELLED, BATCH_COMPLETED, BATCH_FAILED

_EVENTS = {
    BatchState.COMPLETED: BATCH_COMPLETED,
    BatchState.FAILED: BATCH_FAILED,
    BatchState.CANCELLED: BATCH_CANCELLED,
}
_ROWS = ("input", "accepted", "rejected", "failed", "pending")


async def end_batch(ports: BatchPorts, batch_id: BatchId, state: BatchState, *, reason: str | None) -> Batch:
    """Move a batch to the final state `state`, announce it and return the batch; raises what the ledger raises."""
    batch = await ports.ledger.set_state(batch_id, state, at=ports.clock.now(), reason=reason)
    await announce_end(ports, batch)
    return batch


async def announce_end(ports: BatchPorts, batch: Batch) -> None:
    """Tell that a batch has ended, where anybody listens; told twice it is the same event."""
    if ports.events is None or batch.finished_at is None:
        return
    counts = batch.counts
    rows = {name: getattr(counts, name) for name in _ROWS}
    await announce(
        ports.events,
        _EVENTS[batch.state],
        batch.id,
        at=batch.finished_at,
        data={"id": batch.id, "state": batch.state.value, "counts": rows},
        occasion=batch.finished_at.isoformat(),
    )
