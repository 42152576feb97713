import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.domain.batches.job import BatchJob, JobCounts, JobStatus
from textnlp.domain.batches.job_rules import counts_of, faults_at_end, require_cancellable, status_at_end
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId, FileId

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
JOB = BatchJob(
    id=BatchId("batch_1"),
    input_file_id=FileId("file-1"),
    output_file_id=FileId("file-2"),
    error_file_id=FileId("file-3"),
    endpoint="/v1/chat/completions",
    created_at=NOON - timedelta(days=1),
    expires_at=NOON,
)
CANCELLED_JOB = dataclasses.replace(JOB, cancelling_at=NOON)
EARLY, LATE = NOON - timedelta(seconds=1), NOON


def batch(state: BatchState, *, pending: int = 0, finished_at: datetime = EARLY) -> Batch:
    return Batch(
        id=JOB.id,
        name="in.jsonl",
        state=state,
        spec=BatchSpec(model="m"),
        created_at=NOON,
        counts=LedgerCounts(input=6 + pending, accepted=3, rejected=1, failed=2),
        finished_at=finished_at,
        reason="The key is refused.",
    )


@pytest.mark.parametrize(
    ("job", "ended", "status"),
    [
        (JOB, batch(BatchState.COMPLETED), JobStatus.COMPLETED),
        (JOB, batch(BatchState.COMPLETED, finished_at=LATE), JobStatus.COMPLETED),
        (JOB, batch(BatchState.FAILED), JobStatus.COMPLETED),
        (JOB, batch(BatchState.FAILED, pending=1), JobStatus.FAILED),
        (JOB, batch(BatchState.CANCELLED, pending=1), JobStatus.CANCELLED),
        (JOB, batch(BatchState.CANCELLED, pending=1, finished_at=LATE), JobStatus.EXPIRED),
        (CANCELLED_JOB, batch(BatchState.CANCELLED, pending=1, finished_at=LATE), JobStatus.CANCELLED),
        (CANCELLED_JOB, batch(BatchState.COMPLETED), JobStatus.CANCELLED),
    ],
)
def test_how_a_job_ends(job: BatchJob, ended: Batch, status: JobStatus) -> None:
    assert status_at_end(job, ended) is status


def test_only_a_job_that_failed_says_why() -> None:
    stopped = batch(BatchState.FAILED, pending=1)
    assert [fault.message for fault in faults_at_end(stopped, JobStatus.FAILED)] == ["The key is refused."]
    assert faults_at_end(stopped, JobStatus.CANCELLED) == ()


def test_at_the_end_what_was_not_asked_has_failed() -> None:
    stopped = batch(BatchState.CANCELLED, pending=4)
    assert counts_of(stopped, is_ended=False) == JobCounts(total=10, completed=3, failed=3)
    assert counts_of(stopped, is_ended=True) == JobCounts(total=10, completed=3, failed=7)


@pytest.mark.parametrize("status", JobStatus)
def test_a_job_can_be_cancelled_until_its_files_are_written(status: JobStatus) -> None:
    job = dataclasses.replace(JOB, status=status)
    if status in {JobStatus.VALIDATING, JobStatus.IN_PROGRESS}:
        require_cancellable(job)
        return
    with pytest.raises(TextNLPError) as caught:
        require_cancellable(job)
    assert caught.value.kind is ErrorKind.CONFLICT
    assert status.value in caught.value.message
