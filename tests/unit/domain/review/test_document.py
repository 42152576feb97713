from typing import Any

import pytest
from pydantic import ValidationError

from tests.unit.domain.review.reviews import QUESTIONS, review_document
from textnlp.domain.review.document import ReviewDocument


@pytest.mark.parametrize(
    ("question", "complaint"),
    [
        ({"kind": "rating", "low": 5, "high": 5}, "high must be above low"),
        ({"kind": "rating", "high": 500}, "high must be above low"),
        ({"kind": "label", "labels": ["a", "a"]}, "labels must be different"),
        ({"kind": "label", "labels": []}, "at least 1"),
        ({"kind": "multi_label", "labels": ["a"], "least": 2}, "least must not be above"),
        ({"kind": "ranking", "options": ["a", "a"]}, "options must be different"),
        ({"kind": "pairwise", "first": "a", "second": "a"}, "must be different columns"),
        ({"kind": "guess"}, "rating"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(question: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        ReviewDocument.model_validate({"name": "replies", "questions": {"one": question}})


def test_a_question_about_a_column_that_is_not_shown_is_refused() -> None:
    with pytest.raises(ValidationError, match="'reply', which is none of the columns"):
        review_document("better", columns=["prompt"])
    assert review_document("better", columns=["prompt", "reply"]).columns == ["prompt", "reply"]


def test_a_blind_review_hides_the_model_and_the_scores_that_rows_are_chosen_by() -> None:
    lowest = {"kind": "lowest_score", "column": "grade.clarity.score", "size": 5}
    judges = {"kind": "judge_disagreement", "columns": ["one.score", "two.score"], "size": 5}
    assert review_document(sampling=lowest).hidden_columns >= {"model", "provider", "grade"}
    assert review_document(sampling=judges, hidden=[]).hidden_columns == {"one", "two"}
    assert review_document(sampling=lowest, blind=False).hidden_columns == frozenset()


def test_a_document_comes_back_from_json_as_it_was() -> None:
    document = review_document(*QUESTIONS, overlap=3, guidelines="Be kind.")
    assert ReviewDocument.model_validate_json(document.model_dump_json()) == document
