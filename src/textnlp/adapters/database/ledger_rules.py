"""What the ledgers of all kinds have in common: their refusals, and how a cause of failure is shown."""

import msgspec

from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found
from textnlp.domain.identifiers import BatchId

REOPENED_STATES = TERMINAL_STATES | {BatchState.RUNNING, BatchState.FINALIZING}
"""States in which the failed rows of a batch may be asked again."""

_EXAMPLE_CHARACTERS = 300


def no_such_batch(batch_id: str) -> TextNLPError:
    """Build the error for a batch that does not exist."""
    return not_found(f"There is no batch {batch_id}.")


def batch_exists(batch_id: BatchId) -> TextNLPError:
    """Build the error for a second batch with the same id."""
    return TextNLPError(f"There is a batch {batch_id} already.", kind=ErrorKind.CONFLICT)


def foreign_tenant(batch: Batch) -> TextNLPError:
    """Build the error for adding a batch to another tenant's."""
    return TextNLPError(f"Batch {batch.id} belongs to another tenant.", kind=ErrorKind.FORBIDDEN)


def source_taken(source: str | None) -> TextNLPError:
    """Build the error for a second batch made from the same source."""
    return TextNLPError(f"There is a batch made from {source} already.", kind=ErrorKind.CONFLICT)


def no_such_step(batch_id: BatchId, before: BatchState, after: BatchState) -> TextNLPError:
    """Build the error for a change of state that the rules do not have."""
    return TextNLPError(f"Batch {batch_id} is {before.value} and cannot become {after.value}.", kind=ErrorKind.CONFLICT)


def never_read(batch_id: BatchId) -> TextNLPError:
    """Build the error for asking rows again of a batch whose input was not read to its end."""
    return TextNLPError(
        f"The input of batch {batch_id} was not read to its end, so no row can be asked again.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(hint="Mend the input and submit it again."),
    )


def out_of_balance(batch_id: BatchId) -> TextNLPError:
    """Build the error for more outcomes than the batch has rows."""
    return TextNLPError(
        f"Batch {batch_id} would have more outcomes than rows; nothing was recorded.",
        kind=ErrorKind.INTERNAL,
    )


def message_in(record: bytes) -> str:
    """Return the message in a record of a row that was not accepted, else the record itself, shortened.

    In the record of a dataset's candidate it is the first that is said of one of its rows.
    """
    try:
        read = msgspec.json.decode(record, type=_Record)
        messages = (reason.message for row in read.rows for reason in row.reasons)
        found = next(messages, None) if read.message is None else read.message
    except msgspec.DecodeError:
        found = None
    text = record.decode("utf-8", "replace") if found is None else found
    return text if len(text) <= _EXAMPLE_CHARACTERS else f"{text[:_EXAMPLE_CHARACTERS]}…"


class _Reason(msgspec.Struct):
    message: str


class _Row(msgspec.Struct):
    reasons: tuple[_Reason, ...] = ()


class _Record(msgspec.Struct):
    message: str | None = None
    rows: tuple[_Row, ...] = ()
