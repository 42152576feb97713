"""What of a tenant's is with a provider, so that a process that ends loses and pays nothing twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.batches.provider_batch import SubmittedBatch


class ProviderBatchJournal(Protocol):
    """Records each submission before it is made, what the provider called it, and that it is over.

    Every method either did everything or nothing; a journal that cannot be reached raises `UNAVAILABLE`. Before
    `for_tenant` every method but `forget_before` raises `INTERNAL`.
    """

    def for_tenant(self, tenant: str) -> "ProviderBatchJournal":
        """Return the journal as one tenant sees it: the submissions of others are not there."""
        ...

    async def begin(self, batch: SubmittedBatch) -> None:
        """Record a submission; raise `CONFLICT` where its key is there already, whoever's it is."""
        ...

    async def note_file(self, key: str, file_id: str) -> bool:
        """Record the provider's file; return whether the submission is there."""
        ...

    async def note_batch(self, key: str, batch_id: str) -> bool:
        """Record the provider's batch, in the place of an earlier one; return whether the submission is there."""
        ...

    async def end(self, key: str) -> None:
        """Remove a submission that is over; one that is not there is over."""
        ...

    async def in_flight(self, *, engine: str) -> Sequence[SubmittedBatch]:
        """List the submissions to a deployment that are not over, oldest first."""
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Remove submissions that began before `moment`, and return how many those were."""
        ...
