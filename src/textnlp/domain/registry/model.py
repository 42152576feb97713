"""Registered models: versions of files that run, and how far each is trusted."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.topology.containers import MODELS_CHECKPOINTS, MODELS_CONFIGS, MODELS_FINE_TUNED

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_VERSION_DIGITS = 5
_CARDS = "versions"


class ModelOrigin(StrEnum):
    """Where the weights are from, which decides the folder that they lie in."""

    CHECKPOINT = "checkpoint"
    FINE_TUNED = "fine-tuned"


class ModelStage(StrEnum):
    """How far a version is trusted; one version of a model is in production at most."""

    CANDIDATE = "candidate"
    STAGING = "staging"
    PRODUCTION = "production"
    RETIRED = "retired"


_FOLDERS = {ModelOrigin.CHECKPOINT: MODELS_CHECKPOINTS, ModelOrigin.FINE_TUNED: MODELS_FINE_TUNED}
_NEXT = {
    ModelStage.CANDIDATE: {ModelStage.STAGING, ModelStage.RETIRED},
    ModelStage.STAGING: {ModelStage.PRODUCTION, ModelStage.RETIRED},
    ModelStage.PRODUCTION: {ModelStage.RETIRED},
    ModelStage.RETIRED: {ModelStage.STAGING},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file of a version; `sha256` is of all its bytes, in hexadecimal."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredModel:
    """A version of a model. All but its stage stays as it was registered.

    Attributes:
        base: the model that it was tuned from, empty where it is none's.
        provider_model: what a provider calls it, where it runs there; its files then say how it came about.
        files: at least one, sorted by name.
    """

    name: str
    version: int
    origin: ModelOrigin
    files: tuple[ModelFile, ...]
    created_at: datetime
    base: str = ""
    provider_model: str = ""
    description: str = ""
    stage: ModelStage = ModelStage.CANDIDATE

    @property
    def reference(self) -> str:
        """The version as `name@version`."""
        return f"{self.name}@{self.version}"

    def path_of(self, file: ModelFile) -> str:
        """Return the blob that holds a file."""
        return file_path(self.origin, self.name, self.version, file.name)


def file_path(origin: ModelOrigin, name: str, version: int, file_name: str) -> str:
    """Return the blob of a file of a version."""
    return f"{_FOLDERS[origin]}/{name}/{version}/{file_name}"


def card_path(name: str, version: int) -> str:
    """Return the blob that says what a version is; a version is there when this is."""
    return f"{MODELS_CONFIGS}/{name}/{_CARDS}/{version:0{_VERSION_DIGITS}}.json"


def is_card(path: str) -> bool:
    """Whether a blob is one of `card_path`, whatever models are called."""
    parts = path.removeprefix(f"{MODELS_CONFIGS}/").split("/")
    return len(parts) == 3 and parts[1] == _CARDS  # noqa: PLR2004  name, folder and file


def claim_path(name: str, version: int) -> str:
    """Return the blob with which whoever registers takes a number."""
    return f"{MODELS_CONFIGS}/{name}/claims/{version:0{_VERSION_DIGITS}}"


def stages_path(name: str) -> str:
    """Return the blob that says in which stage each version of a model is."""
    return f"{MODELS_CONFIGS}/{name}/stages.json"


def require_model_name(name: str) -> str:
    """Return `name`; raise `INVALID_INPUT` where it cannot be the name of a model."""
    if not _NAME.fullmatch(name):
        raise invalid_input(
            f"{name!r} is no name for a model: small letters, digits, '.', '_' and '-', up to 64.", field="name"
        )
    return name


def require_file_name(name: str) -> str:
    """Return `name`; raise `INVALID_INPUT` where it cannot be the name of a file of a model."""
    if not _FILE_NAME.fullmatch(name):
        raise invalid_input(
            f"{name!r} is no name for a file of a model: letters, digits, '.', '_' and '-', up to 128.", field="files"
        )
    return name


def promoted(stages: dict[int, ModelStage], version: int, stage: ModelStage) -> dict[int, ModelStage]:
    """Return the stages after `version` has gone to `stage`; what was in production before it is retired.

    Raises `CONFLICT` for a step that leaves one out, with the steps there are.
    """
    now = stages.get(version, ModelStage.CANDIDATE)
    if stage is now:
        return dict(stages)
    if stage not in _NEXT[now]:
        steps = " or ".join(sorted(_NEXT[now]))
        raise TextNLPError(
            f"A version in stage {now} cannot go to {stage}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint=f"From {now} it goes to {steps}.", field="stage"),
        )
    others = dict(stages)
    if stage is ModelStage.PRODUCTION:
        others = {each: ModelStage.RETIRED if held is ModelStage.PRODUCTION else held for each, held in stages.items()}
    return {**others, version: stage}


def at_stage(model: RegisteredModel, stages: dict[int, ModelStage]) -> RegisteredModel:
    """Return the version with the stage that it is in."""
    return replace(model, stage=stages.get(model.version, ModelStage.CANDIDATE))
