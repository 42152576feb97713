"""Jobs as they stand at this moment."""

import dataclasses
from collections.abc import Iterable

from textnlp.application.job_ports import JobPorts
from textnlp.domain.batches.job import ENDED_STATUSES, BatchJob
from textnlp.domain.batches.job_rules import counts_of


async def show_jobs(ports: JobPorts, jobs: Iterable[BatchJob]) -> list[BatchJob]:
    """Return jobs with the counts and the usage that their batches have by now; those that have ended keep theirs."""
    return [await _shown(ports, job) for job in jobs]


async def _shown(ports: JobPorts, job: BatchJob) -> BatchJob:
    if job.in_progress_at is None or job.status in ENDED_STATUSES:
        return job
    batch = await ports.batches.ledger.get(job.id)
    return dataclasses.replace(job, counts=counts_of(batch, is_ended=False), usage=batch.usage)
