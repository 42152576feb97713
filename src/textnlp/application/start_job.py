"""Read the input file of a job, and either refuse it or hand its requests to the batch engine."""

import asyncio
import contextlib
import dataclasses
import hashlib
from collections.abc import AsyncGenerator, Callable, Generator

from textnlp.application.find_file import find_file
from textnlp.application.job_ports import JobPorts, JobWire
from textnlp.application.send_slices import send_slices
from textnlp.application.split_lines import split_lines
from textnlp.domain.batches.job import BatchJob, JobCounts, JobFault, JobStatus
from textnlp.domain.batches.job_reader import JobLimits, JobReader
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts
from textnlp.domain.batches.paths import output_prefix, requests_path
from textnlp.domain.batches.slice_layout import SliceLayout
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import StoredFile
from textnlp.topology.limits import LIMITS

_LIMITS = JobLimits(max_lines=LIMITS.openai_batch_lines, max_line_bytes=LIMITS.max_request_body_bytes)


class _RefusedError(Exception):
    """Raised within the writer of the requests, so that nothing of a refused file is left."""


async def start_job(ports: JobPorts, job: BatchJob, *, wire: JobWire) -> BatchJob:
    """Return a `VALIDATING` job as it stands after its file was read: `IN_PROGRESS`, or `FAILED` with the faults.

    One line that is wrong refuses the whole file, with up to a hundred faults told, and nothing is asked. The file is
    read once, in memory that does not grow with its size. Doing it again after a crash makes the same batch, and asks
    nothing twice.
    """
    try:
        file = await find_file(ports.files, job.input_file_id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return _failed(ports, job, [JobFault(code="file_not_found", message=error.message, param="input_file_id")])
    reader = JobReader(
        endpoint=job.endpoint,
        read_body=wire.read_body,
        default_model=ports.default_model,
        limits=_LIMITS,
        layout=SliceLayout(LIMITS.slice_rows),
    )
    try:
        digest = await _read(ports, job, file, reader)
    except _RefusedError:
        return _failed(ports, job, reader.faults)
    batch = Batch(
        id=job.id,
        name=file.name,
        state=BatchState.INGESTING,
        spec=BatchSpec(model=reader.model or ports.default_model, endpoint=ports.endpoint, is_job=True),
        created_at=job.created_at,
        tenant=job.tenant,
        caller=job.caller,
        source_sha256=digest,
        requests_path=requests_path(job.id),
        output_prefix=output_prefix(job.id),
        slice_count=len(reader.layout.slices),
    )
    await _hand_over(ports, batch, reader.layout)
    return dataclasses.replace(
        job,
        status=JobStatus.IN_PROGRESS,
        in_progress_at=ports.files.clock.now(),
        model=reader.model,
        counts=JobCounts(total=reader.layout.rows),
    )


async def _read(ports: JobPorts, job: BatchJob, file: StoredFile, reader: JobReader) -> str:
    """Write the requests blob; return the digest of the file's bytes."""
    digest = hashlib.sha256()
    pieces = _noted(ports.files.blobs.stream(file.blob_path), digest.update)
    async with (
        ports.batches.blobs.open_writer(requests_path(job.id)) as writer,
        contextlib.aclosing(split_lines(pieces, max_line_bytes=_LIMITS.max_line_bytes)) as groups,
    ):
        async for lines in groups:
            await writer.write(await asyncio.to_thread(reader.take, lines))
            if reader.is_hopeless:
                break
        reader.finish()
        if not reader.faults:
            _require_model(ports, reader)
        if reader.faults:
            raise _RefusedError
    return digest.hexdigest()


async def _noted(pieces: AsyncGenerator[bytes], note: Callable[[bytes], None]) -> AsyncGenerator[bytes]:
    async with contextlib.aclosing(pieces):
        async for piece in pieces:
            note(piece)
            yield piece


def _require_model(ports: JobPorts, reader: JobReader) -> None:
    try:
        ports.require_model(reader.model or ports.default_model)
    except TextNLPError as error:
        fault = JobFault(code="model_not_found", message=error.full_text, param="body.model", line=1)
        reader.faults.append(fault)


async def _hand_over(ports: JobPorts, batch: Batch, layout: SliceLayout) -> None:
    """Make the batch and queue its slices, as far as an earlier process has not."""
    ledger = ports.batches.ledger
    with _unless_done():
        await ledger.create(batch)
    started = dataclasses.replace(batch, state=BatchState.RUNNING, counts=LedgerCounts(input=layout.rows))
    with _unless_done():
        await ledger.start(started, layout.slices, [])
    await send_slices(ports.batches, batch.id, await ledger.unfinished_slices(batch.id))


@contextlib.contextmanager
def _unless_done() -> Generator[None]:
    """Pass over a `CONFLICT`: the step was made before, by a process that was killed or by one that is faster."""
    try:
        yield
    except TextNLPError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise


def _failed(ports: JobPorts, job: BatchJob, faults: list[JobFault]) -> BatchJob:
    now = ports.files.clock.now()
    return dataclasses.replace(job, status=JobStatus.FAILED, ended_at=now, faults=tuple(faults))
