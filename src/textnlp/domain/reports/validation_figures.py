"""The figures of one validation, for whoever charts how good rows are over time."""

import msgspec

from textnlp.domain.reports.finding_figures import CheckFigures
from textnlp.domain.reports.model import QualityReport
from textnlp.domain.validation.stored_validation import StoredValidation
from textnlp.domain.validation.summary import ValidationSummary

FORMAT = 1


class ScoreQuantiles(msgspec.Struct, frozen=True, kw_only=True):
    """The scores of a check: how many, their mean and their quantiles."""

    count: int
    mean: float
    low: float
    p05: float
    median: float
    p95: float
    high: float


class CheckRate(msgspec.Struct, frozen=True, kw_only=True):
    """How a check went; `pass_rate` is of the rows that it looked at, None where there were none."""

    check: str
    looked_at: int
    failed: int
    flagged: int
    pass_rate: float | None
    scores: ScoreQuantiles | None = None


class ValidationFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one validation in numbers: `rows` = `accepted` + `rejected` + `failed`.

    Attributes:
        asked_at: ISO 8601.
        seconds: that looking took, without waiting.
        checks: in the order in which they are declared, and after them what else rejects rows, such as repetitions.
    """

    format: int = FORMAT
    id: str
    kind: str
    name: str
    asked_at: str
    seconds: float
    rows: int
    accepted: int
    rejected: int
    failed: int
    changed: int
    pass_rate: float
    checks: list[CheckRate]


def validation_figures(
    validation: StoredValidation, summary: ValidationSummary, report: QualityReport, *, seconds: float
) -> ValidationFigures:
    """Return the figures of a validation."""
    declared = [_rate(check) for check in report.checks]
    named = {check.check for check in declared}
    readable = summary.rows - summary.failed
    others = [
        CheckRate(check=code, looked_at=readable, failed=count, flagged=0, pass_rate=_share(readable - count, readable))
        for code, count in summary.reasons.most_common()
        if code not in named
    ]
    return ValidationFigures(
        id=validation.id,
        kind=validation.kind.value,
        name=validation.name,
        asked_at=validation.asked_at.isoformat(),
        seconds=round(seconds, 3),
        rows=summary.rows,
        accepted=summary.accepted,
        rejected=summary.rejected,
        failed=summary.failed,
        changed=summary.changed,
        pass_rate=round(summary.pass_rate, 6),
        checks=[*declared, *others],
    )


def encode_figures(figures: ValidationFigures) -> bytes:
    """Return figures as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n"


def _rate(check: CheckFigures) -> CheckRate:
    scores = check.scores
    return CheckRate(
        check=check.code,
        looked_at=check.looked_at,
        failed=check.failed,
        flagged=check.flagged,
        pass_rate=_share(check.looked_at - check.failed, check.looked_at),
        scores=scores
        and ScoreQuantiles(
            count=scores.count,
            mean=scores.mean,
            low=scores.low,
            p05=scores.p05,
            median=scores.median,
            p95=scores.p95,
            high=scores.high,
        ),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
