"""Begin a fine-tuning job, once for each plan whatever breaks off in between."""

from dataclasses import dataclass, replace
from datetime import timedelta

from textnlp.application.look_at_examples import look_at_examples
from textnlp.application.make_tuning_job import MakeTuningJob
from textnlp.application.tuning_records import KeptRecord, TuningRecords
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.registry.model import require_model_name
from textnlp.domain.tuning.examples import MIN_TRAINING_EXAMPLES
from textnlp.domain.tuning.model import (
    NO_HYPERPARAMETERS,
    Hyperparameters,
    TuningJob,
    TuningPlan,
    TuningRecord,
    TuningStatus,
    TuningTarget,
    tuning_key,
)
from textnlp.ports.clock import Clock
from textnlp.ports.example_source import ExampleSource
from textnlp.ports.tuning_provider import TuningProvider

_ABANDONED = timedelta(minutes=10)
"""Above what the last call of whoever makes a job may take, with all its attempts."""

_BEGUN_AGAIN = frozenset({TuningStatus.FAILED, TuningStatus.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningDraft:
    """What is asked for, but for what is found in the files; see `TuningPlan`."""

    name: str
    base: str
    training: ExampleSource
    validation: ExampleSource | None = None
    hyperparameters: Hyperparameters = NO_HYPERPARAMETERS
    suffix: str = ""
    seed: int | None = None
    training_type: str = ""


class CreateTuning:
    """Sends files and makes jobs, with a record of each step, so that what was paid for is found again.

    The record is written before the first file is sent and before the job is made, each time only where nobody else
    has written it meanwhile; so of two processes with the same plan one makes the job, and the other is told.
    """

    def __init__(self, provider: TuningProvider, *, records: TuningRecords, clock: Clock) -> None:
        self._provider = provider
        self._records = records
        self._clock = clock

    async def __call__(self, draft: TuningDraft, *, target: TuningTarget) -> tuple[TuningRecord, TuningJob]:
        """Return the job of the plan: the one there is, unless that failed or was cancelled, or else one begun here.

        Raises `INVALID_INPUT` for files that cannot be learnt from, with their lines, `CONFLICT` while another process
        makes the job or where a file changes on the way, and what the provider raises.
        """
        plan = await _looked_at(draft)
        kept = await self._kept(plan, target)
        record = kept.record
        if record.job_id is not None:
            job = await self._provider.find(record.job_id)
            if job.status not in _BEGUN_AGAIN:
                return record, job
            record = replace(record, job_id=None, earlier_jobs=(*record.earlier_jobs, record.job_id))
        elif (adopted := await self._adopted(kept)) is not None:
            return adopted
        elif self._is_busy(record):
            raise _busy()
        claimed = await self._records.change(kept, replace(record, touched_at=self._clock.now()))
        making = MakeTuningJob(claimed, provider=self._provider, records=self._records, clock=self._clock)
        return await making(draft.training, draft.validation)

    async def _kept(self, plan: TuningPlan, target: TuningTarget) -> KeptRecord:
        record = TuningRecord(
            key=tuning_key(plan, origin=self._provider.origin),
            origin=self._provider.origin,
            target=target,
            plan=plan,
            recorded_at=self._clock.now(),
        )
        found = await self._records.find(record.path)
        return found if found is not None else await self._records.add(record)

    async def _adopted(self, kept: KeptRecord) -> tuple[TuningRecord, TuningJob] | None:
        """Return the job that was made by whoever broke off before it was written down, None where none was."""
        record = kept.record
        if record.training_file_id is None:
            return None
        job = await self._provider.find_by_file(record.training_file_id, besides=record.earlier_jobs)
        if job is None:
            return None
        changed = await self._records.change(kept, replace(record, job_id=job.id, status=job.status, touched_at=None))
        return changed.record, job

    def _is_busy(self, record: TuningRecord) -> bool:
        return record.touched_at is not None and self._clock.now() - record.touched_at < _ABANDONED


async def _looked_at(draft: TuningDraft) -> TuningPlan:
    validation = draft.validation
    return TuningPlan(
        name=require_model_name(draft.name),
        base=draft.base,
        training=await look_at_examples(draft.training, field="training", min_examples=MIN_TRAINING_EXAMPLES),
        validation=None
        if validation is None
        else await look_at_examples(validation, field="validation", min_examples=1),
        hyperparameters=draft.hyperparameters,
        suffix=draft.suffix,
        seed=draft.seed,
        training_type=draft.training_type,
    )


def _busy() -> TextNLPError:
    return TextNLPError(
        "Another process makes this job, or broke off while it did.",
        kind=ErrorKind.CONFLICT,
        facts=ErrorFacts(
            hint="Run the same command again in ten minutes; the job is made then if it was not.",
            retry_after_seconds=_ABANDONED.total_seconds(),
        ),
    )
