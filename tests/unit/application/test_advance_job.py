import dataclasses
import itertools
import json
from collections.abc import AsyncGenerator, Callable, Collection
from typing import Any, cast

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import MODEL, memory_job_ports
from textnlp.api.job_wire import OpenAIJobWire
from textnlp.application.advance_job import advance_job
from textnlp.application.cancel_job import cancel_job
from textnlp.application.create_job import create_job
from textnlp.application.finish_batch import finish_batch
from textnlp.application.job_ports import JobPorts
from textnlp.application.remove_files import remove_file
from textnlp.application.store_file import store_file
from textnlp.domain.batches.job import ENDED_STATUSES, BatchJob, JobCounts, JobStatus
from textnlp.domain.batches.model import BatchState, RowOutcome, RowState
from textnlp.domain.batches.records import chat_record, failed_record
from textnlp.domain.batches.slice_message import decode_slice
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose
from textnlp.domain.generation.model import Completion, FinishReason, Usage
from textnlp.domain.identifiers import FileId
from textnlp.domain.identity.tenant import Owner

OWNER = Owner(tenant="home", caller="ada")
WIRE = OpenAIJobWire()
DAY_SECONDS = 86_400
ROWS = 450
"""More than two slices."""


class KilledError(Exception):
    """What a process meets that is killed."""


class Mortal:
    """A port that kills its process at the moment of a call, before or after it took effect."""

    def __init__(self, port: Any, *, calls: "itertools.count[int]", dies_at: int, is_done_first: bool) -> None:
        self._port, self._calls, self._dies_at, self._is_done_first = port, calls, dies_at, is_done_first

    def __getattr__(self, name: str) -> Any:
        method: Callable[..., Any] = getattr(self._port, name)
        if name in {"stream", "open_writer"}:
            return method

        async def call(*given: Any, **named: Any) -> Any:
            is_last = next(self._calls) == self._dies_at
            if is_last and not self._is_done_first:
                raise KilledError
            try:
                return await method(*given, **named)
            finally:
                if is_last:
                    raise KilledError

        return call


def mortal(ports: JobPorts, *, dies_at: int, is_done_first: bool) -> JobPorts:
    calls = itertools.count()

    def wrapped(port: Any) -> Any:
        return Mortal(port, calls=calls, dies_at=dies_at, is_done_first=is_done_first)

    batches = ports.batches
    return dataclasses.replace(
        ports,
        jobs=wrapped(ports.jobs),
        files=dataclasses.replace(ports.files, catalog=wrapped(ports.files.catalog), blobs=wrapped(ports.files.blobs)),
        batches=dataclasses.replace(batches, ledger=wrapped(batches.ledger), queue=wrapped(batches.queue)),
    )


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ports(clock: ManualClock) -> JobPorts:
    made = memory_job_ports()
    return dataclasses.replace(
        made,
        files=dataclasses.replace(made.files, clock=clock),
        batches=dataclasses.replace(made.batches, clock=clock),
    )


