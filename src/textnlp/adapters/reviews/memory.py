"""Reviews in memory, gone with the process."""

from collections.abc import Collection, Sequence
from datetime import datetime

from textnlp.adapters.reviews.kept_review import KeptReview
from textnlp.domain.identifiers import ReviewId
from textnlp.domain.review.model import ItemState, Review, ReviewItem, ReviewProgress
from textnlp.domain.review.refusals import foreign_review, no_such_review, review_exists
from textnlp.ports.review_store import ItemChange


class MemoryReviewStore:
    """Satisfies the `ReviewStore` port; every method runs to its end without letting another in."""

    def __init__(self, kept: dict[ReviewId, KeptReview] | None = None, *, tenant: str | None = None) -> None:
        self._kept = {} if kept is None else kept
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryReviewStore":
        """Return the store as one tenant sees it."""
        return MemoryReviewStore(self._kept, tenant=tenant)

    async def create(self, review: Review, items: Sequence[ReviewItem]) -> None:
        """Add a review with its items."""
        if self._tenant not in {None, review.tenant}:
            raise foreign_review()
        if review.id in self._kept:
            raise review_exists(review.id)
        self._kept[review.id] = KeptReview(review, list(items))

    async def get(self, review_id: ReviewId) -> Review:
        """Return a review."""
        return self._found(review_id).review

    async def newest(self, *, before: ReviewId | None = None, limit: int) -> Sequence[Review]:
        """List reviews, newest first."""
        seen = [each.review for each in self._kept.values() if self._tenant in {None, each.review.tenant}]
        older = [each for each in seen if before is None or each.id < before]
        return sorted(older, key=_id, reverse=True)[:limit]

    async def delete(self, review_id: ReviewId) -> None:
        """Remove a review with its items."""
        self._found(review_id)
        del self._kept[review_id]

    async def lend_next(
        self, review_id: ReviewId, reviewer: str, *, now: datetime, until: datetime
    ) -> ReviewItem | None:
        """Give a reviewer the next item."""
        return self._found(review_id).lend_next(reviewer, now=now, until=until)

    async def change(self, review_id: ReviewId, position: int, change: ItemChange) -> ReviewItem:
        """Replace an item by what `change` makes of it."""
        return self._found(review_id).change(position, change)

    async def item(self, review_id: ReviewId, position: int) -> ReviewItem:
        """Return an item."""
        return self._found(review_id).item(position)

    async def items(
        self, review_id: ReviewId, *, states: Collection[ItemState] | None = None, after: int = -1, limit: int
    ) -> Sequence[ReviewItem]:
        """List items in their order."""
        return self._found(review_id).page(states, after=after, limit=limit)

    async def progress(self, review_id: ReviewId) -> ReviewProgress:
        """Count items by state, and answers."""
        return self._found(review_id).progress()

    def _found(self, review_id: ReviewId) -> KeptReview:
        kept = self._kept.get(review_id)
        if kept is None or self._tenant not in {None, kept.review.tenant}:
            raise no_such_review()
        return kept


def _id(review: Review) -> str:
    return review.id
