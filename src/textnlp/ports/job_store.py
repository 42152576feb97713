"""Jobs: batches as OpenAI's clients know them."""

from collections.abc import Sequence
from typing import Protocol

from textnlp.domain.batches.job import BatchJob, JobStatus
from textnlp.domain.identifiers import BatchId


class JobStore(Protocol):
    """Keeps one record a job.

    A job that does not exist raises `NOT_FOUND`; a store that cannot be reached raises `UNAVAILABLE`.
    """

    def for_tenant(self, tenant: str) -> "JobStore":
        """Return the store as one tenant sees it: jobs of others are not there, whatever is asked."""
        ...

    async def create(self, job: BatchJob) -> None:
        """Add a job; raise `CONFLICT` when its id is there already, `FORBIDDEN` for another tenant's."""
        ...

    async def get(self, job_id: BatchId) -> BatchJob:
        """Return a job."""
        ...

    async def newest(self, *, after: BatchId | None = None, limit: int = 20) -> Sequence[BatchJob]:
        """List jobs, newest first, those older than `after` (an id) only."""
        ...

    async def unended(self, *, after: BatchId | None = None, limit: int = 200) -> Sequence[BatchJob]:
        """List jobs that have not ended, oldest first, those younger than `after` (an id) only."""
        ...

    async def save(self, job: BatchJob, *, was: JobStatus) -> bool:
        """Store how a job stands where its stored status is `was`; return whether it is.

        Of two processes that advance the same job one so learns that the other was first. What a job was created with
        is not changed; nor is anything of one that is not there, for which False is returned.
        """
        ...
