"""Write the output and the error file of a job whose batch has ended."""

import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from textnlp.application.job_ports import JobPorts, JobWire
from textnlp.application.split_lines import split_lines
from textnlp.domain.batches.job import BatchJob, JobStatus
from textnlp.domain.batches.job_rules import UNASKED_CODES
from textnlp.domain.batches.model import Batch, RowState
from textnlp.domain.batches.requests import decode_requests
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.files.rules import expiry_of
from textnlp.domain.identifiers import FileId
from textnlp.ports.blob_store import BlobWriter

_LONGEST_REQUEST_BYTES = 1 << 30


@dataclass(slots=True)
class _Lines:
    """A file of lines that is there once it has one."""

    path: str
    size_bytes: int = 0
    _writer: BlobWriter | None = field(default=None)

    async def write(self, ports: JobPorts, stack: contextlib.AsyncExitStack, lines: list[bytes]) -> None:
        """Append lines."""
        if not lines:
            return
        if self._writer is None:
            self._writer = await stack.enter_async_context(ports.files.blobs.open_writer(self.path))
        data = b"".join([line + b"\n" for line in lines])
        self.size_bytes += len(data)
        await self._writer.write(data)


async def write_job_files(
    ports: JobPorts, job: BatchJob, batch: Batch, *, status: JobStatus, wire: JobWire
) -> tuple[bool, bool]:
    """Write the files of a job that is about to become `status`; return whether there is an output and an error file.

    Every request of the input is in exactly one of them, once. Doing it again after a crash writes the same files.
    """
    output, errors = (_Lines(f"{batch.output_prefix}job-{kind}.jsonl") for kind in ("output", "error"))
    recorded: set[int] = set()
    async with contextlib.AsyncExitStack() as stack:
        async with contextlib.aclosing(ports.batches.ledger.stream(batch.id)) as pages:
            async for page in pages:
                recorded.update(outcome.row_index for outcome in page)
                accepted = [wire.write_answer(job, each) for each in page if each.state is RowState.ACCEPTED]
                await output.write(ports, stack, accepted)
                failed = [wire.write_failure(job, each) for each in page if each.state is not RowState.ACCEPTED]
                await errors.write(ports, stack, failed)
        if batch.counts.pending:
            async with contextlib.aclosing(_unasked(ports, job, batch, status=status, wire=wire)) as groups:
                async for group in groups:
                    unasked = [line for index, line in group if index not in recorded]
                    await errors.write(ports, stack, unasked)
    await _list(ports, job, output, file_id=job.output_file_id, kind="output")
    await _list(ports, job, errors, file_id=job.error_file_id, kind="error")
    return output.size_bytes > 0, errors.size_bytes > 0


async def _unasked(
    ports: JobPorts, job: BatchJob, batch: Batch, *, status: JobStatus, wire: JobWire
) -> AsyncGenerator[list[tuple[int, bytes]]]:
    """Yield index and line of every request, as if none had been answered."""
    code, message = UNASKED_CODES[status]
    requests = split_lines(ports.batches.blobs.stream(batch.requests_path), max_line_bytes=_LONGEST_REQUEST_BYTES)
    async with contextlib.aclosing(requests):
        async for lines in requests:
            rows = decode_requests(b"\n".join(lines))
            yield [
                (row.index, wire.write_unasked(job, row.id, index=row.index, code=code, message=message))
                for row in rows
            ]


async def _list(ports: JobPorts, job: BatchJob, lines: _Lines, *, file_id: FileId, kind: str) -> None:
    if not lines.size_bytes:
        return
    now = ports.files.clock.now()
    file = StoredFile(
        id=file_id,
        name=f"{job.id}_{kind}.jsonl",
        purpose=FilePurpose.BATCH_OUTPUT,
        size_bytes=lines.size_bytes,
        blob_path=lines.path,
        created_at=now,
        expires_at=expiry_of(FilePurpose.BATCH_OUTPUT, created_at=now, seconds=job.output_expires_after_seconds),
        tenant=job.tenant,
        caller=job.caller,
    )
    try:
        await ports.files.catalog.add(file)
    except TextNLPError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
