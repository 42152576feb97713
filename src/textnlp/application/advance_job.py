"""Bring a job one step on, from wherever an earlier process left it."""

import dataclasses

from textnlp.application.finish_batch import finish_batch
from textnlp.application.job_ports import JobPorts, JobWire
from textnlp.application.start_job import start_job
from textnlp.application.write_job_files import write_job_files
from textnlp.domain.batches.job import BatchJob, JobStatus
from textnlp.domain.batches.job_rules import counts_of, faults_at_end, status_at_end
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.batches.rules import TERMINAL_STATES
from textnlp.domain.errors import ErrorKind, TextNLPError


async def advance_job(ports: JobPorts, job: BatchJob, *, wire: JobWire) -> BatchJob:
    """Do what a job needs next and return it, the same where it has to wait.

    A file is read, a batch whose time is over is stopped, and one that has ended gets its files; each step can be
    made again, or by two processes at once, without harm. Raises `UNAVAILABLE` where something is away.
    """
    batch = await _batch_of(ports, job)
    if batch is None:
        return await _without_batch(ports, job, wire=wire)
    if job.status is JobStatus.VALIDATING:
        return await _saved(ports, job, await start_job(ports, job, wire=wire))
    if batch.state not in TERMINAL_STATES and _is_to_stop(ports, job):
        batch = await _stopped(ports, batch)
    if batch.state not in TERMINAL_STATES:
        return job
    if job.status is JobStatus.IN_PROGRESS:
        now = ports.files.clock.now()
        return await _saved(ports, job, dataclasses.replace(job, status=JobStatus.FINALIZING, finalizing_at=now))
    return await _saved(ports, job, await _ended(ports, job, batch, wire=wire))


async def _without_batch(ports: JobPorts, job: BatchJob, *, wire: JobWire) -> BatchJob:
    """Advance a job whose file was never handed over."""
    now = ports.files.clock.now()
    if job.status is JobStatus.CANCELLING:
        return await _saved(ports, job, dataclasses.replace(job, status=JobStatus.CANCELLED, ended_at=now))
    if now >= job.expires_at:
        return await _saved(ports, job, dataclasses.replace(job, status=JobStatus.EXPIRED, ended_at=now))
    return await _saved(ports, job, await start_job(ports, job, wire=wire))


def _is_to_stop(ports: JobPorts, job: BatchJob) -> bool:
    """Whether a job is being cancelled, or its time is over."""
    return job.status is JobStatus.CANCELLING or ports.files.clock.now() >= job.expires_at


async def _stopped(ports: JobPorts, batch: Batch) -> Batch:
    """Cancel a batch, unless somebody is ending it already; its workers drop it within a second."""
    now = ports.files.clock.now()
    try:
        if batch.state is BatchState.INGESTING:
            return await ports.batches.ledger.set_state(batch.id, BatchState.CANCELLED, at=now)
        if batch.state is BatchState.FINALIZING:
            return batch
        await ports.batches.ledger.set_state(batch.id, BatchState.CANCELLING, at=now)
        return await finish_batch(ports.batches, batch.id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.CONFLICT:
            raise
        return await ports.batches.ledger.get(batch.id)


async def _ended(ports: JobPorts, job: BatchJob, batch: Batch, *, wire: JobWire) -> BatchJob:
    status = status_at_end(job, batch)
    has_output, has_errors = await write_job_files(ports, job, batch, status=status, wire=wire)
    return dataclasses.replace(
        job,
        status=status,
        ended_at=ports.files.clock.now(),
        model=batch.spec.model,
        has_output=has_output,
        has_errors=has_errors,
        faults=faults_at_end(batch, status),
        counts=counts_of(batch, is_ended=True),
        usage=batch.usage,
    )


async def _batch_of(ports: JobPorts, job: BatchJob) -> Batch | None:
    try:
        return await ports.batches.ledger.get(job.id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        return None


async def _saved(ports: JobPorts, job: BatchJob, changed: BatchJob) -> BatchJob:
    """Store the job, unless somebody was faster, whose version is returned then."""
    if await ports.jobs.save(changed, was=job.status):
        return changed
    return await ports.jobs.get(job.id)
