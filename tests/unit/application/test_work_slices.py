import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from tests.factories.memory_platform import CLOCK, MODEL, engine_directory, memory_ports
from tests.factories.traces import GATEWAY_TRACE, GATEWAY_TRACEPARENT, MemoryTracing
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.cancel_batch import cancel_batch
from textnlp.application.fail_dead_slices import fail_dead_slices
from textnlp.application.finish_batch import finish_batch
from textnlp.application.ingest_blob import ingest_blob
from textnlp.application.recover_batches import recover_batches, reopen_batch
from textnlp.application.submit_batch import submit_upload
from textnlp.application.tracing.traced_engine import CallTracing, TracedEngine
from textnlp.application.work_slices import SliceWorker, WorkerOptions, lanes_for
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, RowState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, GenerationRequest
from textnlp.domain.identifiers import BatchId
from textnlp.domain.messaging.model import OutgoingMessage, dead_letter_entity
from textnlp.ports.text_engine import TextEngine
from textnlp.topology.telemetry import TRACED_ROWS_A_SLICE

SLICE_ROWS = 5


async def pieces(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def submitted(ports: BatchPorts, lines: str, *, name: str = "prompts.txt", slice_rows: int = SLICE_ROWS) -> Batch:
    """Upload a file and have it ingested."""
    batch = await submit_upload(ports, pieces(lines.encode()), name=name, spec=BatchSpec(model=MODEL), max_bytes=10**6)
    return await ingest_blob(ports, batch, open_source=open_prompt_file, slice_rows=slice_rows)


def numbered(count: int) -> str:
    return "".join(f"Prompt number {number}\n" for number in range(count))


async def worked(ports: BatchPorts, batch_id: BatchId, engine: TextEngine | None = None) -> Batch:
    """Run a worker until the batch has ended."""
    ended = asyncio.Event()

    async def on_batch_end(ended_id: BatchId) -> None:
        await finish_batch(ports, ended_id)
        if ended_id == batch_id:
            ended.set()

    directory = engine_directory(engine)
    worker = SliceWorker(
        ports=ports,
        engines_for=lambda _: directory.find,
        options=WorkerOptions(lanes=4, linger_seconds=0.001),
        on_batch_end=on_batch_end,
    )
    working = asyncio.create_task(worker.run())
    try:
        async with asyncio.timeout(10):
            await ended.wait()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    return await ports.ledger.get(batch_id)


async def file_of(ports: BatchPorts, batch: Batch, name: str) -> list[dict[str, object]]:
    data = await ports.blobs.get(batch.output_prefix + name)
    return [json.loads(line) for line in data.decode().splitlines()]


async def test_every_row_is_answered_once_and_written_in_the_order_of_the_input() -> None:
    ports, engine = memory_ports(), ScriptedEngine(clock=CLOCK)
    batch = await submitted(ports, numbered(23))
    assert (batch.state, batch.slice_count, batch.counts.pending) == (BatchState.RUNNING, 5, 23)
    batch = await worked(ports, batch.id, engine)
    assert batch.state is BatchState.COMPLETED
    assert (batch.counts.accepted, batch.counts.pending) == (23, 0)
    assert engine.calls == 23
    lines = await file_of(ports, batch, "generations.jsonl")
    assert [line["id"] for line in lines] == [str(number + 1) for number in range(23)]
    manifest = json.loads(await ports.blobs.get(batch.output_prefix + "manifest.json"))
    assert manifest["counts"]["input"] == 23
    assert (await ports.queue.depth(ports.queue_entity)).active == 0


async def test_a_row_that_fails_is_listed_and_the_others_go_on() -> None:
    ports = memory_ports()
    broken = TextNLPError("Too long.", kind=ErrorKind.CONTEXT_EXCEEDED)
    batch = await submitted(ports, numbered(7))
    batch = await worked(ports, batch.id, ScriptedEngine(clock=CLOCK, script=[broken]))
    assert (batch.counts.accepted, batch.counts.failed) == (6, 1)
    errors = await file_of(ports, batch, "errors.jsonl")
    assert [(error["code"], error["attempts"]) for error in errors] == [("context_exceeded", 1)]


async def test_a_wrong_key_stops_the_batch_and_leaves_its_rows_pending_until_it_is_opened_again() -> None:
    ports = memory_ports()
    refused = [TextNLPError("Wrong key.", kind=ErrorKind.UNAUTHENTICATED)] * 8
    batch = await submitted(ports, numbered(12))
    batch = await worked(ports, batch.id, ScriptedEngine(clock=CLOCK, script=refused))
    assert (batch.state, batch.reason) == (BatchState.FAILED, "Wrong key.")
    assert batch.counts.pending == 12
    assert await reopen_batch(ports, batch.id) == 12
    batch = await worked(ports, batch.id)
    assert (batch.state, batch.counts.accepted) == (BatchState.COMPLETED, 12)


async def test_a_slice_that_is_delivered_again_asks_only_what_is_missing() -> None:
    ports, engine = memory_ports(), ScriptedEngine(clock=CLOCK)
    batch = await submitted(ports, numbered(5))
    messages = await ports.queue.receive(ports.queue_entity)
    recorded = await ports.ledger.page(batch.id, states=[RowState.ACCEPTED])
    assert not recorded
    await ports.queue.abandon(messages[0])
    first = await worked(ports, batch.id, engine)
    assert (first.state, engine.calls) == (BatchState.COMPLETED, 5)


async def test_failed_rows_are_asked_again_on_request_and_only_they() -> None:
    ports = memory_ports()
    broken = TextNLPError("Broken.", kind=ErrorKind.BAD_RESPONSE)
    batch = await submitted(ports, numbered(10))
    batch = await worked(ports, batch.id, ScriptedEngine(clock=CLOCK, script=[broken, broken]))
    assert batch.counts.failed == 2
    await reopen_batch(ports, batch.id)
    engine = ScriptedEngine(clock=CLOCK)
    batch = await worked(ports, batch.id, engine)
    assert (batch.counts.accepted, batch.counts.failed, engine.calls) == (10, 0, 2)


async def test_a_batch_without_an_accepted_row_fails_with_its_causes() -> None:
    ports = memory_ports()
    broken = TextNLPError("Broken.", kind=ErrorKind.BAD_RESPONSE)
    batch = await submitted(ports, numbered(2))
    batch = await worked(ports, batch.id, ScriptedEngine(clock=CLOCK, script=[broken, broken]))
    assert batch.state is BatchState.FAILED
    assert batch.reason is not None
    assert batch.reason.startswith("No row was accepted. 2 bad_response: Broken.")


async def test_a_surprise_in_one_row_is_that_rows_failure() -> None:
    ports = memory_ports()

    class Surprising(ScriptedEngine):
        async def generate(self, request: GenerationRequest) -> Completion:
            del request
            raise ZeroDivisionError("by zero")

    batch = await submitted(ports, numbered(2))
    batch = await worked(ports, batch.id, Surprising(clock=CLOCK))
    errors = await file_of(ports, batch, "errors.jsonl")
    assert {error["code"] for error in errors} == {"internal"}


async def test_a_cancelled_batch_keeps_what_it_has() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(6))
    batch = await cancel_batch(ports, batch.id)
    assert (batch.state, batch.counts.pending) == (BatchState.CANCELLED, 6)
    assert await file_of(ports, batch, "generations.jsonl") == []
    assert (await cancel_batch(ports, batch.id)).state is BatchState.CANCELLED


