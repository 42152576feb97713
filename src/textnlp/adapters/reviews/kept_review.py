"""A review with its items in memory, and what is asked of them."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.review.model import ItemState, Review, ReviewItem, ReviewProgress
from textnlp.domain.review.refusals import no_such_item
from textnlp.domain.review.rules import can_be_lent, lend
from textnlp.ports.review_store import ItemChange


@dataclass(slots=True)
class KeptReview:
    """A review with its items, each at the place of its position."""

    review: Review
    items: list[ReviewItem]

    def lend_next(self, reviewer: str, *, now: datetime, until: datetime) -> ReviewItem | None:
        """Give a reviewer the next item, as the port's method of this name does."""
        overlap = self.review.document.overlap
        able = [item for item in self.items if can_be_lent(item, reviewer, now=now, overlap=overlap)]
        item = min(able, key=lambda each: _preference(each, reviewer), default=None)
        if item is None:
            return None
        self.items[item.position] = lend(item, reviewer, now=now, until=until, overlap=overlap)
        return self.items[item.position]

    def change(self, position: int, change: ItemChange) -> ReviewItem:
        """Replace an item by what `change` makes of it."""
        item = self.item(position)
        changed = dataclasses.replace(change(item), position=position, row_id=item.row_id, row=item.row)
        self.items[position] = changed
        return changed

    def item(self, position: int) -> ReviewItem:
        """Return an item; raise `NOT_FOUND`."""
        if not 0 <= position < len(self.items):
            raise no_such_item()
        return self.items[position]

    def page(self, states: Collection[ItemState] | None, *, after: int, limit: int) -> Sequence[ReviewItem]:
        """List items in their order."""
        later = self.items[max(0, after + 1) :]
        return [item for item in later if states is None or item.state in states][:limit]

    def progress(self) -> ReviewProgress:
        """Count items by state, and answers."""
        counts = {state: sum(item.state is state for item in self.items) for state in ItemState}
        return ReviewProgress(
            states={state: count for state, count in counts.items() if count},
            answers=sum(len(item.answers) for item in self.items),
        )


def _preference(item: ReviewItem, reviewer: str) -> tuple[bool, int, int]:
    return item.lease_of(reviewer) is None, -len(item.answers), item.position
