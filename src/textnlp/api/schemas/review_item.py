"""An item of a review: as its reviewer sees it, as it is answered, and as its owner sees it."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.api.schemas.review import ReviewerName
from textnlp.application.lend_review_item import LentItem
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.facts import item_facts, view_facts
from textnlp.domain.review.model import MAX_COMMENT_CHARACTERS, ItemState, ReviewItem

_Words = Annotated[str, msgspec.Meta(max_length=MAX_COMMENT_CHARACTERS)]


class ReviewNextWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who asks for the next item.

    Attributes:
        reviewer: one of the people for whom the caller speaks; the caller where unset.
    """

    reviewer: ReviewerName | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"reviewer": "ada"}


class ReviewPairRead(msgspec.Struct, kw_only=True):
    """The two texts of a pairwise question, on the sides on which the reviewer sees them."""

    left: Any
    right: Any


class ReviewAnswerRead(msgspec.Struct, kw_only=True):
    """What a reviewer said.

    Attributes:
        seconds: from when the reviewer was given the item; null where that is not known.
    """

    reviewer: str
    values: dict[str, Any]
    at: datetime
    seconds: float | None
    comment: str


class ReviewCommentRead(msgspec.Struct, kw_only=True):
    """A remark on an item."""

    reviewer: str
    at: datetime
    text: str


class ReviewItemView(msgspec.Struct, kw_only=True):
    """An item as its reviewer sees it.

    Attributes:
        row: the columns that are shown.
        pairs: by question, the texts that are compared.
        answers: what others said; none in a blind review.
        comments: remarks; the reviewer's own alone in a blind review.
        until: when it may be given to somebody else.
    """

    position: int
    row: dict[str, Any]
    pairs: dict[str, ReviewPairRead]
    answers: list[ReviewAnswerRead]
    comments: list[ReviewCommentRead]
    until: datetime


class ReviewNextRead(msgspec.Struct, kw_only=True):
    """The next item; null where nothing is left for this reviewer."""

    item: ReviewItemView | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "item": {
            "position": 0,
            "row": {"prompt": "Praise a kettle.", "reply": "It boils very fast."},
            "pairs": {},
            "answers": [],
            "comments": [],
            "until": "2026-03-01T12:30:00Z",
        },
    }


class ReviewAnswerWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a reviewer says of an item.

    Attributes:
        values: by question: a mark, a label, labels, options the best first, passages as `{start, end, label}`, a
            text, or `left`, `right` or `tie`.
        comment: a remark for the owner.
        reviewer: one of the people for whom the caller speaks; the caller where unset.
    """

    values: dict[str, Any]
    comment: _Words = ""
    reviewer: ReviewerName | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"values": {"quality": 4, "tone": "warm"}}


class ReviewSkipWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """That a reviewer does not answer an item, which they are not given again."""

    reason: _Words = ""
    reviewer: ReviewerName | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"reason": "I do not speak the language."}


class ReviewCommentWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A remark on an item."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_COMMENT_CHARACTERS)]
    reviewer: ReviewerName | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"text": "The prompt names no product."}


class ReviewReceipt(msgspec.Struct, kw_only=True):
    """That something was noted.

    Attributes:
        noted: what: `answer`, `skip` or `comment`.
    """

    position: int
    reviewer: str
    noted: str

    EXAMPLE: ClassVar[dict[str, Any]] = {"position": 0, "reviewer": "ada", "noted": "answer"}


class ReviewDecisionWrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What the owner decides.

    Attributes:
        values: by question, as in an answer; sides of pairs are `first` and `second`. Questions on which the
            reviewers agree may be left out.
    """

    values: dict[str, Any]
    reason: _Words = ""

    EXAMPLE: ClassVar[dict[str, Any]] = {"values": {"tone": "warm"}, "reason": "It thanks the reader."}


class ReviewDecisionRead(msgspec.Struct, kw_only=True):
    """What the owner decided."""

    by: str
    values: dict[str, Any]
    at: datetime
    reason: str


class ReviewSkipRead(msgspec.Struct, kw_only=True):
    """That a reviewer did not answer."""

    reviewer: str
    at: datetime
    reason: str


class ReviewItemRead(msgspec.Struct, kw_only=True):
    """An item with everything that was said of it.

    Attributes:
        id: what the row is called where it comes from.
        state: `open`, `agreed`, `disputed` or `decided`.
        final: what holds, by question.
        disputed: questions on which the answers settle nothing.
    """

    id: str
    position: int
    state: ItemState
    row: dict[str, Any]
    final: dict[str, Any]
    disputed: list[str]
    answers: list[ReviewAnswerRead]
    skips: list[ReviewSkipRead]
    comments: list[ReviewCommentRead]
    decision: ReviewDecisionRead | None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "kettle-01",
        "position": 0,
        "state": "agreed",
        "row": {"prompt": "Praise a kettle.", "reply": "It boils very fast."},
        "final": {"quality": 4},
        "disputed": [],
        "answers": [
            {"reviewer": "ada", "values": {"quality": 4}, "at": "2026-03-01T12:00:00Z", "seconds": 9.5, "comment": ""},
        ],
        "skips": [],
        "comments": [],
        "decision": None,
    }


class ReviewItemPage(msgspec.Struct, kw_only=True):
    """Items in their order; `next_after` continues the listing where it is not null."""

    items: list[ReviewItemRead]
    next_after: int | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"items": [ReviewItemRead.EXAMPLE], "next_after": None}


class ReviewItemListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which items to list: those behind the position `after`, in some states or all."""

    state: list[ItemState] = []
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    after: Annotated[int, msgspec.Meta(ge=-1, le=1_000_000)] = -1

    EXAMPLE: ClassVar[dict[str, Any]] = {"state": ["disputed"], "limit": 50}


def read_next(lent: LentItem | None) -> ReviewNextRead:
    """Show the next item to its reviewer."""
    if lent is None:
        return ReviewNextRead(item=None)
    facts = view_facts(lent.view, until=lent.until)
    return ReviewNextRead(item=msgspec.convert(facts, ReviewItemView, from_attributes=True))


def read_item(item: ReviewItem, document: ReviewDocument) -> ReviewItemRead:
    """Show an item to the owner of its review."""
    return msgspec.convert(item_facts(item, document), ReviewItemRead, from_attributes=True)
