"""The keeper of jobs: sees each through, from its input file to its output files."""

import asyncio
import logging
from collections.abc import Sequence

from textnlp.application.advance_job import advance_job
from textnlp.application.job_ports import JobPorts, JobWire
from textnlp.application.remove_files import remove_expired_files
from textnlp.domain.batches.job import ENDED_STATUSES, BatchJob, JobStatus
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

_LOG = logging.getLogger(__name__)
_LOOK_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 15.0
_SHARE_OF_AGE = 0.05
_PAUSE_AFTER_ERROR_SECONDS = 15.0
_SWEEP_SECONDS = 60.0
_JOBS_AT_ONCE = 4
_PAGE = 200


class JobKeeper:
    """Advances jobs that have not ended, a few at a time, and removes files that have expired.

    Everything it knows is in the store, so another process can take over at any moment, and several may run. A job
    whose batch is being worked on is looked at about twenty times in its life, one that waits for its owner's next
    step at once. While something is away it tries again; a surprise lets one job rest and not the others.
    """

    def __init__(self, ports: JobPorts, *, wire: JobWire) -> None:
        self._ports = ports
        self._wire = wire
        self._clock = ports.files.clock
        self._in_hand: set[BatchId] = set[BatchId]()
        self._resting: dict[BatchId, tuple[JobStatus, float]] = {}
        self._room = asyncio.Semaphore(_JOBS_AT_ONCE)

    async def run(self) -> None:
        """Keep jobs until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sweep(), name="expired files")
            while True:
                for job in await self._due():
                    self._in_hand.add(job.id)
                    tasks.create_task(self._advance(job), name=f"job {job.id}")
                await self._clock.sleep(_LOOK_SECONDS)

    async def _due(self) -> Sequence[BatchJob]:
        """Return the jobs that are neither in hand nor at rest, none while the store is away."""
        due: list[BatchJob] = []
        unended: set[BatchId] = set()
        after: BatchId | None = None
        now = self._clock.monotonic()
        try:
            while page := await self._ports.jobs.unended(after=after, limit=_PAGE):
                due.extend(job for job in page if job.id not in self._in_hand and not self._rests(job, now=now))
                unended.update(job.id for job in page)
                after = page[-1].id
        except TextNLPError as error:
            _log_unless_away(error, "Looking for jobs")
            return ()
        self._resting = {job_id: rest for job_id, rest in self._resting.items() if job_id in unended}
        return due

    def _rests(self, job: BatchJob, *, now: float) -> bool:
        """Whether the job still stands as it did when it was put to rest, and its rest is not over."""
        status, until = self._resting.get(job.id, (job.status, now))
        return status is job.status and until > now

    async def _advance(self, job: BatchJob) -> None:
        """Advance a job as far as it goes without waiting."""
        try:
            async with self._room:
                while job.status not in ENDED_STATUSES:
                    before, job = job, await advance_job(self._ports, job, wire=self._wire)
                    if job.status is before.status:
                        break
            pause = self._pause(job)
            if job.status in ENDED_STATUSES:
                _LOG.info("%s is %s: %s.", job.id, job.status.value, job.counts)
        except TextNLPError as error:
            _log_unless_away(error, f"Advancing {job.id}")
            pause = _LOOK_SECONDS if error.kind is ErrorKind.UNAVAILABLE else _PAUSE_AFTER_ERROR_SECONDS
        except Exception:  # noqa: BLE001  one job must never keep the others from going on
            _LOG.exception("Advancing %s went wrong.", job.id)
            pause = _PAUSE_AFTER_ERROR_SECONDS
        finally:
            self._in_hand.discard(job.id)
        self._resting[job.id] = (job.status, self._clock.monotonic() + pause)

    def _pause(self, job: BatchJob) -> float:
        if job.status is not JobStatus.IN_PROGRESS:
            return _LOOK_SECONDS
        age = (self._clock.now() - job.created_at).total_seconds()
        return min(_LONGEST_PAUSE_SECONDS, max(_LOOK_SECONDS, _SHARE_OF_AGE * age))

    async def _sweep(self) -> None:
        while True:
            try:
                await remove_expired_files(self._ports.files)
            except TextNLPError as error:
                _log_unless_away(error, "Removing expired files")
            await self._clock.sleep(_SWEEP_SECONDS)


def _log_unless_away(error: TextNLPError, what: str) -> None:
    """Log an error unless it says that something is away; either way the same is tried again later."""
    if error.kind is not ErrorKind.UNAVAILABLE:
        _LOG.error("%s went wrong.", what, exc_info=error)