def requests(rows: int) -> bytes:
    lines = [
        {
            "custom_id": f"row-{number}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {"model": MODEL, "messages": [{"role": "user", "content": "Hi"}]},
        }
        for number in range(rows)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


async def created(ports: JobPorts, data: bytes | None = None, *, purpose: FilePurpose = FilePurpose.BATCH) -> BatchJob:
    async def pieces() -> AsyncGenerator[bytes]:
        yield requests(ROWS) if data is None else data

    file = await store_file(ports.files, pieces(), name="in.jsonl", purpose=purpose, owner=OWNER, max_bytes=10**9)
    return await create_job(ports, input_file_id=file.id, endpoint="/v1/chat/completions", owner=OWNER)


async def advanced(ports: JobPorts, job: BatchJob) -> BatchJob:
    """Advance a job until it waits or has ended."""
    while True:
        job = await ports.jobs.get(job.id)
        if job.status in ENDED_STATUSES:
            return job
        if (await advance_job(ports, job, wire=WIRE)).status is job.status:
            return job


async def answer(ports: JobPorts, job: BatchJob, rows: Collection[int], *, failed: Collection[int] = ()) -> None:
    """Record answers, as workers do, and end the batch where they were the last."""
    completion = Completion(
        text="Hello", model=MODEL, finish_reason=FinishReason.STOP, usage=Usage(prompt_tokens=2, completion_tokens=3)
    )
    now = ports.files.clock.now()
    outcomes = [
        RowOutcome(
            row_index=row,
            row_id=f"row-{row}",
            state=RowState.ACCEPTED,
            record=chat_record(f"row-{row}", [completion], answered_at=now),
            usage=completion.usage,
        )
        for row in rows
    ]
    outcomes += [
        RowOutcome(
            row_index=row,
            row_id=f"row-{row}",
            state=RowState.FAILED,
            record=failed_record(
                row_id=f"row-{row}",
                line=row + 1,
                row_index=row,
                state=RowState.FAILED,
                code=ErrorKind.CONTENT_FILTERED,
                message="No.",
                attempts=1,
            ),
            code=ErrorKind.CONTENT_FILTERED,
        )
        for row in failed
    ]
    counts = await ports.batches.ledger.record(job.id, outcomes)
    if not counts.pending:
        await finish_batch(ports.batches, job.id)


async def lines(ports: JobPorts, file_id: FileId) -> list[dict[str, Any]]:
    file = await ports.files.catalog.get(file_id)
    data = await ports.files.blobs.get(file.blob_path)
    assert file.size_bytes == len(data)
    assert (file.tenant, file.caller, file.purpose) == (OWNER.tenant, OWNER.caller, FilePurpose.BATCH_OUTPUT)
    return [json.loads(line) for line in data.splitlines()]


def ids(*files: list[dict[str, Any]]) -> list[str]:
    return sorted((line["custom_id"] for file in files for line in file), key=lambda each: int(each[4:]))


ALL_IDS = [f"row-{row}" for row in range(ROWS)]


async def queued(ports: JobPorts) -> list[int]:
    messages = await ports.batches.queue.peek(ports.batches.queue_entity, max_messages=100)
    return [decode_slice(message.body)[1].index for message in messages]


async def test_a_good_file_becomes_a_batch_of_its_owner(ports: JobPorts) -> None:
    job = await advanced(ports, await created(ports))
    batch = await ports.batches.ledger.get(job.id)
    assert (job.status, job.model, job.counts) == (JobStatus.IN_PROGRESS, MODEL, JobCounts(total=ROWS))
    assert (batch.state, batch.tenant, batch.caller, batch.counts.input) == (BatchState.RUNNING, "home", "ada", ROWS)
    assert batch.spec.is_job
    assert await queued(ports) == [0, 1, 2]


async def test_a_bad_file_leaves_nothing_behind(ports: JobPorts) -> None:
    job = await advanced(ports, await created(ports, requests(2) + b"{\n"))
    assert (job.status, [fault.line for fault in job.faults]) == (JobStatus.FAILED, [3])
    assert await queued(ports) == []
    assert [blob.path async for blob in ports.batches.blobs.entries("generations/")] == []
    with pytest.raises(TextNLPError):
        await ports.batches.ledger.get(job.id)


async def test_a_file_that_was_deleted_meanwhile_fails_the_job(ports: JobPorts) -> None:
    job = await created(ports)
    await remove_file(ports.files, job.input_file_id)
    assert [fault.code for fault in (await advanced(ports, job)).faults] == ["file_not_found"]


async def test_a_job_ends_with_every_request_in_one_of_its_files(ports: JobPorts) -> None:
    job = await advanced(ports, await created(ports))
    await answer(ports, job, range(1, ROWS), failed=[0])
    job = await advanced(ports, job)
    answered, failed = await lines(ports, job.output_file_id), await lines(ports, job.error_file_id)
    assert (job.status, job.counts) == (JobStatus.COMPLETED, JobCounts(total=ROWS, completed=ROWS - 1, failed=1))
    assert job.usage.total_tokens == 5 * (ROWS - 1)
    assert ids(answered) == ALL_IDS[1:]
    assert [line["response"]["body"]["error"]["code"] for line in failed] == ["content_filter"]


async def test_what_is_not_answered_in_time_is_expired(ports: JobPorts, clock: ManualClock) -> None:
    job = await advanced(ports, await created(ports))
    await answer(ports, job, range(0, ROWS, 2))
    await clock.advance(DAY_SECONDS - 1)
    assert (await advanced(ports, job)).status is JobStatus.IN_PROGRESS
    await clock.advance(1)
    job = await advanced(ports, job)
    answered, unasked = await lines(ports, job.output_file_id), await lines(ports, job.error_file_id)
    assert (job.status, job.ended_at) == (JobStatus.EXPIRED, clock.now())
    assert job.counts == JobCounts(total=ROWS, completed=ROWS // 2, failed=ROWS // 2)
    assert {(line["error"]["code"], line["response"]) for line in unasked} == {("batch_expired", None)}
    assert ids(answered) == ALL_IDS[::2]
    assert ids(answered, unasked) == ALL_IDS


async def test_a_job_that_nobody_took_up_in_time_asks_nothing(ports: JobPorts, clock: ManualClock) -> None:
    job = await created(ports)
    await clock.advance(DAY_SECONDS)
    assert (await advanced(ports, job)).status is JobStatus.EXPIRED
    assert await queued(ports) == []


async def test_a_cancelled_job_keeps_its_answers(ports: JobPorts) -> None:
    job = await advanced(ports, await created(ports))
    await answer(ports, job, range(7))
    assert (await cancel_job(ports, job.id)).status is JobStatus.CANCELLING
    assert (await cancel_job(ports, job.id)).status is JobStatus.CANCELLING
    job = await advanced(ports, job)
    answered, unasked = await lines(ports, job.output_file_id), await lines(ports, job.error_file_id)
    assert (job.status, len(answered)) == (JobStatus.CANCELLED, 7)
    assert {line["error"]["code"] for line in unasked} == {"batch_cancelled"}
    assert ids(answered, unasked) == ALL_IDS


async def test_a_job_cancelled_before_it_was_read_has_no_files(ports: JobPorts) -> None:
    job = await created(ports)
    await cancel_job(ports, job.id)
    job = await advanced(ports, job)
    assert (job.status, job.has_output, job.has_errors) == (JobStatus.CANCELLED, False, False)


async def test_a_job_cancelled_while_it_is_read_asks_nothing_more(ports: JobPorts) -> None:
    job = await created(ports)
    await cancel_job(ports, job.id)
    after = await advance_job(ports, job, wire=WIRE)
    assert after.status is JobStatus.CANCELLING, "the job of before was read; whoever cancelled it was faster"
    assert (await advanced(ports, job)).status is JobStatus.CANCELLED
    assert (await ports.batches.ledger.get(job.id)).state is BatchState.CANCELLED


async def test_a_batch_that_was_stopped_fails_its_job_and_keeps_its_answers(ports: JobPorts) -> None:
    job = await advanced(ports, await created(ports))
    await answer(ports, job, range(3))
    now = ports.files.clock.now()
    await ports.batches.ledger.set_state(job.id, BatchState.FAILED, at=now, reason="The budget is used up.")
    job = await advanced(ports, job)
    assert (job.status, [fault.message for fault in job.faults]) == (JobStatus.FAILED, ["The budget is used up."])
    assert len(await lines(ports, job.output_file_id)) == 3
    assert {line["error"]["code"] for line in await lines(ports, job.error_file_id)} == {"batch_failed"}


async def carried_through(ports: JobPorts, job: BatchJob) -> BatchJob:
    """Advance a job, answering all its rows once it waits for that."""
    while (job := await advanced(ports, job)).status is JobStatus.IN_PROGRESS:
        await answer(ports, job, range(1, ROWS), failed=[0])
    return job


@pytest.mark.parametrize("is_done_first", [True, False])
async def test_a_process_may_be_killed_at_any_call(ports: JobPorts, *, is_done_first: bool) -> None:
    for dies_at in range(100):
        job = await created(ports)
        try:
            await carried_through(mortal(ports, dies_at=dies_at, is_done_first=is_done_first), job)
        except KilledError:
            job = await carried_through(ports, job)
        else:
            break
        answered, failed = await lines(ports, job.output_file_id), await lines(ports, job.error_file_id)
        assert (job.status, job.counts) == (JobStatus.COMPLETED, JobCounts(total=ROWS, completed=ROWS - 1, failed=1))
        assert ids(answered, failed) == ALL_IDS
        slices = [await ports.batches.queue.receive(ports.batches.queue_entity, max_messages=9) for _ in range(2)]
        assert [decode_slice(message.body)[1].index for message in slices[0]] == [0, 1, 2]
        assert slices[1] == []
        await ports.batches.queue.complete(slices[0])
    else:
        pytest.fail("it never came through")


async def test_two_processes_that_advance_the_same_job_do_no_harm(ports: JobPorts) -> None:
    job = await created(ports)
    for _ in range(2):
        await advance_job(ports, job, wire=WIRE)
    await answer(ports, job, range(ROWS))
    job = await ports.jobs.get(job.id)
    finalizing = await advance_job(ports, job, wire=WIRE)
    ends = [await advance_job(ports, finalizing, wire=WIRE) for _ in range(2)]
    assert ends[0] == ends[1]
    assert ids(await lines(ports, ends[0].output_file_id)) == ALL_IDS
    assert sorted(await queued(ports)) == [0, 1, 2]


@pytest.mark.parametrize("size", [1, 700])
async def test_lines_may_arrive_in_any_pieces(ports: JobPorts, size: int) -> None:
    class Dribbling:
        def __getattr__(self, name: str) -> Any:
            return getattr(ports.files.blobs, name)

        async def stream(self, path: str) -> AsyncGenerator[bytes]:
            data = await ports.files.blobs.get(path)
            for start in range(0, len(data), size):
                yield data[start : start + size]

    job = await created(ports, requests(4).rstrip())
    blobs = cast("Any", Dribbling())
    slowly = dataclasses.replace(ports, files=dataclasses.replace(ports.files, blobs=blobs))
    assert (await advanced(slowly, job)).counts.total == 4


async def test_only_an_input_for_batches_becomes_a_job(ports: JobPorts) -> None:
    with pytest.raises(TextNLPError) as caught:
        await created(ports, purpose=FilePurpose.USER_DATA)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "input_file_id")
    file = (await ports.files.catalog.page(at=ports.files.clock.now()))[0]
    large = dataclasses.replace(file, id=FileId("file-large"), purpose=FilePurpose.BATCH, size_bytes=10**9)
    await ports.files.catalog.add(large)
    with pytest.raises(TextNLPError) as caught:
        await create_job(ports, input_file_id=large.id, endpoint="/v1/chat/completions", owner=OWNER)
    assert caught.value.kind is ErrorKind.TOO_LARGE
