"""Ask rows of a batch once more that failed, or were never asked."""

from textnlp.application.batch_ports import BatchPorts
from textnlp.application.finish_batch import finish_batch
from textnlp.application.recover_batches import reopen_batch
from textnlp.domain.batches.model import Batch
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId


async def retry_batch(ports: BatchPorts, batch_id: BatchId) -> Batch:
    """Set a batch that has ended going again, and return it.

    Raises `CONFLICT` for one that has not ended, that stands for a job of `/v1/batches`, or of which no row could be
    asked again.
    """
    batch = await ports.ledger.get(batch_id)
    _require_retryable(batch)
    if not await reopen_batch(ports, batch.id):
        await finish_batch(ports, batch.id)
    return await ports.ledger.get(batch.id)


def _require_retryable(batch: Batch) -> None:
    counts = batch.counts
    if batch.spec.is_job:
        message, hint = f"{batch.id} was created under /v1/batches.", "Put its failed requests into another batch."
    elif batch.state not in TERMINAL_STATES:
        message, hint = f"{batch.id} is {batch.state.value}.", "Only a batch that has ended can be retried."
    elif not batch.slice_count or not counts.failed + counts.pending:
        message, hint = f"{batch.id} has no row to be asked again.", "Submit the file as another batch."
    else:
        return
    raise TextNLPError(message, kind=ErrorKind.CONFLICT, facts=ErrorFacts(hint=hint))
