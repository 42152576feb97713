"""Look at rows in tasks of a pool of machines, a few parts ahead, in order."""

from collections import deque
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice

from textnlp.domain.compute.task_job import PoolJob, PoolTask, TaskState
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.validation.record import BadRecord, Record
from textnlp.domain.validation.row_parts import look_at_part, pack_part, unpack_verdicts
from textnlp.domain.validation.sent_checks import SentChecks, put_back
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.row_spool import SpooledBatch
from textnlp.ports.task_pool import TaskPool
from textnlp.topology.containers import VALIDATION_METRICS

_Batch = list[Record | BadRecord]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolOrder:
    """Where and how parts are looked at.

    Attributes:
        job: the job, by an id that nobody else uses.
        image: holds the platform, in the version of whoever asks.
        environment: says where the blobs are, for the tasks.
        batches_in_part: batches of 2,000 rows a task looks at.
        parts_ahead: parts whose rows are kept in memory until their verdicts are there.
        pause_seconds: between looks at how far tasks are.
    """

    job: PoolJob
    image: str
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    batches_in_part: int = 5
    parts_ahead: int = 16
    pause_seconds: float = 2.0


def require_alone(sent: SentChecks | None) -> SentChecks:
    """Return checks that can be looked at anywhere; raise `INVALID_INPUT` for those that need this machine."""
    if sent is None or sent.operators:
        raise invalid_input(
            "Checks that ask somebody, or that compare with files of this machine, cannot be looked at on a pool; "
            "leave --on out.",
            field="--on",
        )
    return sent


class PoolChecks:
    """Looks at batches in tasks; parts and verdicts lie among the blobs, and go with the job."""

    def __init__(self, pool: TaskPool, blobs: BlobStore, order: PoolOrder, *, clock: Clock) -> None:
        self._pool = pool
        self._blobs = blobs
        self._order = order
        self._clock = clock
        self._states: Mapping[str, TaskState] = {}

    async def look(self, checks: SentChecks, batches: Iterator[_Batch]) -> AsyncGenerator[SpooledBatch]:
        """Yield each batch with what checks say of its good rows.

        Raises `UNAVAILABLE` for a task that failed at all its attempts. Whatever happens, the job is removed.
        """
        waiting: deque[tuple[str, tuple[_Batch, ...]]] = deque()
        job_id = self._order.job.id
        await self._pool.create(self._order.job)
        try:
            for number in count():
                part = tuple(islice(batches, self._order.batches_in_part))
                if not part:
                    break
                waiting.append((f"part-{number:06}", part))
                await self._begin(checks, *waiting[-1])
                if len(waiting) >= self._order.parts_ahead:
                    for each in await self._ended(*waiting.popleft()):
                        yield each
            while waiting:
                for each in await self._ended(*waiting.popleft()):
                    yield each
        finally:
            await self._pool.remove(job_id)
            for path in [entry.path async for entry in self._blobs.entries(part_path(job_id, ""))]:
                await self._blobs.delete(path)

    async def _begin(self, checks: SentChecks, name: str, part: tuple[_Batch, ...]) -> None:
        rows = [[record.values for record in batch if isinstance(record, Record)] for batch in part]
        job_id = self._order.job.id
        await self._blobs.put(part_path(job_id, name), pack_part(checks, rows))
        task = PoolTask(
            id=name,
            command=("textnlp", "validate-part", job_id, name),
            image=self._order.image,
            environment=self._order.environment,
        )
        await self._pool.add(job_id, [task])

    async def _ended(self, name: str, part: tuple[_Batch, ...]) -> list[SpooledBatch]:
        job_id = self._order.job.id
        has_looked = False
        while (state := self._states.get(name)) is not TaskState.DONE:
            if state is TaskState.FAILED:
                raise TextNLPError(
                    f"Task {name} of job {job_id} failed at all its attempts.",
                    kind=ErrorKind.UNAVAILABLE,
                    facts=ErrorFacts(hint="Look at stderr.txt of the task: the image, or its way to the blobs."),
                )
            if has_looked:
                await self._clock.sleep(self._order.pause_seconds)
            has_looked = True
            self._states = await self._pool.states(job_id)
        verdicts = unpack_verdicts(await self._blobs.get(verdicts_path(job_id, name)))
        return [
            (batch, put_back(checked, [record for record in batch if isinstance(record, Record)]))
            for batch, checked in zip(part, verdicts, strict=True)
        ]


async def look_in_task(blobs: BlobStore, job_id: str, name: str) -> None:
    """Look at a part, as a task does; doing it twice leaves the same. Raises `NOT_FOUND` for no such part."""
    await blobs.put(verdicts_path(job_id, name), look_at_part(await blobs.get(part_path(job_id, name))))


def part_path(job_id: str, name: str) -> str:
    """Return the blob of a part."""
    return f"{VALIDATION_METRICS}/jobs/{job_id}/{name}"


def verdicts_path(job_id: str, name: str) -> str:
    """Return the blob of what was said of a part."""
    return f"{part_path(job_id, name)}.verdicts"
