"""A review, as it is made and shown."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.domain.review.facts import progress_facts, review_facts
from textnlp.domain.review.model import Review, ReviewProgress

_IdText = Annotated[str, msgspec.Meta(max_length=64)]
ReviewerName = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f/]{1,100}$")]
"""What a person is called for whom the caller speaks."""

EXAMPLE_ID = "review_01kx3v9qe8m2t6f0r7w4z1c5ny"
_REVIEW = {
    "name": "kettle-replies",
    "guidelines": "Read the whole reply before you judge it.",
    "questions": {"quality": {"kind": "rating"}, "tone": {"kind": "label", "labels": ["warm", "neutral", "cold"]}},
    "overlap": 2,
}


class ReviewCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to be reviewed: rows, a batch that has ended, or what another tool has already asked.

    Attributes:
        review: what is asked of whom, as in a review file: name, questions, sampling, overlap and more.
        rows: the rows, each an object; a text under `id` is what it is called.
        batch_id: in place of rows: the batch whose answers are reviewed.
        argilla: in place of rows: records as Argilla writes them, with their responses.
        label_studio: in place of rows: tasks as Label Studio exports them, with their annotations.
    """

    review: dict[str, Any]
    rows: list[dict[str, Any]] | None = None
    batch_id: _IdText | None = None
    argilla: list[dict[str, Any]] | None = None
    label_studio: list[dict[str, Any]] | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "review": _REVIEW,
        "rows": [{"id": "kettle-01", "prompt": "Praise a kettle.", "reply": "It boils very fast."}],
    }


class ReviewProgressRead(msgspec.Struct, kw_only=True):
    """How far a review is.

    Attributes:
        states: items by state: `open`, `agreed`, `disputed`, `decided`.
        answers: answers in all.
    """

    states: dict[str, int]
    answers: int


class ReviewRead(msgspec.Struct, kw_only=True):
    """A review.

    Attributes:
        questions: what is asked, by name.
        overlap: how many reviewers answer each item.
        blind: whether reviewers see nothing of models, scores and others' answers.
        owner: who made it, and decides.
        source: where the rows come from, such as the id of a batch.
        item_count: rows under review.
        progress: how far it is; null where it was just made, and in lists.
    """

    id: str
    name: str
    guidelines: str
    questions: dict[str, dict[str, Any]]
    overlap: int
    blind: bool
    owner: str
    source: str
    created_at: datetime
    item_count: int
    progress: ReviewProgressRead | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": EXAMPLE_ID,
        **_REVIEW,
        "blind": True,
        "owner": "client_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "source": "",
        "created_at": "2026-03-01T12:00:00Z",
        "item_count": 1,
        "progress": {"states": {"open": 1}, "answers": 1},
    }


class ReviewPage(msgspec.Struct, kw_only=True):
    """Reviews, newest first; `next_before` continues the listing where it is not null."""

    reviews: list[ReviewRead]
    next_before: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"reviews": [ReviewRead.EXAMPLE], "next_before": None}


class ReviewListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which reviews to list: those older than the review `before`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    before: _IdText | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 50}


def read_review(review: Review, progress: ReviewProgress | None = None) -> ReviewRead:
    """Show a review, with how far it is where that is known."""
    return ReviewRead(**review_facts(review), progress=None if progress is None else read_progress(progress))


def read_progress(progress: ReviewProgress) -> ReviewProgressRead:
    """Show how far a review is."""
    return ReviewProgressRead(**progress_facts(progress))
