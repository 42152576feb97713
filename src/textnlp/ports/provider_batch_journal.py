"""What is known of batches at providers, so that a restart finds them again instead of paying twice."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.identifiers import ProviderBatchKey


class ProviderBatchJournal(Protocol):
    """Keeps one record a batch while its answers are owed, apart for each tenant.

    Every method either did everything or nothing; a journal that cannot be reached raises `UNAVAILABLE`. Before
    `for_tenant` every method but `forget_before` raises `INTERNAL`. What a method has returned from survives a crash of
    the process, as far as the adapter survives it at all.
    """

    def for_tenant(self, tenant: str) -> "ProviderBatchJournal":
        """Return the journal as one tenant sees it: batches of others are not there."""
        ...

    async def record(self, batch: ProviderBatch) -> None:
        """Add a batch before anything of it is handed over; raise `CONFLICT` when its key is there already."""
        ...

    async def mark(self, key: ProviderBatchKey, *, file_id: str, batch_id: str | None, at: datetime) -> bool:
        """Store how far a batch has come and that somebody lives who sees to it; return whether it is there.

        Whoever learns that it is not must not create the batch: somebody else has taken it for abandoned.
        """
        ...

    async def find(self, key: ProviderBatchKey) -> ProviderBatch | None:
        """Return a batch, None where it is not there."""
        ...

    async def unsettled(
        self, deployment: str, *, after: ProviderBatchKey | None = None, limit: int = 50
    ) -> Sequence[ProviderBatch]:
        """List the batches of a deployment, oldest first, those younger than `after` (a key) only."""
        ...

    async def settle(self, key: ProviderBatchKey) -> bool:
        """Remove a batch of which nothing is owed any more; return whether it was there."""
        ...

    async def settle_untouched(self, key: ProviderBatchKey, *, since: datetime) -> bool:
        """Remove a batch of unknown `batch_id` that nobody has touched since `since`; return whether that is done."""
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Remove what was recorded before `moment`, and return how many batches that were."""
        ...
