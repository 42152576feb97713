"""Jobs in memory, gone with the process."""

import dataclasses
from collections.abc import Sequence

from textnlp.domain.batches.job import ENDED_STATUSES, BatchJob, JobStatus
from textnlp.domain.batches.job_rules import no_such_job
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

_CREATED_WITH = (
    *("id", "input_file_id", "output_file_id", "error_file_id", "endpoint", "created_at", "expires_at"),
    *("completion_window", "tenant", "caller", "metadata", "output_expires_after_seconds"),
)


class MemoryJobStore:
    """Satisfies the `JobStore` port."""

    def __init__(self, jobs: dict[BatchId, BatchJob] | None = None, *, tenant: str | None = None) -> None:
        self._jobs = {} if jobs is None else jobs
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryJobStore":
        """Return the store as one tenant sees it."""
        return MemoryJobStore(self._jobs, tenant=tenant)

    async def create(self, job: BatchJob) -> None:
        """Add a job."""
        if self._tenant not in {None, job.tenant}:
            raise TextNLPError(f"Batch {job.id} belongs to another tenant.", kind=ErrorKind.FORBIDDEN)
        if job.id in self._jobs:
            raise TextNLPError(f"There is a batch {job.id} already.", kind=ErrorKind.CONFLICT)
        self._jobs[job.id] = job

    async def get(self, job_id: BatchId) -> BatchJob:
        """Return a job."""
        job = self._jobs.get(job_id)
        if job is None or self._tenant not in {None, job.tenant}:
            raise no_such_job(job_id)
        return job

    async def newest(self, *, after: BatchId | None = None, limit: int = 20) -> Sequence[BatchJob]:
        """List jobs, newest first."""
        older = [job for job in self._visible() if after is None or job.id < after]
        return sorted(older, key=lambda job: job.id, reverse=True)[:limit]

    async def unended(self, *, after: BatchId | None = None, limit: int = 200) -> Sequence[BatchJob]:
        """List jobs that have not ended, oldest first."""
        younger = [
            job for job in self._visible() if job.status not in ENDED_STATUSES and (after is None or job.id > after)
        ]
        return sorted(younger, key=lambda job: job.id)[:limit]

    async def save(self, job: BatchJob, *, was: JobStatus) -> bool:
        """Store how a job stands where its stored status is `was`."""
        stored = self._jobs.get(job.id)
        if stored is None or self._tenant not in {None, stored.tenant} or stored.status is not was:
            return False
        kept = {name: getattr(stored, name) for name in _CREATED_WITH}
        self._jobs[job.id] = dataclasses.replace(job, **kept)
        return True

    def _visible(self) -> list[BatchJob]:
        return [job for job in self._jobs.values() if self._tenant in {None, job.tenant}]
