"""How a job stands, seen from the batch that does its work."""

from types import MappingProxyType

from textnlp.domain.batches.job import BatchJob, JobCounts, JobFault, JobStatus
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, not_found

UNASKED_CODES = MappingProxyType(
    {
        JobStatus.CANCELLED: ("batch_cancelled", "The batch was cancelled before this request was executed."),
        JobStatus.EXPIRED: ("batch_expired", "This request could not be executed before the completion window ended."),
        JobStatus.FAILED: ("batch_failed", "The batch was stopped before this request was executed."),
    },
)
"""Code and message of a request that was never answered, by how its job ended."""


def status_at_end(job: BatchJob, batch: Batch) -> JobStatus:
    """Return how a job ends whose batch has ended.

    A batch without an accepted row has done its work, all of which is in the error file: its job is completed. Only
    a batch that was stopped with rows to ask makes its job fail.
    """
    if job.cancelling_at is not None:
        return JobStatus.CANCELLED
    if batch.state is BatchState.CANCELLED:
        is_late = (batch.finished_at or job.created_at) >= job.expires_at
        return JobStatus.EXPIRED if is_late else JobStatus.CANCELLED
    if batch.state is BatchState.FAILED and batch.counts.pending:
        return JobStatus.FAILED
    return JobStatus.COMPLETED


def faults_at_end(batch: Batch, status: JobStatus) -> tuple[JobFault, ...]:
    """Return why a job fails whose batch was stopped."""
    if status is not JobStatus.FAILED:
        return ()
    return (JobFault(code="batch_failed", message=batch.reason or UNASKED_CODES[status][1]),)


def counts_of(batch: Batch, *, is_ended: bool) -> JobCounts:
    """Return the counts of a job; what a job that has ended never asked has failed."""
    counts = batch.counts
    unasked = counts.pending if is_ended else 0
    return JobCounts(total=counts.input, completed=counts.accepted, failed=counts.rejected + counts.failed + unasked)


def require_cancellable(job: BatchJob) -> None:
    """Raise `CONFLICT` for a job that is past being cancelled."""
    if job.status not in {JobStatus.VALIDATING, JobStatus.IN_PROGRESS}:
        raise TextNLPError(
            f"A batch that is {job.status.value} cannot be cancelled.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Only one that is validating or in_progress can."),
        )


def no_such_job(job_id: str) -> TextNLPError:
    """Build the error for a job that does not exist, or not for whoever asks."""
    return not_found(f"There is no batch {job_id}.")
