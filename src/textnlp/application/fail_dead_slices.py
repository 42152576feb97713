"""Account for rows whose slice was given up by the queue."""

from textnlp.application.answer_row import failed_outcome
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.finish_batch import finish_batch
from textnlp.domain.batches.model import BatchState
from textnlp.domain.batches.requests import decode_requests
from textnlp.domain.batches.slice_message import decode_slice
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage, dead_letter_entity

_MESSAGES_A_PEEK = 100


async def fail_dead_slices(ports: BatchPorts) -> int:
    """Record the rows of dead-lettered slices as failed, so that their batch can end; return how many rows.

    The dead letters stay where they are, to be looked at and sent again; `retry` of the batch asks the rows again.
    """
    failed = 0
    next_number = 0
    while True:
        letters = await ports.queue.peek(
            dead_letter_entity(ports.queue_entity),
            from_sequence_number=next_number,
            max_messages=_MESSAGES_A_PEEK,
        )
        if not letters:
            return failed
        for letter in letters:
            failed += await _fail_rows(ports, letter)
        next_number = letters[-1].sequence_number + 1


async def _fail_rows(ports: BatchPorts, letter: ReceivedMessage) -> int:
    try:
        batch_id, part = decode_slice(letter.body)
        batch = await ports.ledger.get(batch_id)
    except TextNLPError as error:
        if error.kind in {ErrorKind.INVALID_INPUT, ErrorKind.NOT_FOUND}:
            return 0
        raise
    if batch.state is not BatchState.RUNNING:
        return 0
    recorded = await ports.ledger.recorded_rows(batch_id, first_row=part.first_row, row_count=part.row_count)
    reason = f"{letter.dead_letter_reason} {letter.dead_letter_description or ''}".strip()
    error = TextNLPError(
        f"The slice of this row was given up: {reason}",
        kind=ErrorKind.DEAD_LETTERED,
        facts=ErrorFacts(attempts=letter.delivery_count),
    )
    requests = await ports.blobs.get(batch.requests_path, offset=part.offset, length=part.size_bytes)
    outcomes = [failed_outcome(row, error) for row in decode_requests(requests) if row.index not in recorded]
    if outcomes:
        counts = await ports.ledger.record(batch_id, outcomes)
        if not counts.pending:
            await finish_batch(ports, batch_id)
    return len(outcomes)
