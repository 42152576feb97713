"""Stop a job; what is done is kept."""

import dataclasses

from textnlp.application.job_ports import JobPorts
from textnlp.domain.batches.job import BatchJob, JobStatus
from textnlp.domain.batches.job_rules import require_cancellable
from textnlp.domain.identifiers import BatchId


async def cancel_job(ports: JobPorts, job_id: BatchId) -> BatchJob:
    """Let a job be cancelled by whoever keeps it; return it, `CANCELLING`.

    Cancelling one that is being cancelled, or was, returns it as it is; one that has ended otherwise, or is writing
    its files, raises `CONFLICT`.
    """
    while True:
        job = await ports.jobs.get(job_id)
        if job.status in {JobStatus.CANCELLING, JobStatus.CANCELLED}:
            return job
        require_cancellable(job)
        now = ports.files.clock.now()
        cancelling = dataclasses.replace(job, status=JobStatus.CANCELLING, cancelling_at=now)
        if await ports.jobs.save(cancelling, was=job.status):
            return cancelling
