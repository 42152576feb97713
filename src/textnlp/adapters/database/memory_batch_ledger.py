"""The row ledger in memory, gone with the process."""

import dataclasses
from collections import Counter
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from textnlp.adapters.database.ledger_rules import (
    REOPENED_STATES,
    batch_exists,
    foreign_tenant,
    message_in,
    never_read,
    no_such_batch,
    no_such_step,
    out_of_balance,
    source_taken,
)
from textnlp.domain.batches.model import Batch, BatchState, FailureCause, LedgerCounts, RowOutcome, RowState, Slice
from textnlp.domain.batches.rules import RECORDING_STATES, TERMINAL_STATES, states_before
from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.model import NO_USAGE, Usage
from textnlp.domain.identifiers import BatchId

_ROWS_A_PIECE = 1000


@dataclass(slots=True)
class _Entry:
    batch: Batch
    slices: list[Slice] = field(default_factory=list[Slice])
    outcomes: dict[int, RowOutcome] = field(default_factory=dict[int, RowOutcome])

    def add(self, outcomes: Sequence[RowOutcome]) -> None:
        """Add outcomes to rows that have none, all or none of them."""
        fresh: dict[int, RowOutcome] = {}
        for outcome in outcomes:
            if outcome.row_index not in self.outcomes:
                fresh.setdefault(outcome.row_index, outcome)
        counts = self.batch.counts
        added = _count(fresh.values(), 0)
        rows = counts.input
        if self.batch.state is BatchState.INGESTING:
            rows = max(rows, counts.done + added.done)
        counts = LedgerCounts(
            input=rows,
            accepted=counts.accepted + added.accepted,
            rejected=counts.rejected + added.rejected,
            failed=counts.failed + added.failed,
        )
        if counts.pending < 0:
            raise out_of_balance(self.batch.id)
        usage = self.batch.usage.plus(_sum(fresh.values()))
        self.batch = dataclasses.replace(self.batch, counts=counts, usage=usage)
        self.outcomes.update(fresh)

    def ordered(self) -> list[RowOutcome]:
        """Return the outcomes in input order."""
        return [self.outcomes[index] for index in sorted(self.outcomes)]


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The batches that one tenant sees, all of them where None."""

    entries: dict[BatchId, _Entry] = field(default_factory=dict[BatchId, _Entry])
    tenant: str | None = None

    def sees(self, batch: Batch) -> bool:
        return self.tenant in {None, batch.tenant}

    def visible(self) -> list[_Entry]:
        return [entry for entry in self.entries.values() if self.sees(entry.batch)]

    def entry(self, batch_id: BatchId) -> _Entry:
        entry = self.entries.get(batch_id)
        if entry is None or not self.sees(entry.batch):
            raise no_such_batch(batch_id)
        return entry


class MemoryBatchLedger:
    """Satisfies the `BatchLedger` port; every method runs to its end without letting another in."""

    def __init__(self, shelf: _Shelf | None = None) -> None:
        self._shelf = shelf or _Shelf()

    def for_tenant(self, tenant: str) -> "MemoryBatchLedger":
        """Return the ledger as one tenant sees it."""
        return MemoryBatchLedger(_Shelf(self._shelf.entries, tenant))

    async def create(self, batch: Batch) -> None:
        """Add a batch; raise `CONFLICT` when its id, or its `source`, is there already."""
        if not self._shelf.sees(batch):
            raise foreign_tenant(batch)
        if batch.id in self._shelf.entries:
            raise batch_exists(batch.id)
        if batch.source is not None and any(
            entry.batch.source == batch.source for entry in self._shelf.entries.values()
        ):
            raise source_taken(batch.source)
        self._shelf.entries[batch.id] = _Entry(batch)

    async def get(self, batch_id: BatchId) -> Batch:
        """Return the batch with its counts and usage as of the last recorded row."""
        return self._shelf.entry(batch_id).batch

    async def find_by_source(self, source: str) -> Batch | None:
        """Return the batch made from `source`, if there is one."""
        return next((entry.batch for entry in self._shelf.visible() if entry.batch.source == source), None)

    async def newest(
        self, *, before: BatchId | None = None, states: Collection[BatchState] | None = None, limit: int = 50
    ) -> list[Batch]:
        """List batches, newest first, those older than `before` (an id) only, in any of `states`; in all where None."""
        visible = [entry.batch for entry in self._shelf.visible()]
        older = [
            batch
            for batch in visible
            if (before is None or batch.id < before) and (states is None or batch.state in states)
        ]
        return sorted(older, key=lambda batch: batch.id, reverse=True)[:limit]

    async def start(self, batch: Batch, slices: Sequence[Slice], bad_rows: Sequence[RowOutcome]) -> None:
        """Store what ingesting found and move the batch to `RUNNING`, all at once."""
        entry = self._shelf.entry(batch.id)
        if entry.batch.state is BatchState.RUNNING:
            return
        if entry.batch.state is not BatchState.INGESTING:
            raise no_such_step(batch.id, entry.batch.state, BatchState.RUNNING)
        started = dataclasses.replace(
            entry.batch,
            state=BatchState.RUNNING,
            name=batch.name,
            source_sha256=batch.source_sha256,
            requests_path=batch.requests_path,
            counts=dataclasses.replace(entry.batch.counts, input=batch.counts.input),
            slice_count=batch.slice_count,
        )
        if started.counts.pending < 0:
            raise out_of_balance(batch.id)
        following = _Entry(started, list(slices), dict(entry.outcomes))
        following.add(bad_rows)
        self._shelf.entries[batch.id] = following

    async def set_state(
        self,
        batch_id: BatchId,
        state: BatchState,
        *,
        at: datetime,
        reason: str | None = None,
    ) -> Batch:
        """Move a batch to `state`; raise `CONFLICT` where the rules have no such step."""
        entry = self._shelf.entry(batch_id)
        if entry.batch.state is not state:
            if entry.batch.state not in states_before(state):
                raise no_such_step(batch_id, entry.batch.state, state)
            finished_at = at if state in TERMINAL_STATES else None
            entry.batch = dataclasses.replace(entry.batch, state=state, reason=reason, finished_at=finished_at)
        return entry.batch

    async def record(self, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> LedgerCounts:
        """Store outcomes in one transaction; a row that has one keeps it. Return the counts after it."""
        entry = self._shelf.entry(batch_id)
        if entry.batch.state in RECORDING_STATES:
            entry.add(outcomes)
        return entry.batch.counts

    async def recorded_rows(self, batch_id: BatchId, *, first_row: int, row_count: int) -> set[int]:
        """Return which of `row_count` rows from `first_row` have an outcome."""
        outcomes = self._shelf.entry(batch_id).outcomes
        return {index for index in range(first_row, first_row + row_count) if index in outcomes}

    async def unfinished_slices(self, batch_id: BatchId) -> list[Slice]:
        """List the slices that have a row without an outcome."""
        entry = self._shelf.entry(batch_id)
        return [
            part
            for part in entry.slices
            if any(index not in entry.outcomes for index in range(part.first_row, part.first_row + part.row_count))
        ]

    async def page(
        self,
        batch_id: BatchId,
        *,
        states: Collection[RowState],
        after_row: int = -1,
        limit: int = 100,
    ) -> list[RowOutcome]:
        """Return outcomes in any of `states`, in input order, from the row after `after_row`."""
        ordered = self._shelf.entry(batch_id).ordered()
        return [each for each in ordered if each.row_index > after_row and each.state in states][:limit]

    async def stream(self, batch_id: BatchId) -> AsyncGenerator[list[RowOutcome]]:
        """Yield all outcomes in input order, a thousand at a time, as of one moment."""
        ordered = self._shelf.entry(batch_id).ordered()
        for first in range(0, len(ordered), _ROWS_A_PIECE):
            yield ordered[first : first + _ROWS_A_PIECE]

    async def recount(self, batch_id: BatchId) -> LedgerCounts:
        """Count the stored outcomes row by row, and the input from its slices."""
        entry = self._shelf.entry(batch_id)
        rows = sum(part.row_count for part in entry.slices) if entry.slices else len(entry.outcomes)
        return _count(entry.outcomes.values(), rows)

    async def causes(self, batch_id: BatchId, *, limit: int = 5) -> list[FailureCause]:
        """Rank why rows were rejected or failed, most frequent first."""
        counts: Counter[ErrorKind] = Counter()
        examples: dict[ErrorKind, bytes] = {}
        for outcome in self._shelf.entry(batch_id).ordered():
            if outcome.state is not RowState.ACCEPTED:
                code = outcome.code or ErrorKind.INTERNAL
                counts[code] += 1
                examples.setdefault(code, outcome.record)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0].value))
        return [
            FailureCause(code=code, count=count, example=message_in(examples[code])) for code, count in ranked[:limit]
        ]

    async def reopen(self, batch_id: BatchId, *, at: datetime) -> int:
        """Forget the outcomes of rows that failed although they could be asked, and set the batch `RUNNING`."""
        del at
        entry = self._shelf.entry(batch_id)
        if entry.batch.state not in REOPENED_STATES:
            raise no_such_step(batch_id, entry.batch.state, BatchState.RUNNING)
        if not entry.batch.slice_count:
            raise never_read(batch_id)
        kept = {
            index: outcome
            for index, outcome in entry.outcomes.items()
            if outcome.state is not RowState.FAILED or outcome.attempts == 0
        }
        forgotten = len(entry.outcomes) - len(kept)
        entry.outcomes = kept
        entry.batch = dataclasses.replace(
            entry.batch,
            state=BatchState.RUNNING,
            reason=None,
            finished_at=None,
            counts=_count(kept.values(), entry.batch.counts.input),
            usage=_sum(kept.values()),
        )
        return forgotten


def _count(outcomes: Collection[RowOutcome], rows: int) -> LedgerCounts:
    states = Counter(outcome.state for outcome in outcomes)
    return LedgerCounts(
        input=rows,
        accepted=states[RowState.ACCEPTED],
        rejected=states[RowState.REJECTED],
        failed=states[RowState.FAILED],
    )


def _sum(outcomes: Collection[RowOutcome]) -> Usage:
    total = NO_USAGE
    for outcome in outcomes:
        total = total.plus(outcome.usage)
    return total