async def test_a_file_that_is_no_file_of_prompts_goes_to_quarantine_with_its_reason() -> None:
    ports = memory_ports()
    batch = await submitted(ports, '{"prompts": [', name="bad.json")
    assert batch.state is BatchState.FAILED
    found = [blob.path async for blob in ports.blobs.entries("prompts/quarantine/")]
    assert [path.rsplit("/", 1)[1] for path in found] == ["bad.json", "bad.json.reason.json"]
    reason = json.loads(await ports.blobs.get(found[1]))
    assert (reason["code"], reason["line"]) == ("invalid_input", 1)


async def test_slices_without_a_message_get_one_when_batches_are_recovered() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(10))
    lost = await ports.queue.receive(ports.queue_entity, max_messages=1)
    await ports.queue.complete(lost)
    going_on = await recover_batches(ports)
    assert [one.id for one in going_on] == [batch.id]
    assert (await ports.queue.depth(ports.queue_entity)).active == 2
    await recover_batches(ports)
    assert (await ports.queue.depth(ports.queue_entity)).active == 2
    assert (await worked(ports, batch.id)).counts.accepted == 10


async def test_rows_of_a_dead_slice_are_failed_with_the_reason_so_that_the_batch_can_end() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(5))
    (message,) = await ports.queue.receive(ports.queue_entity)
    await ports.queue.dead_letter(message, reason="poison", description="It broke.")
    assert await fail_dead_slices(ports) == 5
    ended = await ports.ledger.get(batch.id)
    assert (ended.state, ended.counts.failed) == (BatchState.FAILED, 5)
    assert "poison" in (ended.reason or "")
    assert await fail_dead_slices(ports) == 0


