"""Reviews, their items, and who is at work on which."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.model import ItemState, Review, ReviewItem, ReviewProgress

ItemChange = Callable[[ReviewItem], ReviewItem]
"""Returns what an item becomes; what it raises is raised by the store, and the item stays as it is."""


class ReviewStore(Protocol):
    """Keeps reviews; an unknown id or position raises `NOT_FOUND`, a store that is away `UNAVAILABLE`."""

    def for_tenant(self, tenant: str) -> "ReviewStore":
        """Return the store as one tenant sees it: reviews of others are not there."""
        ...

    async def create(self, review: Review, items: Sequence[ReviewItem]) -> None:
        """Add a review with its items; raise `CONFLICT` when its id is taken, `FORBIDDEN` for another tenant's."""
        ...

    async def get(self, review_id: ReviewId) -> Review:
        """Return a review."""
        ...

    async def newest(self, *, before: ReviewId | None = None, limit: int) -> Sequence[Review]:
        """List up to `limit` reviews that are older than `before`, newest first."""
        ...

    async def delete(self, review_id: ReviewId) -> None:
        """Remove a review with its items."""
        ...

    async def lend_next(
        self, review_id: ReviewId, reviewer: str, *, now: datetime, until: datetime
    ) -> ReviewItem | None:
        """Give a reviewer the next item that `rules.can_be_lent` allows, as `rules.lend` says; None for none.

        An item that the reviewer holds comes first, then those with most answers, then the order of the items. No two
        reviewers are given the last place of an item, however many ask at once.
        """
        ...

    async def change(self, review_id: ReviewId, position: int, change: ItemChange) -> ReviewItem:
        """Replace an item by what `change` makes of it, and return that; changes of one item take turns.

        Position, id and row of the item stay as they are.
        """
        ...

    async def item(self, review_id: ReviewId, position: int) -> ReviewItem:
        """Return an item."""
        ...

    async def items(
        self, review_id: ReviewId, *, states: Collection[ItemState] | None = None, after: int = -1, limit: int
    ) -> Sequence[ReviewItem]:
        """List up to `limit` items behind the position `after`, in their order; of some states, all where None."""
        ...

    async def progress(self, review_id: ReviewId) -> ReviewProgress:
        """Count items by state, and answers."""
        ...
