"""A validation that a worker does, as it is submitted and as it is shown."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import JsonObject
from textnlp.domain.validation.checks_file import usual_checks
from textnlp.domain.validation.stored_validation import StoredValidation, ValidationKind, ValidationState

_Column = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class ValidationJobCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Rows that lie on the platform, and what they must be like; either `file` or `blob` says where they are.

    Attributes:
        file: the id of a file that was sent to `/v1/files`.
        blob: the path of a blob in the folder of the caller's tenant, `prompts/user-content/seeds/<tenant>/`.
        checks: as in a file of `textnlp validate`; the usual ones where there are none.
        columns: columns of texts for the usual checks; those that hold texts where none are named.
    """

    file: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None = None
    blob: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)] | None = None
    checks: dict[str, Any] | None = None
    columns: Annotated[list[_Column], msgspec.Meta(max_length=100)] = []

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "file": "file-01kx3v9qe8m2t6f0r7w4z1c5ny",
        "checks": {"checks": [{"kind": "refusal", "column": "review"}]},
    }

    def document(self) -> JsonObject | None:
        """Return the checks, None for the usual ones on whatever holds texts; raises `INVALID_INPUT` for both."""
        if self.checks is not None and self.columns:
            raise invalid_input(
                "columns are for the usual checks; leave out either checks or columns.", field="columns"
            )
        if self.columns:
            return usual_checks(self.columns).model_dump(mode="json", by_alias=True, exclude_unset=True)
        return self.checks


class FailureExampleRead(msgspec.Struct, kw_only=True):
    """A row by its number, from 1, and why it fails."""

    row: int
    message: str


class CheckFailuresRead(msgspec.Struct, kw_only=True):
    """How many rows fail a check, with the messages of some."""

    check: str
    rows: int
    examples: list[FailureExampleRead]


class CheckFlagsRead(msgspec.Struct, kw_only=True):
    """How many rows a check found something in that is no reason to fail."""

    check: str
    rows: int


class ScoresRead(msgspec.Struct, kw_only=True):
    """The scores of a check; quantiles are in the blob with the figures."""

    rows: int
    least: float | None
    mean: float | None
    most: float | None


class ValidationSummaryRead(msgspec.Struct, kw_only=True):
    """The balance: rows = accepted + rejected + failed, where failed are those that could not be read.

    Attributes:
        changed: rows in which checks have redacted or replaced something.
        reasons: the check that most rows fail first; a row may fail several.
    """

    rows: int
    accepted: int
    rejected: int
    failed: int
    changed: int
    pass_rate: float
    reasons: list[CheckFailuresRead]
    flags: list[CheckFlagsRead]
    scores: dict[str, ScoresRead]


class ValidationLinks(msgspec.Struct, kw_only=True):
    """Where the files of a validation are; null until it has completed, and for a generation, which has none."""

    report: str | None = None
    report_json: str | None = None
    accepted: str | None = None
    rejected: str | None = None


class ValidationJobRead(msgspec.Struct, kw_only=True):
    """A validation.

    Attributes:
        id: its own for a file; a batch's or generation's validation has the id of that.
        kind: whose rows are looked at.
        asked_at: when the file was handed in, or the batch or generation ended.
        rows: looked at so far.
        summary: null until it has completed.
        reason: why it failed.
    """

    id: str
    kind: ValidationKind
    name: str
    state: ValidationState
    asked_at: datetime
    ended_at: datetime | None
    rows: int
    summary: ValidationSummaryRead | None
    reason: str | None
    links: ValidationLinks

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "val_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "kind": "file",
        "name": "reviews.jsonl",
        "state": "completed",
        "asked_at": "2026-03-01T12:00:00Z",
        "ended_at": "2026-03-01T12:00:04Z",
        "rows": 2,
        "summary": {
            "rows": 2,
            "accepted": 1,
            "rejected": 1,
            "failed": 0,
            "changed": 0,
            "pass_rate": 0.5,
            "reasons": [
                {
                    "check": "refusal:review",
                    "rows": 1,
                    "examples": [{"row": 2, "message": 'review speaks of being a model: "As an AI".'}],
                }
            ],
            "flags": [],
            "scores": {},
        },
        "reason": None,
        "links": {
            "report": "/api/v1/validations/val_01kx3v9qe8m2t6f0r7w4z1c5ny/report",
            "report_json": "/api/v1/validations/val_01kx3v9qe8m2t6f0r7w4z1c5ny/files/report.json",
            "accepted": "/api/v1/validations/val_01kx3v9qe8m2t6f0r7w4z1c5ny/files/accepted.jsonl",
            "rejected": "/api/v1/validations/val_01kx3v9qe8m2t6f0r7w4z1c5ny/files/rejected.jsonl",
        },
    }
    QUEUED: ClassVar[dict[str, Any]] = {
        **EXAMPLE,
        "state": "queued",
        "ended_at": None,
        "rows": 0,
        "summary": None,
        "links": {"report": None, "report_json": None, "accepted": None, "rejected": None},
    }


VALIDATIONS = "/api/v1/validations"


def read_validation(validation: StoredValidation) -> ValidationJobRead:
    """Show a validation."""
    has_files = validation.state is ValidationState.COMPLETED and validation.kind is not ValidationKind.GENERATION
    summary = validation.summary
    return ValidationJobRead(
        id=validation.id,
        kind=validation.kind,
        name=validation.name,
        state=validation.state,
        asked_at=validation.asked_at,
        ended_at=validation.ended_at,
        rows=validation.rows,
        summary=None if summary is None else msgspec.convert(summary, ValidationSummaryRead),
        reason=validation.reason,
        links=_links(f"{VALIDATIONS}/{validation.id}") if has_files else ValidationLinks(),
    )


def _links(place: str) -> ValidationLinks:
    return ValidationLinks(
        report=f"{place}/report",
        report_json=f"{place}/files/report.json",
        accepted=f"{place}/files/accepted.jsonl",
        rejected=f"{place}/files/rejected.jsonl",
    )
