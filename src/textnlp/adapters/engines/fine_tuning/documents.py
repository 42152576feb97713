"""What a provider says of jobs and events, as far as it is read.

Fields and states are those of platform.openai.com, "Fine-tuning", and of Azure's specification `azureopenai.json` of
version 2024-10-21, in which a job is `pending` at first and its list of result files may be null.
"""

from datetime import UTC, datetime

import msgspec

from textnlp.adapters.engines.openai_compatible.provider_files import ProviderId
from textnlp.domain.tuning.model import TuningEvent, TuningJob, TuningPlan, TuningStatus

_STATUSES = {
    "created": TuningStatus.QUEUED,
    "notRunning": TuningStatus.QUEUED,
    "pending": TuningStatus.QUEUED,
    "queued": TuningStatus.QUEUED,
    "validating_files": TuningStatus.QUEUED,
    "paused": TuningStatus.PAUSED,
    "pausing": TuningStatus.PAUSED,
    "succeeded": TuningStatus.SUCCEEDED,
    "failed": TuningStatus.FAILED,
    "cancelled": TuningStatus.CANCELLED,
    "canceled": TuningStatus.CANCELLED,
}
"""One that is not known may change, and so counts as running."""

_NO_REASON = "The provider gives no reason."


class JobFault(msgspec.Struct, frozen=True):
    """Why a job failed; OpenAI fills in nothing where none has."""

    code: str | None = None
    message: str | None = None
    param: str | None = None


class JobDocument(msgspec.Struct, frozen=True):
    """A job."""

    id: ProviderId
    status: str
    model: str = ""
    training_file: str = ""
    created_at: float = 0.0
    finished_at: float | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    result_files: list[str] | None = None
    error: JobFault | None = None
    estimated_finish: float | None = None

    def read(self) -> TuningJob:
        """Return the job as the platform sees it."""
        status = _STATUSES.get(self.status, TuningStatus.RUNNING)
        said = self.error or JobFault()
        reason = ": ".join(each for each in (said.code, said.message) if each) or _NO_REASON
        return TuningJob(
            id=self.id,
            status=status,
            base=self.model,
            training_file_id=self.training_file,
            created_at=_moment(self.created_at),
            finished_at=None if self.finished_at is None else _moment(self.finished_at),
            tuned_model=self.fine_tuned_model,
            trained_tokens=self.trained_tokens,
            result_files=tuple(self.result_files or ()),
            failure=reason if status is TuningStatus.FAILED else "",
            finishes_at=None if not self.estimated_finish else _moment(self.estimated_finish),
        )


class JobPage(msgspec.Struct, frozen=True):
    """Some jobs."""

    data: list[JobDocument]
    has_more: bool = False


class EventDocument(msgspec.Struct, frozen=True):
    """Something that happened."""

    id: str
    message: str
    created_at: float = 0.0
    level: str = "info"

    def read(self) -> TuningEvent:
        """Return the event as the platform sees it."""
        return TuningEvent(id=self.id, at=_moment(self.created_at), level=self.level, message=self.message)


class EventPage(msgspec.Struct, frozen=True):
    """Some events; OpenAI tells the newest first, Azure the oldest."""

    data: list[EventDocument]
    has_more: bool = False


class _Hyperparameters(msgspec.Struct, omit_defaults=True):
    n_epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None


class JobOrder(msgspec.Struct, omit_defaults=True, rename={"training_type": "trainingType"}):
    """What is asked for; what a provider does not know is sent only where it was given."""

    model: str
    training_file: str
    validation_file: str | None = None
    hyperparameters: _Hyperparameters | None = None
    suffix: str = ""
    seed: int | None = None
    training_type: str = ""


def job_order(plan: TuningPlan, *, training_file_id: str, validation_file_id: str | None) -> JobOrder:
    """Return the order for a plan whose files are there."""
    given = plan.hyperparameters
    parameters = _Hyperparameters(given.epochs, given.batch_size, given.learning_rate_multiplier)
    return JobOrder(
        model=plan.base,
        training_file=training_file_id,
        validation_file=validation_file_id,
        hyperparameters=None if parameters == _Hyperparameters() else parameters,
        suffix=plan.suffix,
        seed=plan.seed,
        training_type=plan.training_type,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
