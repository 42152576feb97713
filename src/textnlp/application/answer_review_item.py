"""Note what a reviewer says of an item: an answer, that they skip it, or a remark."""

from collections.abc import Mapping
from typing import Any

from textnlp.application.review_ports import ReviewPorts
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.answers import checked_values
from textnlp.domain.review.blinding import sides_to_columns
from textnlp.domain.review.model import MAX_COMMENT_CHARACTERS, Answer, Comment, ReviewItem, Skip
from textnlp.domain.review.rules import answer_item, comment_on_item, skip_item


async def answer_review_item(
    ports: ReviewPorts,
    review_id: ReviewId,
    position: int,
    *,
    reviewer: str,
    values: Mapping[str, Any],
    comment: str = "",
) -> ReviewItem:
    """Note an answer, in place of the reviewer's earlier one, and return the item as it is then.

    Sides of pairs are those on which the reviewer saw the texts. Raises `INVALID_INPUT` for what does not fit a
    question, and `CONFLICT` where the item has answers enough, was given to others meanwhile or is decided.
    """
    _require_short(comment, "comment")
    review = await ports.store.get(review_id)
    document, now = review.document, ports.clock.now()

    def answered(item: ReviewItem) -> ReviewItem:
        turned = sides_to_columns(values, item, document, reviewer=reviewer)
        kept = checked_values(document, item.row, turned)
        lease, before = item.lease_of(reviewer), item.answer_of(reviewer)
        seconds = (now - lease.since).total_seconds() if lease else (before.seconds if before else None)
        answer = Answer(reviewer=reviewer, values=kept, at=now, seconds=seconds, comment=comment)
        return answer_item(item, answer, document=document)

    return await ports.store.change(review_id, position, answered)


async def skip_review_item(
    ports: ReviewPorts, review_id: ReviewId, position: int, *, reviewer: str, reason: str = ""
) -> ReviewItem:
    """Note that a reviewer will not answer an item, which they are not given again."""
    _require_short(reason, "reason")
    skip = Skip(reviewer=reviewer, at=ports.clock.now(), reason=reason)
    return await ports.store.change(review_id, position, lambda item: skip_item(item, skip))


async def comment_on_review_item(
    ports: ReviewPorts, review_id: ReviewId, position: int, *, reviewer: str, text: str
) -> ReviewItem:
    """Add a remark to an item; raises what `comment_on_item` does."""
    comment = Comment(reviewer=reviewer, at=ports.clock.now(), text=text)
    return await ports.store.change(review_id, position, lambda item: comment_on_item(item, comment))


def _require_short(text: str, field: str) -> None:
    if len(text) > MAX_COMMENT_CHARACTERS:
        raise invalid_input(f"The {field} has {MAX_COMMENT_CHARACTERS:,} characters at most.", field=field)
