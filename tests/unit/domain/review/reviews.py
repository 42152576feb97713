"""Reviews and items for tests."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Answer, ReviewItem

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ROW = {
    "prompt": "Praise a kettle.",
    "reply": "It boils very fast.",
    "other": "It is blue.",
    "model": "smollm2",
    "grade": {"score": 2, "reason": "short"},
}
QUESTIONS: dict[str, Any] = {
    "quality": {"kind": "rating"},
    "tone": {"kind": "label", "labels": ["warm", "cold"]},
    "topics": {"kind": "multi_label", "labels": ["speed", "price", "colour"]},
    "order": {"kind": "ranking", "options": ["reply", "other"]},
    "facts": {"kind": "span", "column": "reply", "labels": ["claim", "wrong"]},
    "better": {"kind": "edit", "column": "reply"},
    "pair": {"kind": "pairwise", "first": "reply", "second": "other"},
}
VALUES: dict[str, Any] = {
    "quality": 4,
    "tone": "warm",
    "topics": ["speed"],
    "order": ["reply", "other"],
    "facts": [{"start": 3, "end": 8, "label": "claim"}],
    "better": "It boils fast.",
    "pair": "first",
}


def review_document(*asked: str, **more: Any) -> ReviewDocument:
    """Return a review with the named questions, all where none is named."""
    questions = {name: QUESTIONS[name] for name in asked or QUESTIONS}
    return ReviewDocument.model_validate({"name": "replies", "questions": questions, **more})


def an_answer(reviewer: str, values: Mapping[str, Any] | None = None, *, at: datetime = NOON) -> Answer:
    return Answer(reviewer=reviewer, values={"quality": 4} if values is None else values, at=at)


def an_item(*answers: Answer, position: int = 0, row: Mapping[str, Any] = ROW) -> ReviewItem:
    return ReviewItem(position=position, row_id=f"row-{position}", row=row, answers=answers)


def later(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)
