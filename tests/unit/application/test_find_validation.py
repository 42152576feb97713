import dataclasses
from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.validations import GOOD, HOUR, NOON, completed_batch, memory_validations
from textnlp.application.find_validation import find_batch_validation, find_result
from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationState


@pytest.fixture
def ports() -> ValidationPorts:
    return memory_validations(clock=ManualClock(now=NOON + 2 * HOUR))


async def refused(ports: ValidationPorts, batch: Batch) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await find_batch_validation(ports, batch)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    return caught.value


async def missing(ports: ValidationPorts, validation: StoredValidation, name: str) -> ErrorKind:
    with pytest.raises(TextNLPError) as caught:
        await find_result(ports, validation, name)
    return caught.value.kind


async def test_a_batch_whose_message_has_not_come_yet_waits(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [GOOD])
    found = await find_batch_validation(ports, batch)
    assert (found.state, found.asked_at, found.id) == (ValidationState.QUEUED, batch.finished_at, batch.id)
    assert await missing(ports, found, "report.html") is ErrorKind.CONFLICT


async def test_a_batch_that_was_retried_waits_again(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [GOOD])
    first = await ports.store.begin(await find_batch_validation(ports, batch))
    await ports.store.complete(first, summary={"rows": 1}, at=NOON + HOUR)
    assert (await find_batch_validation(ports, batch)).state is ValidationState.COMPLETED
    later = dataclasses.replace(batch, finished_at=NOON + 2 * HOUR)
    assert (await find_batch_validation(ports, later)).state is ValidationState.QUEUED


async def test_other_batches_have_none(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [GOOD])
    running = dataclasses.replace(batch, state=BatchState.RUNNING, finished_at=None)
    assert "when it has completed" in (await refused(ports, running)).full_text
    old = dataclasses.replace(batch, finished_at=NOON - timedelta(days=8))
    assert "POST /api/v1/validations" in (await refused(ports, old)).full_text


async def test_files_are_there_once_the_validation_has_completed(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [GOOD])
    found = await find_batch_validation(ports, batch)
    completed = dataclasses.replace(found, state=ValidationState.COMPLETED)
    await ports.blobs.put(f"validation/reports/{batch.id}/rejected.jsonl", b"{}\n")
    assert (await find_result(ports, completed, "rejected.jsonl")).size_bytes == 3
    assert await missing(ports, completed, "errors.jsonl") is ErrorKind.NOT_FOUND
    assert await missing(ports, completed, "../secret") is ErrorKind.NOT_FOUND
    failed = dataclasses.replace(found, state=ValidationState.FAILED, reason="No rows.")
    assert await missing(ports, failed, "rejected.jsonl") is ErrorKind.NOT_FOUND
