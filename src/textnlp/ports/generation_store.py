"""Generations that are fetched after they were asked for."""

from datetime import datetime
from typing import Protocol

from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.generation.record import GenerationRecord
from textnlp.domain.identifiers import GenerationId


class GenerationStore(Protocol):
    """Keeps one record a generation; an unknown id raises `NOT_FOUND`, a store that is away `UNAVAILABLE`."""

    def for_tenant(self, tenant: str) -> "GenerationStore":
        """Return the store as one tenant sees it: generations of others are not there."""
        ...

    async def create(self, record: GenerationRecord) -> None:
        """Add a generation that is queued; raise `CONFLICT` when its id is there already."""
        ...

    async def get(self, generation_id: GenerationId) -> GenerationRecord:
        """Return a generation."""
        ...

    async def complete(self, generation_id: GenerationId, *, usage: Usage, at: datetime) -> bool:
        """Note that the completion is stored; return False, and change nothing, where it had ended already."""
        ...

    async def fail(self, generation_id: GenerationId, error: TextNLPError, *, at: datetime) -> bool:
        """Note that there will be no completion, and why; return False where it had ended already."""
        ...