async def test_dead_letters_are_sent_again_when_a_process_starts() -> None:
    ports = memory_ports()
    batch = await submitted(ports, numbered(5))
    (message,) = await ports.queue.receive(ports.queue_entity)
    await ports.queue.dead_letter(message, reason="killed")
    await recover_batches(ports)
    assert (await worked(ports, batch.id)).counts.accepted == 5


async def test_a_message_that_is_no_slice_is_a_dead_letter_with_the_reason() -> None:
    ports = memory_ports()
    await ports.queue.send(ports.queue_entity, [OutgoingMessage(body=b"nonsense")])
    batch = await submitted(ports, numbered(2))
    await worked(ports, batch.id)
    (letter,) = await ports.queue.peek(dead_letter_entity(ports.queue_entity))
    assert letter.dead_letter_reason == "invalid_input"


async def test_the_parameters_of_a_document_hold_for_all_its_rows() -> None:
    ports, engine = memory_ports(), ScriptedEngine(clock=CLOCK)
    document = '{"id": "x", "prompts": ["One"], "parameters": {"max_tokens": 3}}'
    batch = await submitted(ports, document, name="batch.json")
    await worked(ports, batch.id, engine)
    assert engine.last_request is not None
    assert engine.last_request.parameters.max_tokens == 3


@pytest.mark.parametrize("concurrency", [1, 64])
def test_there_are_lanes_for_rows_that_wait_besides_those_in_flight(concurrency: int) -> None:
    assert lanes_for(concurrency) > 2 * concurrency


async def test_an_upload_that_is_too_large_leaves_nothing_behind() -> None:
    ports = memory_ports()

    async def endless() -> AsyncGenerator[bytes]:
        while True:
            yield bytes(1000)

    with pytest.raises(TextNLPError, match="larger than 5,000 bytes") as caught:
        await submit_upload(ports, endless(), name="x.txt", spec=BatchSpec(model=MODEL), max_bytes=5000)
    assert caught.value.kind is ErrorKind.TOO_LARGE
    assert [blob async for blob in ports.blobs.entries()] == []


async def test_a_batch_is_in_the_trace_that_it_was_submitted_in_with_the_first_rows_of_each_slice() -> None:
    tracing = MemoryTracing()
    tracer, ports = tracing.tracer, memory_ports(tracer=tracing.tracer)
    with tracer.begin("request", parent=GATEWAY_TRACEPARENT) as request, tracer.within(request):
        batch = await submitted(ports, numbered(TRACED_ROWS_A_SLICE + 15), slice_rows=TRACED_ROWS_A_SLICE + 10)
    engine = TracedEngine(ScriptedEngine(clock=CLOCK), tracing=CallTracing(tracer=tracer, provider="scripted"))
    done = await worked(ports, batch.id, engine)
    assert done.counts.accepted == TRACED_ROWS_A_SLICE + 15
    spans = tracing.spans()
    assert {span.trace_id for span in spans} == {GATEWAY_TRACE}
    assert [span.name for span in spans].count(f"chat {MODEL}") == TRACED_ROWS_A_SLICE + 5
    slices = tracing.named(f"process {ports.queue_entity}")
    assert [span.attributes["textnlp.batch.id"] for span in slices] == [batch.id] * 2
    assert {span.parent_id for span in spans if span.name.startswith("chat")} == {span.span_id for span in slices}


async def test_a_message_that_is_no_slice_is_seen_to_fail_in_its_trace() -> None:
    tracing = MemoryTracing()
    ports = memory_ports(tracer=tracing.tracer)
    await ports.queue.send(ports.queue_entity, [OutgoingMessage(body=b"no slice")])
    batch = await submitted(ports, numbered(2))
    await worked(ports, batch.id)
    failed, done = tracing.named(f"process {ports.queue_entity}")
    assert (failed.has_failed, done.has_failed) == (True, False)
