"""Decide what holds of an item on which reviewers disagree."""

from collections.abc import Mapping
from typing import Any

from textnlp.application.review_ports import ReviewCaller, ReviewPorts
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.answers import checked_values
from textnlp.domain.review.model import MAX_COMMENT_CHARACTERS, Decision, Review, ReviewItem
from textnlp.domain.review.refusals import owner_only
from textnlp.domain.review.rules import decide_item


async def decide_review_item(
    ports: ReviewPorts,
    review_id: ReviewId,
    position: int,
    *,
    caller: ReviewCaller,
    values: Mapping[str, Any],
    reason: str = "",
) -> ReviewItem:
    """Note the decision of the review's owner, and return the item; sides of pairs are `first` and `second`.

    Raises `FORBIDDEN` for others, and what `decide_item` and `checked_values` do.
    """
    review = await owned_review(ports, review_id, caller=caller, what="decide")
    if len(reason) > MAX_COMMENT_CHARACTERS:
        raise invalid_input(f"The reason has {MAX_COMMENT_CHARACTERS:,} characters at most.", field="reason")
    now = ports.clock.now()

    def decided(item: ReviewItem) -> ReviewItem:
        kept = checked_values(review.document, item.row, values, is_partial=True)
        decision = Decision(by=caller.name, values=kept, at=now, reason=reason)
        return decide_item(item, decision, document=review.document)

    return await ports.store.change(review_id, position, decided)


async def owned_review(ports: ReviewPorts, review_id: ReviewId, *, caller: ReviewCaller, what: str) -> Review:
    """Return a review to its owner or an administrator; raise `FORBIDDEN` for others, saying what they may not."""
    review = await ports.store.get(review_id)
    if review.owner != caller.name and not caller.is_admin:
        raise owner_only(what)
    return review


async def delete_review(ports: ReviewPorts, review_id: ReviewId, *, caller: ReviewCaller) -> None:
    """Remove a review with everything that was said; raise `FORBIDDEN` for others than its owner."""
    await owned_review(ports, review_id, caller=caller, what="delete it")
    await ports.store.delete(review_id)
