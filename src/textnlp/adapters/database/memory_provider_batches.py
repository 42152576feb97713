"""What is with providers, in memory, gone with the process."""

import dataclasses
from datetime import datetime

from textnlp.domain.batches.provider_batch import SubmittedBatch
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identity.tenant import required_tenant

_Entries = dict[str, tuple[str, SubmittedBatch]]


class MemoryProviderBatchJournal:
    """Satisfies the `ProviderBatchJournal` port."""

    def __init__(self, entries: _Entries | None = None, *, tenant: str | None = None) -> None:
        self._entries: _Entries = {} if entries is None else entries
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryProviderBatchJournal":
        """Return the journal as one tenant sees it."""
        return MemoryProviderBatchJournal(self._entries, tenant=tenant)

    async def begin(self, batch: SubmittedBatch) -> None:
        """Record a submission."""
        tenant = required_tenant(self._tenant)
        if batch.key in self._entries:
            raise TextNLPError(f"There is a submission {batch.key} already.", kind=ErrorKind.CONFLICT)
        self._entries[batch.key] = (tenant, batch)

    async def note_file(self, key: str, file_id: str) -> bool:
        """Record the provider's file."""
        batch = self._mine(key)
        if batch is None:
            return False
        self._entries[key] = (required_tenant(self._tenant), dataclasses.replace(batch, file_id=file_id))
        return True

    async def note_batch(self, key: str, batch_id: str) -> bool:
        """Record the provider's batch."""
        batch = self._mine(key)
        if batch is None:
            return False
        self._entries[key] = (required_tenant(self._tenant), dataclasses.replace(batch, batch_id=batch_id))
        return True

    async def end(self, key: str) -> None:
        """Remove a submission that is over."""
        if self._mine(key) is not None:
            del self._entries[key]

    async def in_flight(self, *, engine: str) -> list[SubmittedBatch]:
        """List the submissions to a deployment, oldest first."""
        tenant = required_tenant(self._tenant)
        mine = [batch for owner, batch in self._entries.values() if owner == tenant and batch.engine == engine]
        return sorted(mine, key=lambda batch: (batch.created_at, batch.key))

    async def forget_before(self, moment: datetime) -> int:
        """Remove submissions that began before `moment`."""
        old = [
            key
            for key, (owner, batch) in self._entries.items()
            if self._tenant in {None, owner} and batch.created_at < moment
        ]
        for key in old:
            del self._entries[key]
        return len(old)

    def _mine(self, key: str) -> SubmittedBatch | None:
        tenant = required_tenant(self._tenant)
        owner, batch = self._entries.get(key, (None, None))
        return batch if owner == tenant else None
