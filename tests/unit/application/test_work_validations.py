import asyncio
import dataclasses
import json
import threading
from typing import Any

import pytest

from tests.factories.validations import (
    GOOD,
    HOUR,
    NOON,
    REFUSAL,
    PlannedValidator,
    blobs_of,
    completed_batch,
    completed_generation,
    drained,
    memory_validations,
    put_answers,
    tell,
    working,
)
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.application.fail_dead_validations import fail_dead_validations
from textnlp.application.submit_validation import submit_validation
from textnlp.application.validation_ports import ValidationPorts
from textnlp.domain.batches.model import BatchState, DatasetRound
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ValidationId, new_batch_id
from textnlp.domain.identity.tenant import Owner
from textnlp.domain.messaging.model import OutgoingMessage, ReceivedMessage, dead_letter_entity
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationState
from textnlp.topology.events import BATCH_COMPLETED, GENERATION_COMPLETED
from textnlp.topology.queues import GENERATION_EVENTS

OWNER = Owner(tenant="t", caller="c")
ROWS = f'{{"answer": "{GOOD}"}}\n{{"answer": "{REFUSAL}"}}\n'.encode()


@pytest.fixture
def ports() -> ValidationPorts:
    return memory_validations()


async def done(ports: ValidationPorts, name: str) -> StoredValidation:
    async with working(ports):
        await drained(ports)
    return await ports.store.get(ValidationId(name))


async def dead(ports: ValidationPorts) -> list[ReceivedMessage]:
    return list(await ports.queue.peek(dead_letter_entity(ports.queue_entity)))


async def handed_in(ports: ValidationPorts, rows: bytes = ROWS, **facts: Any) -> StoredValidation:
    path = f"prompts/user-content/{len(rows)}/rows.jsonl"
    await ports.blobs.put(path, rows)
    given: dict[str, Any] = {"name": "rows.jsonl", "checks": None, "owner": OWNER, **facts}
    return await submit_validation(ports, path, **given)


def broken() -> None:
    raise TextNLPError("The disk is away.", kind=ErrorKind.UNAVAILABLE)


def surprised() -> None:
    raise ZeroDivisionError("a surprise")


async def test_a_batch_that_is_told_of_twice_is_looked_at_once_and_leaves_the_same_files(
    ports: ValidationPorts,
) -> None:
    counting = PlannedValidator(ports)
    ports = dataclasses.replace(ports, validate_file=counting)
    batch = await completed_batch(ports, [GOOD, GOOD, REFUSAL])
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    first = await done(ports, batch.id)
    left = await blobs_of(ports, "validation/")
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    assert await done(ports, batch.id) == first
    assert await blobs_of(ports, "validation/") == left
    assert counting.calls == 1
    folder = f"reports/{batch.id}/"
    assert sorted(left) == [
        f"metrics/2026-03-01/{batch.id}.json",
        *(f"{folder}{name}" for name in ("accepted.jsonl", "rejected.jsonl", "report.html", "report.json")),
    ]
    assert json.loads(left[f"{folder}report.json"])["accepted"] == 1
    assert (first.summary or {})["rejected"] == 2


async def test_what_a_worker_that_died_had_written_is_written_again_the_same(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [GOOD, REFUSAL])
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    whole = await done(ports, batch.id)
    reports = await blobs_of(ports, "validation/reports/")
    fresh = memory_validations(blobs=ports.blobs, ledger=ports.ledger)
    await tell(fresh, BATCH_COMPLETED, f"batches/{batch.id}")
    again = await done(fresh, batch.id)
    assert (again.summary, again.asked_at) == (whole.summary, whole.asked_at)
    assert await blobs_of(ports, "validation/reports/") == reports


async def test_a_batch_that_was_retried_is_looked_at_again(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [REFUSAL])
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    assert (await done(ports, batch.id)).summary is not None
    await put_answers(ports, batch, [GOOD, REFUSAL])
    await ports.ledger.reopen(batch.id, at=NOON + HOUR)
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    assert (await done(ports, batch.id)).rows == 1
    for state in (BatchState.FINALIZING, BatchState.COMPLETED):
        await ports.ledger.set_state(batch.id, state, at=NOON + 2 * HOUR)
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    second = await done(ports, batch.id)
    assert (second.asked_at, second.rows) == (NOON + 2 * HOUR, 2)


async def test_checks_that_came_with_a_batch_are_the_ones_that_count(ports: ValidationPorts) -> None:
    checks = {"checks": [{"kind": "words", "column": "text", "none_of": ["water"]}]}
    batch = await completed_batch(ports, [GOOD, "No."], checks=checks)
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    reasons = ((await done(ports, batch.id)).summary or {})["reasons"]
    assert [(each["check"], each["rows"]) for each in reasons] == [("words:text", 1)]


async def test_the_completions_of_a_generation_get_a_verdict_and_no_files(ports: ValidationPorts) -> None:
    record = await completed_generation(ports, [GOOD, REFUSAL])
    await tell(ports, GENERATION_COMPLETED, f"generations/{record.id}")
    found = await done(ports, record.id)
    assert (found.state, found.tenant, found.rows) == (ValidationState.COMPLETED, "t", 2)
    assert (found.summary or {})["reasons"][0]["check"] == "refusal:text"
    assert await blobs_of(ports, "validation/") == {}


async def test_an_event_that_only_the_topic_brought_is_acted_on_and_one_that_both_brought_once(
    ports: ValidationPorts,
) -> None:
    record = await completed_generation(ports, [GOOD])
    body = f'{{"id":"x","type":"{GENERATION_COMPLETED}","subject":"generations/{record.id}"}}'.encode()
    message = OutgoingMessage(body=body, message_id="x", properties={"Status": "Completed"})
    await ports.queue.send(GENERATION_EVENTS, [message])
    assert (await done(ports, record.id)).state is ValidationState.COMPLETED
    await ports.queue.send(GENERATION_EVENTS, [dataclasses.replace(message, message_id="y")])
    await ports.queue.send(ports.queue_entity, [dataclasses.replace(message, message_id="y")])
    async with working(ports):
        await drained(ports)
    assert await dead(ports) == []


