"""Find the validation of a batch, and the files of a validation."""

from datetime import timedelta

from textnlp.application.begin_validation import validation_of_batch
from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.batches.model import Batch
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.validation.report_paths import RESULT_NAMES, result_path
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationState
from textnlp.ports.blob_store import BlobInfo


async def find_batch_validation(ports: ValidationPorts, batch: Batch) -> StoredValidation:
    """Return the validation of a batch's answers, as queued where its message has not been received yet.

    Raises `NOT_FOUND` for a batch that gets none, or not before it has completed, and for one that completed so long
    ago that its message has expired.
    """
    wanted = validation_of_batch(batch)
    if wanted is None:
        raise _none(batch, "The answers of a batch are looked at when it has completed.")
    try:
        found = await ports.store.get(wanted.id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
    else:
        if found.asked_at >= wanted.asked_at:
            return found
    if ports.clock.now() - wanted.asked_at > timedelta(seconds=ports.time_to_live_seconds):
        raise _none(batch, "It completed before answers were looked at; send them to POST /api/v1/validations.")
    return wanted


async def find_result(ports: ValidationPorts, validation: StoredValidation, name: str) -> BlobInfo:
    """Return the blob of one of a validation's files.

    Raises `CONFLICT` before it has completed, `NOT_FOUND` for a file that it has not.
    """
    if name not in RESULT_NAMES:
        raise _missing(f"A validation has no file {name!r}.", hint=f"Its files are {', '.join(RESULT_NAMES)}.")
    if validation.state is ValidationState.FAILED:
        raise _missing(f"The validation of {validation.id} has failed.", hint=validation.reason or "")
    if validation.state is not ValidationState.COMPLETED:
        message = f"The validation of {validation.id} is {validation.state.value}; its files are there when it ends."
        raise TextNLPError(message, kind=ErrorKind.CONFLICT)
    try:
        return await ports.blobs.head(result_path(validation.id, name))
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        raise _missing(f"The validation of {validation.id} has no {name}.", hint="No row belongs there.") from error


def _none(batch: Batch, hint: str) -> TextNLPError:
    return _missing(f"{batch.id} is {batch.state.value} and has no validation.", hint=hint)


def _missing(message: str, *, hint: str) -> TextNLPError:
    return TextNLPError(message, kind=ErrorKind.NOT_FOUND, facts=ErrorFacts(hint=hint or None))
