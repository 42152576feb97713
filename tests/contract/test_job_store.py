import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.database.job_store import PostgresJobStore
from textnlp.adapters.database.memory_job_store import MemoryJobStore
from textnlp.domain.batches.job import ENDED_STATUSES, BatchJob, JobCounts, JobFault, JobStatus
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identifiers import BatchId, new_batch_id, new_file_id
from textnlp.ports.job_store import JobStore

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> JobStore:
    if request.param == "memory":
        return MemoryJobStore()
    return PostgresJobStore(request.getfixturevalue("database"))


def job(hour: int = 0, *, tenant: str = "a") -> BatchJob:
    made_at = NOON + hour * HOUR
    return BatchJob(
        id=new_batch_id(made_at),
        input_file_id=new_file_id(made_at),
        output_file_id=new_file_id(made_at),
        error_file_id=new_file_id(made_at),
        endpoint="/v1/chat/completions",
        created_at=made_at,
        expires_at=made_at + 24 * HOUR,
        tenant=tenant,
        caller="b",
        metadata={"für": "zero \0 and é"},
        output_expires_after_seconds=3600,
    )


def advanced(one: BatchJob, status: JobStatus) -> BatchJob:
    return dataclasses.replace(
        one,
        status=status,
        in_progress_at=NOON + HOUR,
        cancelling_at=NOON + 2 * HOUR,
        finalizing_at=NOON + 3 * HOUR,
        ended_at=NOON + 4 * HOUR,
        model="m-1",
        has_output=True,
        has_errors=True,
        faults=(JobFault(code="c", message="No.\0", param="p", line=3), JobFault(code="d", message="Nor this.")),
        counts=JobCounts(total=7, completed=5, failed=2),
        usage=Usage(prompt_tokens=7, completion_tokens=11, cached_tokens=2, reasoning_tokens=3),
    )


async def test_a_job_is_returned_as_it_was_created(store: JobStore) -> None:
    one = job()
    plain = dataclasses.replace(job(), metadata=None, output_expires_after_seconds=None)
    await store.create(one)
    await store.create(plain)
    assert await store.get(one.id) == one
    assert await store.get(plain.id) == plain
    with pytest.raises(TextNLPError) as caught:
        await store.create(one)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_how_it_stands_is_saved_only_over_what_was_read(store: JobStore) -> None:
    one = job()
    await store.create(one)
    running = advanced(one, JobStatus.IN_PROGRESS)
    assert await store.save(running, was=JobStatus.VALIDATING)
    assert await store.get(one.id) == running
    assert not await store.save(advanced(one, JobStatus.FAILED), was=JobStatus.VALIDATING)
    assert await store.get(one.id) == running
    assert not await store.save(advanced(job(), JobStatus.FAILED), was=JobStatus.VALIDATING)


async def test_what_it_was_created_with_stays(store: JobStore) -> None:
    one = job()
    await store.create(one)
    other = dataclasses.replace(one, tenant="c", caller="d", metadata={}, endpoint="/x", status=JobStatus.FAILED)
    assert await store.save(other, was=JobStatus.VALIDATING)
    assert await store.get(one.id) == dataclasses.replace(one, status=JobStatus.FAILED)


async def test_jobs_are_listed_newest_first_page_by_page(store: JobStore) -> None:
    jobs = [job(hour) for hour in (1, 0, 2)]
    for each in jobs:
        await store.create(each)
    assert [each.id for each in await store.newest(limit=2)] == [jobs[2].id, jobs[0].id]
    assert [each.id for each in await store.newest(after=jobs[0].id)] == [jobs[1].id]


async def test_jobs_that_have_not_ended_are_listed_oldest_first(store: JobStore) -> None:
    jobs = {status: job(hour) for hour, status in enumerate(JobStatus)}
    for status, each in jobs.items():
        await store.create(each)
        await store.save(dataclasses.replace(each, status=status), was=JobStatus.VALIDATING)
    unended = [each.id for status, each in jobs.items() if status not in ENDED_STATUSES]
    assert [each.id for each in await store.unended()] == unended
    assert [each.id for each in await store.unended(after=unended[0], limit=1)] == [unended[1]]


async def test_what_is_not_there_is_not_found(store: JobStore) -> None:
    for unknown in ("batch_unknown", "\0", "\ud800"):
        with pytest.raises(TextNLPError) as caught:
            await store.get(BatchId(unknown))
        assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_tenant_reaches_its_own_jobs_only(store: JobStore) -> None:
    mine, theirs = job(tenant="mine"), job(1, tenant="theirs")
    ours = store.for_tenant("mine")
    await ours.create(mine)
    await store.create(theirs)
    assert [each.id for each in await ours.newest()] == [mine.id]
    assert [each.id for each in await ours.unended()] == [mine.id]
    with pytest.raises(TextNLPError) as caught:
        await ours.get(theirs.id)
    assert caught.value.kind is ErrorKind.NOT_FOUND
    assert not await ours.save(advanced(theirs, JobStatus.FAILED), was=JobStatus.VALIDATING)
    with pytest.raises(TextNLPError) as caught:
        await ours.create(job(tenant="theirs"))
    assert caught.value.kind is ErrorKind.FORBIDDEN
    assert await ours.save(advanced(mine, JobStatus.FAILED), was=JobStatus.VALIDATING)
    assert await store.get(theirs.id) == theirs