async def test_an_error_that_passes_is_tried_again_and_one_that_stays_is_a_dead_letter_with_its_reason(
    ports: ValidationPorts,
) -> None:
    planned = PlannedValidator(ports, broken, surprised)
    once = dataclasses.replace(ports, validate_file=planned)
    passing = await handed_in(once)
    assert (await done(once, passing.id)).state is ValidationState.COMPLETED
    assert planned.calls == 3

    always = dataclasses.replace(ports, validate_file=PlannedValidator(ports, *[surprised] * 9), max_delivery_count=2)
    staying = await handed_in(always)
    failed = await done(always, staying.id)
    assert (failed.state, failed.reason) == (ValidationState.FAILED, "ZeroDivisionError: a surprise")
    (letter,) = await dead(always)
    assert (letter.dead_letter_reason, letter.dead_letter_description) == ("internal", failed.reason)
    assert await blobs_of(ports, f"validation/reports/{staying.id}/") == {}

    await ports.queue.resend_dead_letters(ports.queue_entity)
    assert (await done(ports, staying.id)).state is ValidationState.COMPLETED


async def test_rows_that_cannot_be_looked_at_fail_their_validation_and_are_no_dead_letter(
    ports: ValidationPorts,
) -> None:
    numbers = await handed_in(ports, b'{"n": 1}\n')
    failed = await done(ports, numbers.id)
    assert failed.state is ValidationState.FAILED
    assert "no column of texts" in (failed.reason or "")
    gone = await handed_in(ports)
    await ports.blobs.delete(gone.source)
    assert (await done(ports, gone.id)).state is ValidationState.FAILED
    assert await dead(ports) == []


@pytest.mark.parametrize(
    "body",
    [
        b"no JSON",
        b'{"id": "val_1", "version": 9}',
        b'{"id": "x", "type": "Batch.Failed", "subject": "batches/batch_1"}',
        b'{"id": "x", "type": "Batch.Completed", "subject": "generations/gen_1"}',
    ],
)
async def test_what_is_no_message_of_a_validation_is_a_dead_letter(ports: ValidationPorts, body: bytes) -> None:
    await ports.queue.send(ports.queue_entity, [OutgoingMessage(body=body)])
    async with working(ports):
        await drained(ports)
    (letter,) = await dead(ports)
    assert letter.dead_letter_reason == "invalid_input"
    assert "the message of a validation" in (letter.dead_letter_description or "")
    assert await fail_dead_validations(ports) == 0


async def test_what_is_gone_and_the_rounds_of_datasets_are_left_alone(ports: ValidationPorts) -> None:
    batch = await completed_batch(ports, [GOOD])
    run = DatasetRound(run="run_1", number=0, first=0, recipe_path="x")
    rounds = dataclasses.replace(
        batch, id=new_batch_id(batch.created_at), spec=dataclasses.replace(batch.spec, round=run)
    )
    await ports.ledger.create(rounds)
    for subject in (f"batches/{rounds.id}", "batches/batch_none"):
        await tell(ports, BATCH_COMPLETED, subject)
    async with working(ports):
        await drained(ports)
    assert await blobs_of(ports, "validation/") == {}
    assert await dead(ports) == []


async def test_what_was_given_up_with_its_process_is_noted_as_failed(ports: ValidationPorts) -> None:
    one = await handed_in(ports)
    batch = await completed_batch(ports, [GOOD])
    await tell(ports, BATCH_COMPLETED, f"batches/{batch.id}")
    for message in await ports.queue.receive(ports.queue_entity, max_messages=2):
        await ports.queue.dead_letter(message, reason="MaxDeliveryCountExceeded", description="5 deliveries")
    assert await fail_dead_validations(ports) == 2
    assert await fail_dead_validations(ports) == 0
    for name in (one.id, batch.id):
        failed = await ports.store.get(ValidationId(name))
        assert failed.state is ValidationState.FAILED
        assert "MaxDeliveryCountExceeded 5 deliveries" in (failed.reason or "")


async def test_a_worker_that_is_stopped_gives_back_what_it_has_in_hand(ports: ValidationPorts) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        go_on.wait(20)

    held = dataclasses.replace(ports, validate_file=PlannedValidator(ports, wait))
    one = await handed_in(held)
    async with working(held):
        await asyncio.to_thread(begun.wait, 20)
        asyncio.get_running_loop().call_later(0.1, go_on.set)
    assert await blobs_of(ports, "validation/") == {}
    (message,) = await ports.queue.receive(ports.queue_entity)
    assert message.delivery_count == 2
    await ports.queue.abandon(message)
    assert (await done(ports, one.id)).state is ValidationState.COMPLETED


async def test_rows_are_counted_and_attempts_timed() -> None:
    meter = OpenTelemetryMeter(clock=SystemClock(), version="1")
    ports = memory_validations(meter)
    await handed_in(ports)
    await handed_in(ports, b'{"n": 1}\n')
    async with working(ports):
        await drained(ports)
    page = meter.page().content.decode().splitlines()
    meter.close()
    for line in (
        'RowsValidated_total{kind="file",verdict="accepted"} 1.0',
        'RowsValidated_total{kind="file",verdict="rejected"} 1.0',
        'ValidationSeconds_count{kind="file",outcome="completed"} 1.0',
        'ValidationSeconds_count{kind="file",outcome="failed"} 1.0',
    ):
        assert line in page
