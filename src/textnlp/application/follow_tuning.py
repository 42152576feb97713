"""Look at fine-tuning jobs, follow them to their end, and end them."""

from collections.abc import Callable
from dataclasses import replace

from textnlp.application.keep_tuned_model import keep_tuned_model
from textnlp.application.model_registry import ModelRegistry
from textnlp.application.tuning_records import KeptRecord, TuningRecords
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.registry.model import ModelStage, RegisteredModel
from textnlp.domain.tuning.model import TuningEvent, TuningJob, TuningRecord, TuningStatus
from textnlp.ports.clock import Clock
from textnlp.ports.tuning_provider import TuningProvider

ShowEvent = Callable[[TuningEvent], None]

_FIRST_PAUSE_SECONDS = 5.0
_LONGEST_PAUSE_SECONDS = 60.0
_GROWTH = 1.5
_ATTEMPTS = 8
_LONGEST_WATCH_SECONDS = 7 * 24 * 3600.0


class FollowTuning:
    """Knows how the jobs of one provider stand; whoever sees that one has succeeded registers its model."""

    def __init__(
        self, provider: TuningProvider, *, records: TuningRecords, registry: ModelRegistry, clock: Clock
    ) -> None:
        self._provider = provider
        self._records = records
        self._registry = registry
        self._clock = clock

    async def look(self, kept: KeptRecord) -> tuple[TuningRecord, TuningJob]:
        """Return how a job stands, with its model registered where it has succeeded."""
        job = await self._provider.find(kept.record.job_id or "")
        return (await self._seen(kept, job)).record, job

    async def watch(self, kept: KeptRecord, show: ShowEvent) -> tuple[TuningRecord, TuningJob]:
        """Show what happens to a job, from its first event on, and return when it has ended.

        Raises `TIMEOUT` after a week, and what the provider raises; the job goes on in any case.
        """
        shown: set[str] = set()
        pause = _FIRST_PAUSE_SECONDS
        until = self._clock.monotonic() + _LONGEST_WATCH_SECONDS
        while True:
            job = await self._provider.find(kept.record.job_id or "")
            fresh = [event for event in await self._provider.events(job.id) if event.id not in shown]
            for event in fresh:
                shown.add(event.id)
                show(event)
            if job.is_ended:
                return (await self._seen(kept, job)).record, job
            if self._clock.monotonic() > until:
                raise _endless(job)
            pause = _FIRST_PAUSE_SECONDS if fresh else min(_LONGEST_PAUSE_SECONDS, _GROWTH * pause)
            await self._clock.sleep(pause)

    async def cancel(self, kept: KeptRecord) -> tuple[TuningRecord, TuningJob]:
        """End a job before its time; raise `CONFLICT` for one that has ended."""
        job = await self._provider.find(kept.record.job_id or "")
        seen = await self._seen(kept, job)
        if job.is_ended:
            raise TextNLPError(f"The job {job.id} has ended already: {job.status}.", kind=ErrorKind.CONFLICT)
        job = await self._provider.cancel(job.id)
        return (await self._seen(seen, job)).record, job

    async def _seen(self, kept: KeptRecord, job: TuningJob) -> KeptRecord:
        """Write down how a job stands, and which version its model has become.

        Of several who register the model at once the first to write it down decides; versions of the others are
        retired.
        """
        model = await self._registered(kept.record, job)
        kept = await self._written(kept, job, model)
        if model is not None and kept.record.registered != model.reference:
            await self._registry.promote(model.name, model.version, stage=ModelStage.RETIRED)
        return kept

    async def _registered(self, record: TuningRecord, job: TuningJob) -> RegisteredModel | None:
        if record.registered is not None or job.status is not TuningStatus.SUCCEEDED or not job.tuned_model:
            return None
        return await keep_tuned_model(
            record, job, tuned_model=job.tuned_model, provider=self._provider, registry=self._registry
        )

    async def _written(self, kept: KeptRecord, job: TuningJob, model: RegisteredModel | None) -> KeptRecord:
        """Change the record, or the one that others have put in its place, as long as it is of the same job."""
        reference = None if model is None else model.reference
        for _ in range(_ATTEMPTS):
            record = replace(kept.record, status=job.status, registered=kept.record.registered or reference)
            if record == kept.record or record.job_id != job.id:
                return kept
            try:
                return await self._records.change(kept, record)
            except TextNLPError as error:
                found = await self._records.find(record.path)
                if error.kind is not ErrorKind.CONFLICT or found is None:
                    raise
                kept = found
        raise TextNLPError(f"Others look at the job {job.id} all the time.", kind=ErrorKind.CONFLICT)


def _endless(job: TuningJob) -> TextNLPError:
    hint = f"The job goes on without you; come back to it with: textnlp model tune watch {job.id}"
    return TextNLPError(f"The job {job.id} has not ended.", kind=ErrorKind.TIMEOUT, facts=ErrorFacts(hint=hint))
