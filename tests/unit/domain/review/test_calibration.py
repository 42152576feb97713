from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.review.reviews import an_answer, an_item, review_document
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.review.calibration import CalibrationDocument, JudgeCalibration, calibrate, precision_recall
from textnlp.domain.review.model import ReviewItem
from textnlp.domain.review.rules import answer_item

DOCUMENT = review_document("quality")
LABELS = review_document("tone")


def judged(*pairs: tuple[Any, int]) -> list[ReviewItem]:
    """Return items with a judge's score and a person's mark."""
    return [
        answer_item(
            an_item(position=n, row={"grade": {"score": score}}), an_answer("a", {"quality": mark}), document=DOCUMENT
        )
        for n, (score, mark) in enumerate(pairs)
    ]


MIXED = judged((1, 1), (2, 2), (3, 5), (3, 1), (4, 4), (5, 5), (5, 4), (4, 2))


def calibrated(items: list[ReviewItem] = MIXED, **more: Any) -> JudgeCalibration:
    return calibrate(items, DOCUMENT, judge="grade.score", question="quality", **more)


def test_the_threshold_with_the_best_f1_is_chosen() -> None:
    found = calibrated(good="4")
    assert (found.rows, found.good_rows, found.good, found.threshold) == (8, 4, "4 or more", 3.0)
    assert found.precision == pytest.approx(4 / 6)
    assert found.recall == 1.0
    assert found.f1 == pytest.approx(0.8)
    # Judge says good 6 times, people 4 times: 6 of 8 agree, 0.5 by chance.
    assert found.kappa == pytest.approx(0.5)
    assert [(p.threshold, p.recall) for p in found.curve] == [(1, 1.0), (2, 1.0), (3, 1.0), (4, 0.75), (5, 0.5)]


def test_a_wanted_precision_is_reached_with_the_most_rows() -> None:
    found = calibrated(good="4", wanted_precision=0.75)
    assert (found.threshold, found.precision, found.recall) == (4.0, 0.75, 0.75)
    assert (found.chosen_by, found.wanted_precision) == ("precision", 0.75)


def test_a_precision_that_no_score_reaches_is_said() -> None:
    found = calibrated(judged((1, 5), (2, 1), (3, 1)), wanted_precision=0.9)
    assert (found.threshold, found.kappa) == (None, None)
    assert any("90%" in note for note in found.notes)


def test_few_rows_and_little_agreement_are_noted() -> None:
    notes = calibrated(judged((1, 5), (1, 1), (2, 1), (2, 5)), good="4").notes
    assert any("4 rows" in note for note in notes)
    assert any("chance" in note for note in notes)
    assert calibrated(judged((1, 1), (5, 5)) * 40).notes == []


def test_rows_without_a_score_or_a_settled_answer_do_not_count() -> None:
    items = [*MIXED, *judged((None, 5), ("high", 5), (float("nan"), 5)), an_item(row={"grade": {"score": 5}})]
    assert calibrated(items).rows == 8


def test_labels_mean_good_where_they_are_named() -> None:
    items = [
        answer_item(an_item(position=n, row={"s": n}), an_answer("a", {"tone": tone}), document=LABELS)
        for n, tone in enumerate(["cold", "warm", "warm"])
    ]
    found = calibrate(items, LABELS, judge="s", question="tone", good="warm")
    assert (found.threshold, found.f1, found.good) == (1.0, 1.0, "warm")


@pytest.mark.parametrize("good", ["1", "6", "many"])
def test_a_least_mark_that_means_nothing_is_refused(good: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        calibrated(good=good)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "good")


def test_what_cannot_be_compared_is_refused() -> None:
    calls: list[dict[str, Any]] = [
        {"items": MIXED, "document": DOCUMENT, "judge": "none", "question": "quality"},
        {"items": judged((1, 5), (2, 5)), "document": DOCUMENT, "judge": "grade.score", "question": "quality"},
        {"items": MIXED, "document": DOCUMENT, "judge": "grade.score", "question": "unasked"},
        {"items": [], "document": LABELS, "judge": "s", "question": "tone"},
        {"items": [], "document": LABELS, "judge": "s", "question": "tone", "good": "warm,cold"},
        {"items": [], "document": review_document("better"), "judge": "s", "question": "better"},
    ]
    for call in calls:
        items, document = call.pop("items"), call.pop("document")
        with pytest.raises(TextNLPError) as caught:
            calibrate(items, document, **call)
        assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_a_document_comes_back_and_finds_its_judges() -> None:
    document = CalibrationDocument(review="review_1", judges=[calibrated()])
    again = CalibrationDocument.model_validate_json(document.model_dump_json())
    assert again == document
    assert again.of_judge("grade") == again.of_judge("grade.score") == calibrated()
    assert again.of_judge("grade2") is None


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=1).filter(lambda rows: any(g for _, g in rows)))
def test_precision_and_recall_are_what_counting_gives(rows: list[tuple[int, bool]]) -> None:
    scores, good = np.array([s for s, _ in rows], dtype=np.float64), np.array([g for _, g in rows])
    for threshold, precision, recall in zip(*precision_recall(scores, good), strict=True):
        taken = good[scores >= threshold]
        assert precision == pytest.approx(taken.mean())
        assert recall == pytest.approx(taken.sum() / good.sum())


def test_the_score_of_a_panel_and_those_of_its_judges_are_compared_alike() -> None:
    def panel(score: float, *marks: int | None) -> dict[str, Any]:
        judges = {name: {"score": mark, "reason": None} for name, mark in zip("xy", marks, strict=True)}
        return {"grade": {"clarity": {"score": score, "agreement": {"equal": 0.0, "spread": 1}, "judges": judges}}}

    rows = [(panel(1.5, 1, 2), 1), (panel(2.0, 2, None), 2), (panel(4.5, 5, 4), 5), (panel(4.0, 3, 5), 4)]
    items = [
        answer_item(an_item(position=n, row=row), an_answer("a", {"quality": mark}), document=DOCUMENT)
        for n, (row, mark) in enumerate(rows)
    ]
    whole, one = (
        calibrate(items, DOCUMENT, judge=judge, question="quality", good="4")
        for judge in ("grade.clarity", "grade.clarity.judges.y")
    )
    assert (whole.rows, whole.threshold, whole.kappa) == (4, 4.0, 1.0)
    assert (one.rows, one.threshold) == (3, 4.0)
