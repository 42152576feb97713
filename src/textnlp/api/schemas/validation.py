"""Rows that are looked at, and what is said of them."""

from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.row_checks import CheckedRow

_MOST_ROWS = 10_000


class ValidationCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Rows, and what they must be like.

    Attributes:
        rows: objects with the same columns, or some of them.
        checks: as in a file of `textnlp validate`: `checks`, and `duplicates` among these rows.
    """

    rows: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=_MOST_ROWS)]
    checks: dict[str, Any]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "rows": [{"review": "It boils in two minutes."}, {"review": "As an AI, I do not boil water."}],
        "checks": {"checks": [{"kind": "refusal", "column": "review"}]},
    }


class FindingRead(msgspec.Struct, kw_only=True):
    """Why a row fails, or what was found in it: the check, a sentence, and the column that it is about."""

    code: str
    message: str
    column: str | None


class VerdictRead(msgspec.Struct, kw_only=True):
    """What is said of a row.

    Attributes:
        row: its place in the request, from 0.
        flags: what was found that is no reason to fail.
        scores: by check, where it gives one.
        values: the row after checks have redacted or replaced something; null where nothing was changed.
    """

    row: int
    passed: bool
    reasons: list[FindingRead]
    flags: list[FindingRead]
    scores: dict[str, float]
    values: dict[str, Any] | None


class ValidationRead(msgspec.Struct, kw_only=True):
    """The verdicts in the order of the rows, and their balance: rows = accepted + rejected."""

    rows: int
    accepted: int
    rejected: int
    verdicts: list[VerdictRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "rows": 2,
        "accepted": 1,
        "rejected": 1,
        "verdicts": [
            {"row": 0, "passed": True, "reasons": [], "flags": [], "scores": {}, "values": None},
            {
                "row": 1,
                "passed": False,
                "reasons": [
                    {
                        "code": "refusal:review",
                        "message": 'review speaks of being a model: "As an AI".',
                        "column": "review",
                    }
                ],
                "flags": [],
                "scores": {},
                "values": None,
            },
        ],
    }


def read_verdicts(rows: list[dict[str, Any]], checked: list[CheckedRow]) -> ValidationRead:
    """Show what was said of rows."""
    rejected = sum(bool(row.reasons) for row in checked)
    return ValidationRead(
        rows=len(rows),
        accepted=len(rows) - rejected,
        rejected=rejected,
        verdicts=[
            VerdictRead(
                row=place,
                passed=not row.reasons,
                reasons=[_finding(reason) for reason in row.reasons],
                flags=[_finding(flag) for flag in row.flags],
                scores=row.scores,
                values=None if row.values is given else dict(row.values),
            )
            for place, (given, row) in enumerate(zip(rows, checked, strict=True))
        ],
    )


def _finding(reason: Reason) -> FindingRead:
    return FindingRead(code=reason.code, message=reason.message, column=reason.column)
