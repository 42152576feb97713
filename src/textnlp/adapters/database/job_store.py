"""Jobs in PostgreSQL."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, LiteralString

import msgspec
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.batches.job import BatchJob, JobCounts, JobFault, JobStatus
from textnlp.domain.batches.job_rules import no_such_job
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BatchId, FileId

_COLUMNS: LiteralString = """
    id, input_file_id, output_file_id, error_file_id, endpoint, created_at, expires_at, completion_window,
    tenant, caller, metadata::text, output_expires_after_seconds,
    status, in_progress_at, cancelling_at, finalizing_at, ended_at, model, has_output, has_errors, faults::text,
    total_requests, completed_requests, failed_requests,
    prompt_tokens, completion_tokens, cached_tokens, reasoning_tokens
"""
_CREATE: LiteralString = """
insert into batch_jobs (
    id, input_file_id, output_file_id, error_file_id, endpoint, created_at, expires_at, completion_window,
    tenant, caller, metadata, output_expires_after_seconds, status
) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_GET = "select COLUMNS from batch_jobs where id = %s".replace("COLUMNS", _COLUMNS)
_NEWEST = """
select COLUMNS from batch_jobs
where %(after)s::text is null or id < %(after)s::text
order by id desc
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
# Written out, so that the index on jobs that have not ended can be used.
_UNENDED = """
select COLUMNS from batch_jobs
where status not in ('completed', 'failed', 'expired', 'cancelled')
    and (%(after)s::text is null or id > %(after)s::text)
order by id
limit %(limit)s
""".replace("COLUMNS", _COLUMNS)
_SAVE: LiteralString = """
update batch_jobs
set status = %(status)s, in_progress_at = %(in_progress_at)s, cancelling_at = %(cancelling_at)s,
    finalizing_at = %(finalizing_at)s, ended_at = %(ended_at)s, model = %(model)s,
    has_output = %(has_output)s, has_errors = %(has_errors)s, faults = %(faults)s,
    total_requests = %(total)s, completed_requests = %(completed)s, failed_requests = %(failed)s,
    prompt_tokens = %(prompt_tokens)s, completion_tokens = %(completion_tokens)s,
    cached_tokens = %(cached_tokens)s, reasoning_tokens = %(reasoning_tokens)s
where id = %(id)s and status = %(was)s
"""
_METADATA = msgspec.json.Decoder(dict[str, str])
_FAULTS = msgspec.json.Decoder(tuple[JobFault, ...])


class PostgresJobStore:
    """Satisfies the `JobStore` port on the table of revision 0009; every method is a single statement."""

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresJobStore":
        """Return the store as one tenant sees it; the server itself keeps the jobs of others from it."""
        return PostgresJobStore(self._database.for_tenant(tenant))

    async def create(self, job: BatchJob) -> None:
        """Add a job."""
        metadata = None if job.metadata is None else msgspec.json.encode(job.metadata).decode()
        values = (
            *(job.id, job.input_file_id, job.output_file_id, job.error_file_id, job.endpoint),
            *(job.created_at, job.expires_at, job.completion_window, job.tenant, job.caller),
            *(metadata, job.output_expires_after_seconds, job.status),
        )
        async with self._database.connection() as connection:
            try:
                await connection.execute(_CREATE, values)
            except UniqueViolation as exc:
                raise TextNLPError(f"There is a batch {job.id} already.", kind=ErrorKind.CONFLICT) from exc
            except InsufficientPrivilege as exc:
                message = f"Batch {job.id} belongs to another tenant."
                raise TextNLPError(message, kind=ErrorKind.FORBIDDEN) from exc

    async def get(self, job_id: BatchId) -> BatchJob:
        """Return a job."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_GET, (storable(job_id),))).fetchone()
        if row is None:
            raise no_such_job(job_id)
        return _job_of_row(row)

    async def newest(self, *, after: BatchId | None = None, limit: int = 20) -> Sequence[BatchJob]:
        """List jobs, newest first."""
        return await self._listed(_NEWEST, after=after, limit=limit)

    async def unended(self, *, after: BatchId | None = None, limit: int = 200) -> Sequence[BatchJob]:
        """List jobs that have not ended, oldest first."""
        return await self._listed(_UNENDED, after=after, limit=limit)

    async def save(self, job: BatchJob, *, was: JobStatus) -> bool:
        """Store how a job stands where its stored status is `was`."""
        counts, usage = job.counts, job.usage
        changes = {
            "id": job.id,
            "was": was,
            "status": job.status,
            "in_progress_at": job.in_progress_at,
            "cancelling_at": job.cancelling_at,
            "finalizing_at": job.finalizing_at,
            "ended_at": job.ended_at,
            "model": storable(job.model),
            "has_output": job.has_output,
            "has_errors": job.has_errors,
            "faults": msgspec.json.encode(job.faults).decode(),
            "total": counts.total,
            "completed": counts.completed,
            "failed": counts.failed,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
        }
        async with self._database.connection() as connection:
            cursor = await connection.execute(_SAVE, changes)
        return cursor.rowcount > 0

    async def _listed(self, statement: LiteralString, *, after: BatchId | None, limit: int) -> list[BatchJob]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(statement, {"after": storable(after), "limit": limit})
            return [_job_of_row(row) for row in await cursor.fetchall()]


def _job_of_row(row: tuple[Any, ...]) -> BatchJob:
    return BatchJob(
        id=BatchId(row[0]),
        input_file_id=FileId(row[1]),
        output_file_id=FileId(row[2]),
        error_file_id=FileId(row[3]),
        endpoint=row[4],
        created_at=row[5].astimezone(UTC),
        expires_at=row[6].astimezone(UTC),
        completion_window=row[7],
        tenant=row[8],
        caller=row[9],
        metadata=None if row[10] is None else _METADATA.decode(row[10]),
        output_expires_after_seconds=row[11],
        status=JobStatus(row[12]),
        in_progress_at=_in_utc(row[13]),
        cancelling_at=_in_utc(row[14]),
        finalizing_at=_in_utc(row[15]),
        ended_at=_in_utc(row[16]),
        model=row[17],
        has_output=row[18],
        has_errors=row[19],
        faults=_FAULTS.decode(row[20]),
        counts=JobCounts(total=row[21], completed=row[22], failed=row[23]),
        usage=Usage(prompt_tokens=row[24], completion_tokens=row[25], cached_tokens=row[26], reasoning_tokens=row[27]),
    )


def _in_utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC)
