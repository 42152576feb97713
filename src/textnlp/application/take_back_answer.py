"""Let a reviewer answer an item anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from textnlp.application.lend_review_item import LentItem
from textnlp.application.review_ports import ReviewPorts
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.blinding import columns_to_sides, view_item
from textnlp.domain.review.model import Answer, ReviewItem
from textnlp.domain.review.rules import take_back


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """An item that is open again.

    Attributes:
        lent: the item, which is the reviewer's until a moment.
        values: what they had answered, sides of pairs as they saw them; empty where they had skipped it.
        comment: what they had remarked with it.
    """

    lent: LentItem
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    comment: str = ""


async def take_back_answer(ports: ReviewPorts, review_id: ReviewId, position: int, *, reviewer: str) -> TakenBack:
    """Forget a reviewer's answer to an item, or that they skipped it, and give it to them again.

    Raises what `rules.take_back` does.
    """
    review = await ports.store.get(review_id)
    document, now = review.document, ports.clock.now()
    until = now + timedelta(seconds=document.lease_seconds)
    before: list[Answer | None] = []

    def opened(item: ReviewItem) -> ReviewItem:
        before[:] = [item.answer_of(reviewer)]
        return take_back(item, reviewer, now=now, until=until, document=document)

    item = await ports.store.change(review_id, position, opened)
    lent = LentItem(review=review, view=view_item(item, document, reviewer=reviewer), until=until)
    answer = before[0]
    if answer is None:
        return TakenBack(lent=lent)
    values = columns_to_sides(answer.values, item, document, reviewer=reviewer)
    return TakenBack(lent=lent, values=values, comment=answer.comment)
