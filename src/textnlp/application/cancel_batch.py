"""Stop a batch; what is done is kept."""

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.end_batch import end_batch
from textnlp.application.finish_batch import finish_batch
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.identifiers import BatchId


async def cancel_batch(ports: BatchPorts, batch_id: BatchId) -> Batch:
    """Cancel a batch and write the files of what it has; return it.

    Workers drop its rows within a second. Answers of calls in flight are kept only when they come before the files
    are written. Cancelling a cancelled batch returns it; one that has ended otherwise raises `CONFLICT`.
    """
    batch = await ports.ledger.get(batch_id)
    if batch.state in {BatchState.CANCELLING, BatchState.CANCELLED}:
        return await finish_batch(ports, batch_id)
    if batch.state is BatchState.INGESTING:
        return await end_batch(ports, batch_id, BatchState.CANCELLED, reason="Cancelled on request.")
    await ports.ledger.set_state(batch_id, BatchState.CANCELLING, at=ports.clock.now())
    return await finish_batch(ports, batch_id)
