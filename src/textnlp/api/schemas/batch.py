"""A batch, as it is submitted and as it is shown."""

import dataclasses
from datetime import datetime
from typing import Annotated, Any, ClassVar

import msgspec

from textnlp.api.schemas.sampling import SamplingParameters
from textnlp.api.schemas.usage import UsageRead, read_usage
from textnlp.domain.batches.model import Batch, BatchState, LedgerCounts
from textnlp.domain.generation.model import Parameters

_BatchIdText = Annotated[str, msgspec.Meta(max_length=64)]


class BatchCreate(SamplingParameters, kw_only=True):
    """What goes with a file of prompts, as query parameters or as form fields.

    Attributes:
        name: the file's name with its ending, which says how it is read.
        model: asked unless a row names its own; the platform's default where none is named.
        schema: JSON Schema that every completion must satisfy, as JSON text.
        checks: what the answers are looked at for when the batch has completed, as JSON text: a file of checks as
            `textnlp validate` takes it, for the columns of `generations.jsonl`, of which `text` is the answer.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=300)] | None = None
    model: Annotated[str, msgspec.Meta(min_length=1)] | None = None
    schema: str | None = None
    checks: str | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "name": "reviews.csv",
        "model": "smollm2-135m",
        "max_tokens": 60,
        "temperature": 0.7,
    }


class CountsRead(msgspec.Struct, kw_only=True):
    """Rows by state: input = accepted + rejected + failed + pending."""

    input: int
    accepted: int
    rejected: int
    failed: int
    pending: int


class BatchRead(msgspec.Struct, kw_only=True):
    """A batch as the ledger has it.

    Attributes:
        endpoint: where the model is asked.
        parameters: sampling where a row says nothing; what is null or absent is the engine's choice.
        reason: why it is in a state that nobody asked for.
        checks: what its answers are looked at for; null for the usual checks.
        source_sha256: hex digest of the file's bytes.
    """

    id: str
    name: str
    state: BatchState
    reason: str | None
    model: str
    endpoint: str
    parameters: dict[str, Any]
    response_schema: dict[str, Any] | None
    checks: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None
    source_sha256: str
    counts: CountsRead
    usage: UsageRead

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "batch_01kx3v9qe8m2t6f0r7w4z1c5ny",
        "name": "reviews.csv",
        "state": "running",
        "reason": None,
        "model": "smollm2-135m",
        "endpoint": "embedded",
        "parameters": {"max_tokens": 60, "temperature": 0.7},
        "response_schema": None,
        "checks": None,
        "created_at": "2026-03-01T12:00:00Z",
        "finished_at": None,
        "source_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "counts": {"input": 24, "accepted": 10, "rejected": 0, "failed": 1, "pending": 13},
        "usage": UsageRead.EXAMPLE,
    }


class BatchPage(msgspec.Struct, kw_only=True):
    """Batches, newest first; `next_before` continues the listing where it is not null."""

    batches: list[BatchRead]
    next_before: str | None

    EXAMPLE: ClassVar[dict[str, Any]] = {"batches": [BatchRead.EXAMPLE], "next_before": None}


class BatchListQuery(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which batches to list: those older than the batch `before`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    before: _BatchIdText | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {"limit": 20, "before": "batch_01kx3v9qe8m2t6f0r7w4z1c5ny"}


class ProgressRead(msgspec.Struct, kw_only=True):
    """Where a batch is at one moment; the rate is over the last seconds, 0 where nothing moves."""

    id: str
    state: BatchState
    counts: CountsRead
    usage: UsageRead
    rows_per_second: float

    EXAMPLE: ClassVar[str] = (
        "id: 1\nevent: progress\n"
        'data: {"id":"batch_01kx3v9qe8m2t6f0r7w4z1c5ny","state":"running","counts":{"input":24,"accepted":10,'
        '"rejected":0,"failed":1,"pending":13},"usage":{"prompt_tokens":154,"completion_tokens":231,'
        '"total_tokens":385,"cached_tokens":0,"reasoning_tokens":0},"rows_per_second":3.5}\n\n'
    )
    """One event of the stream, as `text/event-stream`."""


def read_counts(counts: LedgerCounts) -> CountsRead:
    """Show counts."""
    return CountsRead(
        input=counts.input,
        accepted=counts.accepted,
        rejected=counts.rejected,
        failed=counts.failed,
        pending=counts.pending,
    )


def read_batch(batch: Batch) -> BatchRead:
    """Show a batch."""
    spec = batch.spec
    return BatchRead(
        id=batch.id,
        name=batch.name,
        state=batch.state,
        reason=batch.reason,
        model=spec.model,
        endpoint=spec.endpoint,
        parameters=_given(spec.parameters),
        response_schema=None if spec.response_schema is None else dict(spec.response_schema),
        checks=None if spec.checks is None else dict(spec.checks),
        created_at=batch.created_at,
        finished_at=batch.finished_at,
        source_sha256=batch.source_sha256,
        counts=read_counts(batch.counts),
        usage=read_usage(batch.usage),
    )


def _given(parameters: Parameters) -> dict[str, Any]:
    fields = dataclasses.asdict(parameters)
    return {name: value for name, value in fields.items() if value is not None and value != ()}
