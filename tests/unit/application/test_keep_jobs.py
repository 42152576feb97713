import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncGenerator, Sequence
from typing import Any, cast

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import memory_job_ports
from textnlp.api.job_wire import OpenAIJobWire
from textnlp.application.job_ports import JobPorts
from textnlp.application.keep_jobs import JobKeeper
from textnlp.domain.batches.job import BatchJob, JobStatus
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId, new_batch_id, new_file_id

AWAY = TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)


class Faulty:
    """A port that raises what it is told to, and counts how often it was asked for each job."""

    def __init__(self, port: Any, faults: dict[str, Exception]) -> None:
        self._port = port
        self.faults = faults
        self.looks: list[BatchId] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    async def unended(self, **named: Any) -> Sequence[BatchJob]:
        if "unended" in self.faults:
            raise self.faults["unended"]
        return await self._port.unended(**named)

    async def get(self, key: BatchId) -> Any:
        self.looks.append(key)
        if key in self.faults:
            raise self.faults[key]
        return await self._port.get(key)


@contextlib.asynccontextmanager
async def kept(clock: ManualClock, **faults: Exception) -> AsyncGenerator[tuple[JobPorts, Faulty]]:
    """Run a keeper over jobs whose input files are missing, so that each fails as soon as it is looked at."""
    made = memory_job_ports()
    store, ledger = Faulty(made.jobs, faults), Faulty(made.batches.ledger, faults)
    ports = dataclasses.replace(
        made,
        jobs=cast("Any", store),
        files=dataclasses.replace(made.files, clock=clock),
        batches=dataclasses.replace(made.batches, clock=clock, ledger=cast("Any", ledger)),
    )
    keeping = asyncio.create_task(JobKeeper(ports, wire=OpenAIJobWire()).run())
    yield ports, ledger
    keeping.cancel()
    await asyncio.gather(keeping, return_exceptions=True)


async def job_of(ports: JobPorts, clock: ManualClock) -> BatchJob:
    now = clock.now()
    job = BatchJob(
        id=new_batch_id(now),
        input_file_id=new_file_id(now),
        output_file_id=new_file_id(now),
        error_file_id=new_file_id(now),
        endpoint="/v1/chat/completions",
        created_at=now,
        expires_at=now.replace(year=now.year + 1),
    )
    await ports.jobs.create(job)
    return job


async def test_jobs_are_advanced_as_they_come() -> None:
    clock = ManualClock()
    async with kept(clock) as (ports, _):
        for _ in range(3):
            job = await job_of(ports, clock)
            await clock.advance(0.5)
            assert (await ports.jobs.get(job.id)).status is JobStatus.FAILED


async def test_what_is_away_is_waited_for() -> None:
    clock = ManualClock()
    async with kept(clock, unended=AWAY) as (ports, ledger):
        job = await job_of(ports, clock)
        await clock.advance(60)
        assert ledger.looks == []
        del ledger.faults["unended"]
        ledger.faults[job.id] = AWAY
        await clock.advance(10)
        assert (await ports.jobs.unended())[0].status is JobStatus.VALIDATING
        del ledger.faults[job.id]
        await clock.advance(1)
        assert (await ports.jobs.get(job.id)).status is JobStatus.FAILED


async def test_a_job_that_goes_wrong_rests_and_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    async with kept(clock) as (ports, ledger):
        wrong = await job_of(ports, clock)
        ledger.faults[wrong.id] = RuntimeError("Surprise.")
        with caplog.at_level(logging.ERROR):
            await clock.advance(10)
        assert ledger.looks.count(wrong.id) == 1
        assert "Surprise." in caplog.text
        other = await job_of(ports, clock)
        await clock.advance(1)
        assert (await ports.jobs.get(other.id)).status is JobStatus.FAILED
        del ledger.faults[wrong.id]
        await clock.advance(30)
        assert (await ports.jobs.get(wrong.id)).status is JobStatus.FAILED


async def test_a_job_that_is_worked_on_is_looked_at_ever_more_rarely() -> None:
    clock = ManualClock()
    async with kept(clock) as (ports, ledger):
        job = await job_of(ports, clock)
        await ports.jobs.save(dataclasses.replace(job, status=JobStatus.IN_PROGRESS), was=JobStatus.VALIDATING)
        await ports.batches.ledger.create(
            Batch(id=job.id, name="a", state=BatchState.RUNNING, spec=BatchSpec(model="m"), created_at=clock.now())
        )
        await clock.advance(10)
        assert ledger.looks.count(job.id) >= 10
        await clock.advance(3600)
        ledger.looks.clear()
        await clock.advance(60)
        assert 2 <= ledger.looks.count(job.id) <= 4
        await ports.jobs.save(dataclasses.replace(job, status=JobStatus.CANCELLING), was=JobStatus.IN_PROGRESS)
        ledger.looks.clear()
        await clock.advance(1)
        assert job.id in ledger.looks, "its owner waits for the next step"
