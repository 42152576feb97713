"""Begin the validation that a message asks for."""

import dataclasses

from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.record import GenerationState, result_path
from textnlp.domain.identifiers import BatchId, GenerationId, ValidationId
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationKind, ValidationState
from textnlp.domain.validation.validation_order import ValidationOrder
from textnlp.ports.result_files import GENERATIONS_JSONL


async def begin_validation(ports: ValidationPorts, order: ValidationOrder) -> StoredValidation | None:
    """Return the validation that is to be worked on; None where there is nothing to do.

    That is so where it was done before, where what it is of is gone, and where it has not completed after all: a batch
    that was retried tells of its end again. One that had failed begins again.
    """
    try:
        wanted = await _WANTED[order.kind](ports, order.id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return None
    if wanted is None:
        return None
    stored = await ports.store.begin(wanted)
    return None if stored.is_ended or stored.asked_at != wanted.asked_at else stored


def validation_of_batch(batch: Batch) -> StoredValidation | None:
    """Return the validation that a batch gets, as it begins; None for one that gets none.

    Only the answers of a batch that has completed are looked at. The rounds of a dataset's run are not: their rows
    have met the checks of its recipe.
    """
    if batch.state is not BatchState.COMPLETED or batch.finished_at is None or batch.spec.round is not None:
        return None
    return StoredValidation(
        id=ValidationId(batch.id),
        kind=ValidationKind.BATCH,
        name=batch.name,
        source=f"{batch.output_prefix}{GENERATIONS_JSONL}",
        asked_at=batch.finished_at,
        tenant=batch.tenant,
        caller=batch.caller,
        checks=batch.spec.checks,
    )


async def _of_batch(ports: ValidationPorts, name: str) -> StoredValidation | None:
    return validation_of_batch(await ports.ledger.get(BatchId(name)))


async def _of_generation(ports: ValidationPorts, name: str) -> StoredValidation | None:
    record = await ports.generations.get(GenerationId(name))
    if record.state is not GenerationState.COMPLETED or record.finished_at is None:
        return None
    return StoredValidation(
        id=ValidationId(record.id),
        kind=ValidationKind.GENERATION,
        name=record.id,
        source=result_path(record.id),
        asked_at=record.finished_at,
        tenant=record.tenant,
        caller=record.caller,
    )


async def _of_file(ports: ValidationPorts, name: str) -> StoredValidation | None:
    stored = await ports.store.get(ValidationId(name))
    if stored.state is not ValidationState.FAILED:
        return stored
    return dataclasses.replace(stored, state=ValidationState.QUEUED, rows=0, reason=None, ended_at=None)


_WANTED = {
    ValidationKind.BATCH: _of_batch,
    ValidationKind.GENERATION: _of_generation,
    ValidationKind.FILE: _of_file,
}
