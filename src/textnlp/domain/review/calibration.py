"""How far a judge's scores can be trusted: compared with what people said of the same rows."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.part import Part
from textnlp.domain.review.agreement.bootstrap import estimate
from textnlp.domain.review.agreement.kappa import cohen_kappa
from textnlp.domain.review.agreement.ratings import Level, Real, Truth, ratings_of
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import ReviewItem
from textnlp.domain.review.questions import AnyQuestion, LabelQuestion, PairwiseQuestion, RatingQuestion
from textnlp.domain.review.row_values import number_at
from textnlp.domain.review.rules import final_values

CALIBRATION_FILE = "calibration.json"
MAX_POINTS = 200
FEW_ROWS = 50
"""Below so many rows a calibration says that it is one of few rows."""


class CurvePoint(Part):
    """What holds of rows whose score is `threshold` or more."""

    threshold: float
    """The least score."""
    precision: float
    """Share of them that people found good."""
    recall: float
    """Share of the good rows that are among them."""


class JudgeCalibration(Part):
    """A judge's scores against what people said."""

    judge: str
    """The column with the scores."""
    question: str
    """What people were asked."""
    good: str
    """Which of their answers mean that a row is good."""
    rows: int
    """Rows with a score and a settled answer."""
    good_rows: int
    """Those that people found good."""
    threshold: float | None
    """The least score with which a row counts as good; null where no score is precise enough."""
    chosen_by: Literal["max_f1", "precision"]
    """How the threshold was chosen: the best F1, or the best recall with the precision that was wanted."""
    wanted_precision: float | None = None
    """That precision."""
    precision: float | None = None
    """At the threshold."""
    recall: float | None = None
    """At the threshold."""
    f1: float | None = None
    """Harmonic mean of both."""
    kappa: float | None = None
    """Cohen's kappa of judge (score at the threshold or above) and people (good or not)."""
    kappa_low: float | None = None
    """Lower bound of kappa's interval of 95%."""
    kappa_high: float | None = None
    """Upper bound."""
    curve: Annotated[tuple[CurvePoint, ...], Field(max_length=MAX_POINTS)] = ()
    """From the lowest threshold to the highest."""

    @property
    def notes(self) -> list[str]:
        """What a reader should know before trusting the threshold, a sentence each."""
        found: list[str] = []
        if self.rows < FEW_ROWS:
            found.append(f"It rests on {self.rows} rows, which is few.")
        if self.threshold is None:
            found.append(f"No score reaches the precision of {self.wanted_precision:.0%} that was wanted.")
        if self.kappa is not None and self.kappa < _FAIR:
            found.append(f"Judge and people agree little beyond chance (kappa {self.kappa:.2f}).")
        return found


_FAIR = 0.4
"""Below it agreement is at most fair in the terms of Landis and Koch (1977)."""


class CalibrationDocument(Part):
    """The document `calibration.json`."""

    version: Literal[1] = 1
    review: str
    """The review that the answers are from."""
    judges: list[JudgeCalibration]
    """The judges that were compared."""

    def of_judge(self, judge: str) -> JudgeCalibration | None:
        """Return the calibration of a column, whose score may be named or not; None for none."""
        return next((each for each in self.judges if judge in {each.judge, each.judge.removesuffix(".score")}), None)


def calibrate(
    items: Sequence[ReviewItem],
    document: ReviewDocument,
    *,
    judge: str,
    question: str,
    good: str | None = None,
    wanted_precision: float | None = None,
) -> JudgeCalibration:
    """Compare the scores in the column `judge` with the settled answers to a question.

    `good` says which answers mean a good row: for a rating the least mark, the upper half of the scale where left
    out; for labels and pairs one of them, or several with commas between. Raises `INVALID_INPUT` where it means
    nothing, where the question has no such answers, and where no row has both a score and an answer, or all rows
    are alike.
    """
    asked = document.questions.get(question)
    if asked is None:
        raise invalid_input(f"There is no question {question!r}.", field="question")
    least, labels = _meaning(asked, good)
    scores: list[float] = []
    are_good: list[bool] = []
    for item in items:
        score, final = number_at(item.row, judge), final_values(item, document).get(question)
        if score is not None and np.isfinite(score) and final is not None:
            scores.append(score)
            are_good.append(final >= least if isinstance(final, int) else final in labels)
    return _calibration(
        np.array(scores), np.array(are_good, dtype=np.bool_), judge, question, good_text(asked, good), wanted_precision
    )


