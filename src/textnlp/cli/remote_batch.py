"""A batch as a platform shows it, brought back to what it is."""

from datetime import datetime
from typing import Any

import msgspec

from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts
from textnlp.domain.generation.model import Parameters, Usage
from textnlp.domain.identifiers import BatchId


class RemoteBatch(msgspec.Struct, kw_only=True):
    """The members of the platform's answer that commands use; later ones are ignored."""

    id: str
    name: str
    state: BatchState
    model: str
    created_at: datetime
    counts: LedgerCounts
    usage: Usage
    endpoint: str = ""
    parameters: Parameters = msgspec.field(default_factory=Parameters)
    response_schema: dict[str, Any] | None = None
    reason: str | None = None
    finished_at: datetime | None = None
    source_sha256: str = ""

    def batch(self) -> Batch:
        """Return the batch as the domain has it."""
        return Batch(
            id=BatchId(self.id),
            name=self.name,
            state=self.state,
            spec=BatchSpec(
                model=self.model,
                parameters=self.parameters,
                response_schema=self.response_schema,
                endpoint=self.endpoint,
            ),
            created_at=self.created_at,
            source_sha256=self.source_sha256,
            counts=self.counts,
            usage=self.usage,
            finished_at=self.finished_at,
            reason=self.reason,
        )


class RemoteBatches(msgspec.Struct, kw_only=True):
    """A page of a listing."""

    batches: list[RemoteBatch]
    next_before: str | None = None


class RemoteProgress(msgspec.Struct, kw_only=True):
    """Where a batch is at one moment."""

    state: BatchState
    counts: LedgerCounts
    usage: Usage
    rows_per_second: float = 0.0


class RemoteGeneration(msgspec.Struct, kw_only=True):
    """A completion."""

    text: str
    model: str
    finish_reason: str
    usage: Usage
    attempts: int = 1
    deployment: str = ""
