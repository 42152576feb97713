"""What there is to know of a review: agreement, reviewers, and what a judge is worth."""

from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.api.schemas.review import EXAMPLE_ID, ReviewProgressRead, read_progress
from textnlp.application.export_review import ExportForm
from textnlp.application.measure_review import CalibrationRequest, ReviewMeasures
from textnlp.domain.review.calibration import CalibrationDocument
from textnlp.domain.review.facts import calibration_facts
from textnlp.ports.blob_store import BlobInfo

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class EstimateRead(msgspec.Struct, kw_only=True):
    """A statistic with its interval of 95%; null where it is not defined."""

    value: float | None
    low: float | None
    high: float | None


class PairAgreementRead(msgspec.Struct, kw_only=True):
    """How two reviewers agree.

    Attributes:
        units: what both answered.
        percent: share on which they say the same.
        kappa: Cohen's; null where it is not defined.
        weighted_kappa: Cohen's with squared disagreements, for ordered values.
    """

    first: str
    second: str
    units: int
    percent: float
    kappa: float | None
    weighted_kappa: float | None


class AgreementRead(msgspec.Struct, kw_only=True):
    """How reviewers agree on a question.

    Attributes:
        level: of measurement: `nominal`, `ordinal` or `interval`.
        units: what two or more reviewers answered.
        percent: share of pairs of reviewers that agree.
        alpha: Krippendorff's.
        fleiss: Fleiss' kappa, where everything was answered by as many reviewers.
        cohen: Cohen's kappa, where there are two reviewers.
    """

    level: str
    units: int
    raters: int
    percent: EstimateRead
    alpha: EstimateRead
    fleiss: EstimateRead | None
    cohen: EstimateRead | None
    pairs: list[PairAgreementRead]


class ReviewerRead(msgspec.Struct, kw_only=True):
    """How one reviewer works.

    Attributes:
        median_seconds: for an answer, from when the item was given.
        agreement: share of the questions on which most of the others say the same.
        compared: how many questions that is of.
    """

    reviewer: str
    answers: int
    skips: int
    median_seconds: float | None
    agreement: float | None
    compared: int


class ReviewAgreementRead(msgspec.Struct, kw_only=True):
    """How far a review is, and how its reviewers agree, by question."""

    progress: ReviewProgressRead
    questions: dict[str, AgreementRead]
    reviewers: list[ReviewerRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "progress": {"states": {"agreed": 41, "disputed": 9}, "answers": 100},
        "questions": {
            "quality": {
                "level": "ordinal",
                "units": 50,
                "raters": 2,
                "percent": {"value": 0.82, "low": 0.7, "high": 0.92},
                "alpha": {"value": 0.78, "low": 0.64, "high": 0.89},
                "fleiss": {"value": 0.71, "low": 0.55, "high": 0.85},
                "cohen": {"value": 0.71, "low": 0.55, "high": 0.85},
                "pairs": [
                    {
                        "first": "ada",
                        "second": "ben",
                        "units": 50,
                        "percent": 0.82,
                        "kappa": 0.71,
                        "weighted_kappa": 0.8,
                    }
                ],
            },
        },
        "reviewers": [
            {
                "reviewer": "ada",
                "answers": 50,
                "skips": 1,
                "median_seconds": 9.5,
                "agreement": 0.82,
                "compared": 50,
            },
        ],
    }


class CalibrationQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which judge is compared with which question.

    Attributes:
        judge: the column with the judge's scores.
        question: what people were asked.
        good: which answers mean a good row: for a rating the least mark; else labels, with commas between.
        precision: the precision that is wanted; the best F1 is chosen where unset.
    """

    judge: _Name
    question: _Name
    good: Annotated[str, msgspec.Meta(max_length=2_000)] | None = None
    precision: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"judge": "grade.clarity", "question": "quality", "good": "4"}

    def request(self) -> CalibrationRequest:
        """Return what is asked for."""
        return CalibrationRequest(
            judge=self.judge, question=self.question, good=self.good, wanted_precision=self.precision
        )


class CurvePointRead(msgspec.Struct, kw_only=True):
    """Precision and recall of the rows whose score is the threshold or more."""

    threshold: float
    precision: float
    recall: float


class JudgeCalibrationRead(msgspec.Struct, kw_only=True):
    """A judge's scores against what people said.

    Attributes:
        good: which answers mean a good row.
        rows: rows with a score and a settled answer.
        threshold: the least score with which a row counts as good; null where none is precise enough.
        chosen_by: `max_f1` or `precision`.
        kappa: Cohen's, of judge and people, with its interval of 95%.
        curve: from the lowest threshold to the highest.
        notes: what to know before trusting it.
    """

    judge: str
    question: str
    good: str
    rows: int
    good_rows: int
    threshold: float | None
    chosen_by: str
    wanted_precision: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    curve: list[CurvePointRead]
    notes: list[str]


class CalibrationRead(msgspec.Struct, kw_only=True):
    """The document `calibration.json`, with notes."""

    version: int
    review: str
    judges: list[JudgeCalibrationRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "version": 1,
        "review": EXAMPLE_ID,
        "judges": [
            {
                "judge": "grade.clarity",
                "question": "quality",
                "good": "4 or more",
                "rows": 50,
                "good_rows": 31,
                "threshold": 4.0,
                "chosen_by": "max_f1",
                "wanted_precision": None,
                "precision": 0.88,
                "recall": 0.9,
                "f1": 0.89,
                "kappa": 0.71,
                "kappa_low": 0.5,
                "kappa_high": 0.88,
                "curve": [{"threshold": 4.0, "precision": 0.88, "recall": 0.9}],
                "notes": [],
            },
        ],
    }


class ReviewExportQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """In which form a review is written.

    Attributes:
        format: `jsonl` with everything; `argilla`; `label-studio`, and `label-studio-config` for its interface; or
            `examples` of settled edits.
    """

    format: ExportForm = ExportForm.JSONL

    EXAMPLE: ClassVar[dict[str, Any]] = {"format": "jsonl"}


class ReviewExportRead(msgspec.Struct, kw_only=True):
    """Where an export is kept among the blobs."""

    path: str
    size_bytes: int

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "path": f"validation/human-eval/{EXAMPLE_ID}/review.jsonl",
        "size_bytes": 20_480,
    }


def read_measures(measures: ReviewMeasures) -> ReviewAgreementRead:
    """Show what was measured."""
    return ReviewAgreementRead(
        progress=read_progress(measures.progress),
        questions={
            name: msgspec.convert(each, AgreementRead, from_attributes=True)
            for name, each in measures.questions.items()
        },
        reviewers=[msgspec.convert(each, ReviewerRead, from_attributes=True) for each in measures.reviewers],
    )


def read_calibration(document: CalibrationDocument) -> CalibrationRead:
    """Show a calibration."""
    return msgspec.convert(calibration_facts(document), CalibrationRead)


def read_export(blob: BlobInfo) -> ReviewExportRead:
    """Show where an export is kept."""
    return ReviewExportRead(path=blob.path, size_bytes=blob.size_bytes)
