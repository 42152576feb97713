"""A review, its items, and what people said of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.document import ReviewDocument

MAX_COMMENT_CHARACTERS = 5_000
MAX_COMMENTS = 200
MAX_REVIEWER_CHARACTERS = 200


class ItemState(StrEnum):
    """Where an item is.

    `OPEN` until as many have answered as the review asks for; then `AGREED` or `DISPUTED`; `DECIDED` by the owner.
    """

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one reviewer said of an item.

    Attributes:
        values: by question.
        seconds: from when the reviewer was given the item; None where that is not known.
    """

    reviewer: str
    values: Mapping[str, Any]
    at: datetime
    seconds: float | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A reviewer who did not want to answer, and is not given the item again."""

    reviewer: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A remark on an item, for its owner and whoever decides."""

    reviewer: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """An item that is a reviewer's to answer until a moment."""

    reviewer: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the owner decided, by question; what is not there is as the reviewers said."""

    by: str
    values: Mapping[str, Any]
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewItem:
    """A row under review.

    Attributes:
        position: 0 for the item that is handed out first.
        row_id: what the row is called where it comes from.
        answers: by different reviewers, in the order in which they first answered.
    """

    position: int
    row_id: str
    row: Mapping[str, Any]
    state: ItemState = ItemState.OPEN
    answers: tuple[Answer, ...] = ()
    skips: tuple[Skip, ...] = ()
    comments: tuple[Comment, ...] = ()
    leases: tuple[Lease, ...] = ()
    decision: Decision | None = None

    def answer_of(self, reviewer: str) -> Answer | None:
        """Return what a reviewer said; None for nothing."""
        return next((answer for answer in self.answers if answer.reviewer == reviewer), None)

    def lease_of(self, reviewer: str) -> Lease | None:
        """Return the lease of a reviewer, whether it is over or not; None for none."""
        return next((lease for lease in self.leases if lease.reviewer == reviewer), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Rows that people review.

    Attributes:
        owner: who made it, and decides.
        source: where the rows come from, such as the id of a batch; empty for rows that were sent.
        item_count: rows under review.
    """

    id: ReviewId
    tenant: str
    owner: str
    document: ReviewDocument
    created_at: datetime
    item_count: int
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewProgress:
    """How far a review is.

    Attributes:
        states: items by state.
        answers: answers in all.
    """

    states: Mapping[ItemState, int] = field(default_factory=dict[ItemState, int])
    answers: int = 0
