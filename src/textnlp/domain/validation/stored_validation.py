"""A validation on a platform: rows that a worker looks at, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from textnlp.domain.errors import TextNLPError, not_found
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.identifiers import ValidationId
from textnlp.domain.identity.tenant import LOCAL_TENANT

ANSWER_COLUMN = "text"
"""The column of `generations.jsonl` with what the model wrote."""


class ValidationState(StrEnum):
    """Waiting for its turn, being looked at, or ended one way or the other."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


ENDED_VALIDATIONS = frozenset({ValidationState.COMPLETED, ValidationState.FAILED})


class ValidationKind(StrEnum):
    """Whose rows are looked at: the answers of a batch, of one generation, or a file that somebody sent."""

    BATCH = "batch"
    GENERATION = "generation"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredValidation:
    """A validation as it is kept and shown.

    Attributes:
        id: of a file's validation its own; the others have the id of the batch or generation that they are of.
        name: what is looked at, as people call it.
        source: the blob with the rows.
        checks: the document of checks; None for the usual ones on the columns of texts.
        asked_at: when the file was handed in, or when the batch or generation ended. One that ends again, because it
            was retried, is looked at again, and that is another `asked_at`.
        rows: looked at so far.
        summary: the balance, as `ValidationSummary.document` writes it; None until it is completed.
        reason: why it failed.
    """

    id: ValidationId
    kind: ValidationKind
    name: str
    source: str
    asked_at: datetime
    tenant: str = LOCAL_TENANT
    caller: str = LOCAL_TENANT
    checks: JsonObject | None = None
    state: ValidationState = ValidationState.QUEUED
    rows: int = 0
    summary: JsonObject | None = None
    reason: str | None = None
    ended_at: datetime | None = None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state in ENDED_VALIDATIONS


def no_such_validation(validation_id: str) -> TextNLPError:
    """Build the error for a validation that does not exist, or not for whoever asks."""
    return not_found(f"There is no validation {validation_id}.")
