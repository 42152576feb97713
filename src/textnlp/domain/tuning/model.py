"""Fine-tuning at a provider: what is asked, how a job stands, and what is remembered of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import msgspec

from textnlp.topology.containers import MODELS_CONFIGS

_KEY_CHARACTERS = 20
_RECORDS = "tuning"


class TuningStatus(StrEnum):
    """How a job stands; the last three do not change any more."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({TuningStatus.SUCCEEDED, TuningStatus.FAILED, TuningStatus.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Hyperparameters:
    """How a model is trained; None leaves the choice to the provider.

    Attributes:
        epochs: how often every example is seen.
        batch_size: examples of one step.
        learning_rate_multiplier: factor on the rate that the base model was trained with.
    """

    epochs: int | None = None
    batch_size: int | None = None
    learning_rate_multiplier: float | None = None


NO_HYPERPARAMETERS = Hyperparameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleFile:
    """A file of examples that was found good; `sha256` is of all its bytes, in hexadecimal."""

    name: str
    size_bytes: int
    sha256: str
    examples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningPlan:
    """What is asked of a provider.

    Attributes:
        name: under which the model is registered.
        base: the model that is tuned, as the provider names it.
        suffix: what the provider puts into the tuned model's own name, empty for nothing.
        seed: makes training repeatable as far as the provider can.
        training_type: where Azure OpenAI trains, such as `GlobalStandard`; empty for what the provider does by itself.
    """

    name: str
    base: str
    training: ExampleFile
    validation: ExampleFile | None = None
    hyperparameters: Hyperparameters = NO_HYPERPARAMETERS
    suffix: str = ""
    seed: int | None = None
    training_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningTarget:
    """Where a job runs: a deployment of the models file, or an address and the variable that holds its key."""

    deployment: str | None = None
    base_url: str | None = None
    api_key_env: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningRecord:
    """What is remembered of a plan, from before its first file is sent.

    Attributes:
        key: the same for equal plans at the same provider.
        origin: scheme and host of the provider.
        touched_at: when whoever sends files and makes the job last said to be alive; None when nobody does.
        training_file_id, validation_file_id: what the provider calls the files, once they are there.
        job_id: what the provider calls the job, once it is made.
        earlier_jobs: jobs of the plan that failed or were cancelled before this one.
        status: how the job stood when it was last looked at.
        registered: the version that the tuned model became, as `name@version`.
    """

    key: str
    origin: str
    target: TuningTarget
    plan: TuningPlan
    recorded_at: datetime
    touched_at: datetime | None = None
    training_file_id: str | None = None
    validation_file_id: str | None = None
    job_id: str | None = None
    status: TuningStatus | None = None
    earlier_jobs: tuple[str, ...] = ()
    registered: str | None = None

    @property
    def path(self) -> str:
        """The blob that holds it."""
        return record_path(self.plan.name, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningJob:
    """A job as the provider sees it.

    Attributes:
        training_file_id: the file that it learns from.
        tuned_model: what the provider calls the result, once it has succeeded.
        trained_tokens: what is charged, where the provider says it.
        result_files: files with figures of the training.
        failure: why it failed, in the provider's words.
        finishes_at: when the provider thinks that it will be done, where it says so.
    """

    id: str
    status: TuningStatus
    base: str
    training_file_id: str
    created_at: datetime
    finished_at: datetime | None = None
    tuned_model: str | None = None
    trained_tokens: int | None = None
    result_files: tuple[str, ...] = ()
    failure: str = ""
    finishes_at: datetime | None = None

    @property
    def is_ended(self) -> bool:
        """Whether it does not change any more."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningEvent:
    """Something that happened to a job, in the provider's words."""

    id: str
    at: datetime
    level: str
    message: str


def tuning_key(plan: TuningPlan, *, origin: str) -> str:
    """Return the key of a plan at a provider; the names of its files do not matter, their bytes do."""
    parts = (
        origin,
        plan.name,
        plan.base,
        plan.training.sha256,
        plan.validation and plan.validation.sha256,
        plan.hyperparameters,
        plan.suffix,
        plan.seed,
        plan.training_type,
    )
    return sha256(msgspec.json.encode(parts)).hexdigest()[:_KEY_CHARACTERS]


def record_path(name: str, key: str) -> str:
    """Return the blob of a record of a model."""
    return f"{MODELS_CONFIGS}/{name}/{_RECORDS}/{key}.json"


def is_record(path: str) -> bool:
    """Whether a blob is one of `record_path`, whatever models are called."""
    parts = path.removeprefix(f"{MODELS_CONFIGS}/").split("/")
    return len(parts) == 3 and parts[1] == _RECORDS  # noqa: PLR2004  name, folder and file
