"""The row ledger: what became of every row of every batch."""

from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.batches.model import Batch, BatchState, FailureCause, LedgerCounts, RowOutcome, RowState, Slice
from textnlp.domain.identifiers import BatchId


class BatchLedger(Protocol):
    """Stores each row's outcome exactly once, and keeps `input = accepted + rejected + failed + pending`.

    A batch that does not exist raises `NOT_FOUND`; a ledger that cannot be reached raises `UNAVAILABLE`, and the
    same call may then be made again: every method either changed everything or nothing, and repeating it changes
    nothing more.
    """

    def for_tenant(self, tenant: str) -> "BatchLedger":
        """Return the ledger as one tenant sees it: batches of others are not there, whatever is asked."""
        ...

    async def create(self, batch: Batch) -> None:
        """Add a batch; raise `CONFLICT` when its id, or its `source`, is there already."""
        ...

    async def get(self, batch_id: BatchId) -> Batch:
        """Return the batch with its counts and usage as of the last recorded row."""
        ...

    async def find_by_source(self, source: str) -> Batch | None:
        """Return the batch made from `source`, if there is one."""
        ...

    async def newest(
        self, *, before: BatchId | None = None, states: Collection[BatchState] | None = None, limit: int = 50
    ) -> list[Batch]:
        """List batches, newest first, those older than `before` (an id) only, in any of `states`; in all where None."""
        ...

    async def start(self, batch: Batch, slices: Sequence[Slice], bad_rows: Sequence[RowOutcome]) -> None:
        """Store what ingesting found and move the batch from `INGESTING` to `RUNNING`, all at once.

        Takes from `batch` the counts' input, slice count, source hash, name and requests path.
        """
        ...

    async def set_state(
        self,
        batch_id: BatchId,
        state: BatchState,
        *,
        at: datetime,
        reason: str | None = None,
    ) -> Batch:
        """Move a batch to `state`; raise `CONFLICT` where `domain.batches.rules` has no such step.

        A batch that is in `state` already stays as it is. Entering a terminal state sets `finished_at`.
        """
        ...

    async def record(self, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> LedgerCounts:
        """Store outcomes in one transaction; a row that has one keeps it. Return the counts after it.

        Outside `domain.batches.rules.RECORDING_STATES` nothing is stored, and the counts are returned as they are.
        """
        ...

    async def recorded_rows(self, batch_id: BatchId, *, first_row: int, row_count: int) -> set[int]:
        """Return which of `row_count` rows from `first_row` have an outcome."""
        ...

    async def unfinished_slices(self, batch_id: BatchId) -> list[Slice]:
        """List the slices that have a row without an outcome."""
        ...

    async def page(
        self,
        batch_id: BatchId,
        *,
        states: Collection[RowState],
        after_row: int = -1,
        limit: int = 100,
    ) -> list[RowOutcome]:
        """Return outcomes in any of `states`, in input order, from the row after `after_row`."""
        ...

    def stream(self, batch_id: BatchId) -> AsyncGenerator[list[RowOutcome]]:
        """Yield all outcomes in input order, some thousand at a time, as of one moment."""
        ...

    async def recount(self, batch_id: BatchId) -> LedgerCounts:
        """Count the stored outcomes row by row, and the input from its slices, to check the kept counts."""
        ...

    async def causes(self, batch_id: BatchId, *, limit: int = 5) -> list[FailureCause]:
        """Rank why rows were rejected or failed, most frequent first."""
        ...

    async def reopen(self, batch_id: BatchId, *, at: datetime) -> int:
        """Forget the outcomes of rows that failed although they could be asked, and set the batch `RUNNING`.

        Return how many rows are pending again. Rows that never could be asked (`attempts` 0) stay failed. Raise
        `CONFLICT` for a batch that is on its way into or out of the platform, or whose input was not read to its end.
        """
        ...
