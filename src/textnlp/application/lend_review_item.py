"""Give a reviewer the next item of a review."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.application.review_ports import ReviewPorts
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.blinding import ItemView, view_item
from textnlp.domain.review.document import ReviewDocument
from textnlp.domain.review.model import Review
from textnlp.domain.review.rules import lend


@dataclass(frozen=True, slots=True, kw_only=True)
class LentItem:
    """An item as its reviewer sees it, who has it until a moment."""

    review: Review
    view: ItemView
    until: datetime

    @property
    def document(self) -> ReviewDocument:
        """What is asked."""
        return self.review.document


async def lend_review_item(ports: ReviewPorts, review_id: ReviewId, *, reviewer: str) -> LentItem | None:
    """Return the item that a reviewer is to answer next, the one they hold where they hold one; None for none left."""
    review = await ports.store.get(review_id)
    now = ports.clock.now()
    until = now + timedelta(seconds=review.document.lease_seconds)
    item = await ports.store.lend_next(review_id, reviewer, now=now, until=until)
    if item is None:
        return None
    return LentItem(review=review, view=view_item(item, review.document, reviewer=reviewer), until=until)


async def keep_review_item(ports: ReviewPorts, review_id: ReviewId, position: int, *, reviewer: str) -> LentItem:
    """Let a reviewer have an item for longer; raise `CONFLICT` where it cannot be given to them any more."""
    review = await ports.store.get(review_id)
    document, now = review.document, ports.clock.now()
    until = now + timedelta(seconds=document.lease_seconds)
    item = await ports.store.change(
        review_id,
        position,
        lambda found: lend(found, reviewer, now=now, until=until, overlap=document.overlap),
    )
    return LentItem(review=review, view=view_item(item, document, reviewer=reviewer), until=until)
