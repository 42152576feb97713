"""Batches and outcomes as rows of tables, and back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from textnlp.adapters.database.batch_statements import ACCEPTED, FAILED, REJECTED
from textnlp.domain.batches.model import Batch, BatchSpec, BatchState, LedgerCounts, RowOutcome, RowState
from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.identifiers import BatchId

STATE_NUMBERS = {RowState.ACCEPTED: ACCEPTED, RowState.REJECTED: REJECTED, RowState.FAILED: FAILED}
_STATES = {number: state for state, number in STATE_NUMBERS.items()}
_KINDS: dict[str | None, ErrorKind | None] = {kind.value: kind for kind in ErrorKind} | {None: None}
_SPEC = msgspec.json.Decoder(BatchSpec)
_MOST_SMALL = 32_767
_REPLACEMENT = "\ufffd"


def values_of_batch(batch: Batch) -> tuple[Any, ...]:
    """Return a batch as the values of `batch_statements.CREATE`."""
    counts, usage = batch.counts, batch.usage
    return (
        *(batch.id, storable(batch.name), batch.state.value, msgspec.json.encode(batch.spec).decode()),
        *(batch.created_at, batch.source, batch.source_sha256, batch.requests_path, batch.output_prefix),
        *(counts.input, counts.accepted, counts.rejected, counts.failed),
        *(usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens, usage.reasoning_tokens),
        *(batch.slice_count, batch.finished_at, storable(batch.reason), batch.tenant, batch.caller),
    )


def batch_of_row(row: tuple[Any, ...]) -> Batch:
    """Return the batch in a row of the columns that the ledger selects."""
    return Batch(
        id=BatchId(row[0]),
        name=row[1],
        state=BatchState(row[2]),
        spec=_SPEC.decode(row[3]),
        created_at=_in_utc(row[4]),
        source=row[5],
        source_sha256=row[6],
        requests_path=row[7],
        output_prefix=row[8],
        counts=LedgerCounts(input=row[9], accepted=row[10], rejected=row[11], failed=row[12]),
        usage=Usage(
            prompt_tokens=row[13],
            completion_tokens=row[14],
            cached_tokens=row[15],
            reasoning_tokens=row[16],
        ),
        slice_count=row[17],
        finished_at=None if row[18] is None else _in_utc(row[18]),
        reason=row[19],
        tenant=row[20],
        caller=row[21],
    )


def columns_of_outcomes(outcomes: Sequence[RowOutcome]) -> dict[str, list[Any]]:
    """Return outcomes column by column, as `batch_statements.RECORD` takes them, ordered by their rows.

    Of two outcomes of the same row the first stays first, so that it is the one that is kept.
    """
    ordered = sorted(outcomes, key=_row_index)
    usages = [outcome.usage for outcome in ordered]
    return {
        "row_index": [outcome.row_index for outcome in ordered],
        "row_id": [outcome.row_id.encode("utf-8", "surrogatepass") for outcome in ordered],
        "state": [STATE_NUMBERS[outcome.state] for outcome in ordered],
        "record": [outcome.record for outcome in ordered],
        "payload_hash": [outcome.payload_hash for outcome in ordered],
        "prompt_tokens": [usage.prompt_tokens for usage in usages],
        "completion_tokens": [usage.completion_tokens for usage in usages],
        "cached_tokens": [usage.cached_tokens for usage in usages],
        "reasoning_tokens": [usage.reasoning_tokens for usage in usages],
        "attempts": [min(outcome.attempts, _MOST_SMALL) for outcome in ordered],
        "code": [None if outcome.code is None else outcome.code.value for outcome in ordered],
    }


def outcomes_of_rows(rows: Sequence[tuple[Any, ...]]) -> list[RowOutcome]:
    """Return the outcomes in rows of the columns that the ledger selects."""
    return [
        RowOutcome(
            row_index=row_index,
            row_id=row_id.decode("utf-8", "surrogatepass"),
            state=_STATES[state],
            record=record,
            payload_hash=payload_hash,
            usage=Usage(
                prompt_tokens=prompt_tokens,
                completion_tokens=completion_tokens,
                cached_tokens=cached_tokens,
                reasoning_tokens=reasoning_tokens,
            )
            if prompt_tokens or completion_tokens or cached_tokens or reasoning_tokens
            else NO_USAGE,
            attempts=attempts,
            code=_KINDS[code],
        )
        for (
            row_index,
            row_id,
            state,
            record,
            payload_hash,
            prompt_tokens,
            completion_tokens,
            cached_tokens,
            reasoning_tokens,
            attempts,
            code,
        ) in rows
    ]


def storable(text: str | None) -> str | None:
    """Replace what PostgreSQL cannot hold in a text that people read: zero characters and halves of pairs."""
    if text is None:
        return None
    return text.replace("\0", _REPLACEMENT).encode("utf-8", "replace").decode()


def _row_index(outcome: RowOutcome) -> int:
    return outcome.row_index


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
