"""Batches at providers in memory, gone with the process."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import ProviderBatchKey
from textnlp.domain.identity.tenant import required_tenant

_Batches = dict[tuple[str, ProviderBatchKey], ProviderBatch]


class MemoryProviderBatchJournal:
    """Satisfies the `ProviderBatchJournal` port."""

    def __init__(self, batches: _Batches | None = None, *, tenant: str | None = None) -> None:
        self._batches: _Batches = {} if batches is None else batches
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryProviderBatchJournal":
        """Return the journal as one tenant sees it."""
        return MemoryProviderBatchJournal(self._batches, tenant=tenant)

    async def record(self, batch: ProviderBatch) -> None:
        """Add a batch."""
        place = self._place(batch.key)
        if place in self._batches:
            raise TextNLPError(f"There is a batch {batch.key} already.", kind=ErrorKind.CONFLICT)
        self._batches[place] = batch

    async def mark(self, key: ProviderBatchKey, *, file_id: str, batch_id: str | None, at: datetime) -> bool:
        """Store how far a batch has come."""
        place = self._place(key)
        batch = self._batches.get(place)
        if batch is None:
            return False
        self._batches[place] = dataclasses.replace(batch, file_id=file_id, batch_id=batch_id, touched_at=at)
        return True

    async def find(self, key: ProviderBatchKey) -> ProviderBatch | None:
        """Return a batch."""
        return self._batches.get(self._place(key))

    async def unsettled(
        self, deployment: str, *, after: ProviderBatchKey | None = None, limit: int = 50
    ) -> Sequence[ProviderBatch]:
        """List the batches of a deployment, oldest first."""
        tenant = required_tenant(self._tenant)
        found = [
            batch
            for (whose, key), batch in self._batches.items()
            if whose == tenant and batch.deployment == deployment and (after is None or key > after)
        ]
        return sorted(found, key=lambda batch: batch.key)[:limit]

    async def settle(self, key: ProviderBatchKey) -> bool:
        """Remove a batch."""
        return self._batches.pop(self._place(key), None) is not None

    async def settle_untouched(self, key: ProviderBatchKey, *, since: datetime) -> bool:
        """Remove a batch that nobody sees to."""
        place = self._place(key)
        batch = self._batches.get(place)
        if batch is None or batch.batch_id is not None or batch.touched_at >= since:
            return False
        del self._batches[place]
        return True

    async def forget_before(self, moment: datetime) -> int:
        """Remove what was recorded before `moment`."""
        old = [
            place
            for place, batch in self._batches.items()
            if batch.recorded_at < moment and self._tenant in {None, place[0]}
        ]
        for place in old:
            del self._batches[place]
        return len(old)

    def _place(self, key: ProviderBatchKey) -> tuple[str, ProviderBatchKey]:
        return required_tenant(self._tenant), key