def good_text(question: AnyQuestion, good: str | None) -> str:
    """Return which answers mean a good row, for people: `4 or more`, or the labels."""
    if isinstance(question, RatingQuestion):
        return f"{_meaning(question, good)[0]} or more"
    return ", ".join(sorted(_meaning(question, good)[1]))


def uncalibrated_warning(judge: str) -> str:
    """Return what a report says of a judge whose scores were never compared with people's."""
    return (
        f"The scores of {judge} were not compared with what people say, so that nobody knows what they are worth: "
        "review some rows, and run textnlp review calibrate."
    )


def _meaning(question: AnyQuestion, good: str | None) -> tuple[int, frozenset[Any]]:
    """Return the least good mark, and the good labels; only one of them is meant."""
    if isinstance(question, RatingQuestion):
        middle = (question.low + question.high) // 2 + 1
        least = middle if good is None else _mark(good)
        if not question.low < least <= question.high:
            raise invalid_input(
                f"The least good mark lies above {question.low} and up to {question.high}.", field="good"
            )
        return least, frozenset()
    if not isinstance(question, LabelQuestion | PairwiseQuestion):
        raise invalid_input("Judges are compared with ratings, labels and pairs.", field="question")
    known = question.labels if isinstance(question, LabelQuestion) else ["first", "second", "tie"]
    labels = frozenset(label.strip() for label in (good or "").split(",") if label.strip())
    if not labels or not labels < frozenset(known):
        raise invalid_input(f"Say which of {', '.join(known)} mean that a row is good, not all of them.", field="good")
    return 0, labels


def _mark(text: str) -> int:
    try:
        return int(text)
    except ValueError as exc:
        raise invalid_input("The least good mark is a whole number.", field="good") from exc


def _calibration(
    scores: Real, is_good: Truth, judge: str, question: str, good: str, wanted: float | None
) -> JudgeCalibration:
    if scores.size == 0:
        raise _nothing(f"No row has both a score in {judge!r} and a settled answer to {question!r}.")
    if is_good.all() or not is_good.any():
        raise _nothing("People found all rows alike, so that no threshold can be chosen.")
    thresholds, precision, recall = precision_recall(scores, is_good)
    f1 = 2 * precision * recall / np.maximum(precision + recall, np.finfo(np.float64).tiny)
    # Of thresholds that are as good as each other the highest is chosen, the last one in the arrays.
    best: int | None = int(f1.size - 1 - np.argmax(f1[::-1]))
    if wanted is not None:
        able = np.flatnonzero(precision >= wanted)
        best = int(able[0]) if able.size else None
    points = np.unique(np.linspace(0, thresholds.size - 1, min(MAX_POINTS, thresholds.size)).astype(np.int64))
    common: dict[str, Any] = {
        "judge": judge,
        "question": question,
        "good": good,
        "rows": scores.size,
        "good_rows": int(is_good.sum()),
        "chosen_by": "max_f1" if wanted is None else "precision",
        "wanted_precision": wanted,
        "curve": tuple(
            CurvePoint(threshold=float(thresholds[p]), precision=float(precision[p]), recall=float(recall[p]))
            for p in points
        ),
    }
    if best is None:
        return JudgeCalibration(threshold=None, **common)
    threshold = float(thresholds[best])
    said = [{"judge": bool(one), "people": bool(two)} for one, two in zip(scores >= threshold, is_good, strict=True)]
    ratings = ratings_of(said, level=Level.NOMINAL, order=(False, True))
    kappa = estimate(cohen_kappa(ratings), ratings.items, seed=0)
    return JudgeCalibration(
        threshold=threshold,
        precision=float(precision[best]),
        recall=float(recall[best]),
        f1=float(f1[best]),
        kappa=kappa.value,
        kappa_low=kappa.low,
        kappa_high=kappa.high,
        **common,
    )


def precision_recall(scores: Real, is_good: Truth) -> tuple[Real, Real, Real]:
    """Return every score as a threshold, ascending, with precision and recall of the rows at it or above.

    There must be a good row.
    """
    order = np.argsort(scores, kind="stable")
    ascending, good = scores[order], is_good[order].astype(np.float64)
    thresholds, first = np.unique(ascending, return_index=True)
    good_from = np.cumsum(good[::-1])[::-1]
    found = good_from[first]
    return thresholds, found / (scores.size - first), found / good_from[0]


def _nothing(message: str) -> TextNLPError:
    return invalid_input(message, field="judge")
