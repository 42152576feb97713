"""Batches, slices and outcomes to put into a ledger."""

from datetime import UTC, datetime, timedelta

from textnlp.domain.batches.model import (
    Batch,
    BatchSpec,
    BatchState,
    LedgerCounts,
    RowOutcome,
    RowState,
    Slice,
)
from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.model import Parameters, Usage
from textnlp.domain.identifiers import BatchId, new_batch_id
from textnlp.ports.batch_ledger import BatchLedger

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
SLICE_ROWS = 4
USAGE = Usage(prompt_tokens=7, completion_tokens=11, cached_tokens=2, reasoning_tokens=3)


def make_batch(*, source: str | None = None, created_at: datetime = NOON) -> Batch:
    """Return a batch that is being read and whose every field holds something."""
    return Batch(
        id=new_batch_id(created_at),
        name="réviews.jsonl",
        state=BatchState.INGESTING,
        spec=BatchSpec(
            model="m-1",
            parameters=Parameters(temperature=0.25, max_tokens=64, seed=7, stop=("\n", "END")),
            response_schema={"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "integer"}}},
            endpoint="embedded",
        ),
        created_at=created_at,
        source=source,
        output_prefix="generations/batch/x/",
    )


def cut(rows: int) -> list[Slice]:
    """Cut rows into slices of `SLICE_ROWS`."""
    return [
        Slice(index=i, first_row=first, row_count=min(SLICE_ROWS, rows - first), offset=first * 2**31, size_bytes=80)
        for i, first in enumerate(range(0, rows, SLICE_ROWS))
    ]


def accepted(row: int, *, text: str = "fine") -> RowOutcome:
    """Return the outcome of a row that was answered."""
    return RowOutcome(
        row_index=row,
        row_id=f"r{row}",
        state=RowState.ACCEPTED,
        record=f'{{"id":"r{row}","text":"{text}"}}'.encode(),
        payload_hash=row.to_bytes(16, "big"),
        usage=USAGE,
        attempts=2,
    )


def rejected(row: int, *, code: ErrorKind = ErrorKind.SCHEMA_MISMATCH) -> RowOutcome:
    """Return the outcome of a row whose answer was no use."""
    return unaccepted(row, state=RowState.REJECTED, code=code, attempts=1)


def failed(row: int, *, code: ErrorKind = ErrorKind.TIMEOUT, attempts: int = 3) -> RowOutcome:
    """Return the outcome of a row that got no answer; with no attempts, of one that could not be asked."""
    return unaccepted(row, state=RowState.FAILED, code=code, attempts=attempts)


def unaccepted(row: int, *, state: RowState, code: ErrorKind, attempts: int) -> RowOutcome:
    """Return the outcome of a row that was not accepted, with a message in its record."""
    return RowOutcome(
        row_index=row,
        row_id=f"r{row}",
        state=state,
        record=f'{{"id":"r{row}","message":"row {row} met {code.value}"}}'.encode(),
        usage=Usage(prompt_tokens=1),
        attempts=attempts,
        code=code,
    )


async def running_batch(ledger: BatchLedger, *, rows: int) -> Batch:
    """Put a batch of so many rows into the ledger, ready to be worked on."""
    batch = make_batch()
    await ledger.create(batch)
    started = Batch(
        id=batch.id,
        name=batch.name,
        state=BatchState.RUNNING,
        spec=batch.spec,
        created_at=batch.created_at,
        source_sha256="ab" * 32,
        requests_path=f"requests/{batch.id}",
        output_prefix=batch.output_prefix,
        counts=LedgerCounts(input=rows),
        slice_count=len(cut(rows)),
    )
    await ledger.start(started, cut(rows), [])
    return started


async def streamed(ledger: BatchLedger, batch_id: BatchId) -> list[RowOutcome]:
    """Return all outcomes that the ledger streams."""
    return [outcome async for piece in ledger.stream(batch_id) for outcome in piece]
