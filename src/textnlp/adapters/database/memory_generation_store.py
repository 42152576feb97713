"""Generations in memory, gone with the process."""

import dataclasses
from datetime import datetime
from typing import Any

from textnlp.domain.errors import ErrorKind, TextNLPError, not_found
from textnlp.domain.generation.model import Usage
from textnlp.domain.generation.record import GenerationRecord, GenerationState
from textnlp.domain.identifiers import GenerationId


class MemoryGenerationStore:
    """Satisfies the `GenerationStore` port."""

    def __init__(self, records: dict[str, GenerationRecord] | None = None, *, tenant: str | None = None) -> None:
        self._records = {} if records is None else records
        self._tenant = tenant

    def for_tenant(self, tenant: str) -> "MemoryGenerationStore":
        """Return the store as one tenant sees it."""
        return MemoryGenerationStore(self._records, tenant=tenant)

    async def create(self, record: GenerationRecord) -> None:
        """Add a generation."""
        if self._tenant not in {None, record.tenant}:
            raise TextNLPError(f"Generation {record.id} belongs to another tenant.", kind=ErrorKind.FORBIDDEN)
        if record.id in self._records:
            raise TextNLPError(f"There is a generation {record.id} already.", kind=ErrorKind.CONFLICT)
        self._records[record.id] = record

    async def get(self, generation_id: GenerationId) -> GenerationRecord:
        """Return a generation."""
        record = self._records.get(generation_id)
        if record is None or self._tenant not in {None, record.tenant}:
            raise not_found(f"There is no generation {generation_id}.")
        return record

    async def complete(self, generation_id: GenerationId, *, usage: Usage, at: datetime) -> bool:
        """Note that the completion is stored."""
        return await self._end(generation_id, state=GenerationState.COMPLETED, usage=usage, finished_at=at)

    async def fail(self, generation_id: GenerationId, error: TextNLPError, *, at: datetime) -> bool:
        """Note that there will be no completion."""
        ending = {"code": error.kind, "message": error.message, "finished_at": at}
        return await self._end(generation_id, state=GenerationState.FAILED, **ending)

    async def _end(self, generation_id: GenerationId, **changes: Any) -> bool:
        record = await self.get(generation_id)
        if record.state is not GenerationState.QUEUED:
            return False
        self._records[generation_id] = dataclasses.replace(record, **changes)
        return True
