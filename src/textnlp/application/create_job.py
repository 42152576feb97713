"""Accept a job over a file that was stored."""

from collections.abc import Mapping
from datetime import timedelta

from textnlp.application.find_file import find_file
from textnlp.application.job_ports import JobPorts
from textnlp.domain.batches.job import BatchJob
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.files.model import FilePurpose, StoredFile
from textnlp.domain.identifiers import FileId, new_batch_id, new_file_id
from textnlp.domain.identity.tenant import Owner
from textnlp.topology.limits import LIMITS

_FIELD = "input_file_id"
_WINDOW = timedelta(seconds=LIMITS.completion_window_seconds)


async def create_job(
    ports: JobPorts,
    *,
    input_file_id: FileId,
    endpoint: str,
    owner: Owner,
    metadata: Mapping[str, str] | None = None,
    output_expires_after_seconds: int | None = None,
) -> BatchJob:
    """Note a job, which whoever keeps jobs takes up soon; return it as it is then, `VALIDATING`.

    Raises `NOT_FOUND` for a file that the caller does not have, `INVALID_INPUT` for one of another purpose than
    `batch`, `TOO_LARGE` for one that is larger than a batch may be.
    """
    file = await _input_file(ports, input_file_id)
    if file.purpose is not FilePurpose.BATCH:
        message = f"The file {file.id} is for {file.purpose.value}; the input of a batch is uploaded for 'batch'."
        raise invalid_input(message, field=_FIELD)
    if file.size_bytes > LIMITS.openai_batch_bytes:
        raise TextNLPError(
            f"The file {file.id} is larger than {LIMITS.openai_batch_bytes:,} bytes.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(hint="Split it into several batches.", field=_FIELD, limit_name="openai_batch_bytes"),
        )
    now = ports.files.clock.now()
    job = BatchJob(
        id=new_batch_id(now),
        input_file_id=file.id,
        output_file_id=new_file_id(now),
        error_file_id=new_file_id(now),
        endpoint=endpoint,
        created_at=now,
        expires_at=now + _WINDOW,
        tenant=owner.tenant,
        caller=owner.caller,
        metadata=metadata,
        output_expires_after_seconds=output_expires_after_seconds,
    )
    await ports.jobs.create(job)
    return job


async def _input_file(ports: JobPorts, file_id: FileId) -> StoredFile:
    try:
        return await find_file(ports.files, file_id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        facts = ErrorFacts(hint="Upload it with purpose 'batch' first.", field=_FIELD)
        raise TextNLPError(error.message, kind=error.kind, facts=facts) from error
