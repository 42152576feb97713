"""The row ledger in PostgreSQL."""

from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.errors import CheckViolation, InsufficientPrivilege, UniqueViolation

from textnlp.adapters.database import batch_statements as sql
from textnlp.adapters.database.batch_rows import (
    STATE_NUMBERS,
    batch_of_row,
    columns_of_outcomes,
    outcomes_of_rows,
    storable,
    values_of_batch,
)
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
from textnlp.adapters.database.pool import PostgresDatabase, TenantDatabase
from textnlp.domain.batches.model import Batch, BatchState, FailureCause, LedgerCounts, RowOutcome, RowState, Slice
from textnlp.domain.batches.rules import TERMINAL_STATES, states_before
from textnlp.domain.errors import ErrorKind
from textnlp.domain.identifiers import BatchId

_ROWS_A_STATEMENT = 2000
_ROWS_A_FETCH = 1000

_Connection = AsyncConnection[tuple[Any, ...]]


class PostgresBatchLedger:
    """Satisfies the `BatchLedger` port on the tables of revision 0001.

    `record` is a single statement and a single commit, about a millisecond for thirty rows; `stream` holds a
    connection and one snapshot while it runs, and a thousand rows.
    """

    def __init__(self, database: PostgresDatabase | TenantDatabase) -> None:
        self._database = database

    def for_tenant(self, tenant: str) -> "PostgresBatchLedger":
        """Return the ledger as one tenant sees it; the server itself keeps the rows of others from it."""
        return PostgresBatchLedger(self._database.for_tenant(tenant))

    async def create(self, batch: Batch) -> None:
        """Add a batch; raise `CONFLICT` when its id, or its `source`, is there already."""
        async with self._database.connection() as connection:
            try:
                await connection.execute(sql.CREATE, values_of_batch(batch))
            except UniqueViolation as exc:
                is_source = exc.diag.constraint_name == "batches_source_is_unique"
                raise (source_taken(batch.source) if is_source else batch_exists(batch.id)) from exc
            except InsufficientPrivilege as exc:
                raise foreign_tenant(batch) from exc

    async def get(self, batch_id: BatchId) -> Batch:
        """Return the batch with its counts and usage as of the last recorded row."""
        async with self._database.connection() as connection:
            return await _get(connection, batch_id)

    async def find_by_source(self, source: str) -> Batch | None:
        """Return the batch made from `source`, if there is one."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(sql.FIND_BY_SOURCE, (storable(source),))).fetchone()
        return None if row is None else batch_of_row(row)

    async def newest(
        self, *, before: BatchId | None = None, states: Collection[BatchState] | None = None, limit: int = 50
    ) -> list[Batch]:
        """List batches, newest first, those older than `before` (an id) only, in any of `states`; in all where None."""
        wanted = None if states is None else [state.value for state in states]
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                sql.NEWEST, {"before": storable(before), "states": wanted, "limit": limit}
            )
            return [batch_of_row(row) for row in await cursor.fetchall()]

    async def start(self, batch: Batch, slices: Sequence[Slice], bad_rows: Sequence[RowOutcome]) -> None:
        """Store what ingesting found and move the batch to `RUNNING`, all at once."""
        changes = {
            "id": batch.id,
            "name": storable(batch.name),
            "source_sha256": batch.source_sha256,
            "requests_path": batch.requests_path,
            "input_rows": batch.counts.input,
            "slice_count": batch.slice_count,
        }
        async with self._database.connection() as connection:
            try:
                async with connection.transaction():
                    row = await (await connection.execute(sql.START, changes)).fetchone()
                    if row is not None:
                        await _add_slices(connection, row[0], slices)
                        await _record(connection, batch.id, bad_rows)
            except CheckViolation as exc:
                raise out_of_balance(batch.id) from exc
            if row is None:
                found = await _get(connection, batch.id)
                if found.state is not BatchState.RUNNING:
                    raise no_such_step(batch.id, found.state, BatchState.RUNNING)

    async def set_state(
        self,
        batch_id: BatchId,
        state: BatchState,
        *,
        at: datetime,
        reason: str | None = None,
    ) -> Batch:
        """Move a batch to `state`; raise `CONFLICT` where the rules have no such step."""
        changes = {
            "id": storable(batch_id),
            "state": state.value,
            "reason": storable(reason),
            "finished_at": at if state in TERMINAL_STATES else None,
            "before": [before.value for before in states_before(state)],
        }
        async with self._database.connection() as connection:
            row = await (await connection.execute(sql.SET_STATE, changes)).fetchone()
            if row is not None:
                return batch_of_row(row)
            found = await _get(connection, batch_id)
        if found.state is not state:
            raise no_such_step(batch_id, found.state, state)
        return found

    async def record(self, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> LedgerCounts:
        """Store outcomes in one transaction; a row that has one keeps it. Return the counts after it."""
        async with self._database.connection() as connection:
            try:
                if len(outcomes) <= _ROWS_A_STATEMENT:
                    return await _record(connection, batch_id, outcomes)
                async with connection.transaction():
                    return await _record(connection, batch_id, outcomes)
            except CheckViolation as exc:
                raise out_of_balance(batch_id) from exc

    async def recorded_rows(self, batch_id: BatchId, *, first_row: int, row_count: int) -> set[int]:
        """Return which of `row_count` rows from `first_row` have an outcome."""
        async with self._database.connection() as connection:
            key = await _key(connection, batch_id)
            given = {"key": key, "first_row": first_row, "end_row": first_row + row_count}
            return {row[0] for row in await (await connection.execute(sql.RECORDED_ROWS, given)).fetchall()}

    async def unfinished_slices(self, batch_id: BatchId) -> list[Slice]:
        """List the slices that have a row without an outcome."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(sql.UNFINISHED_SLICES, {"key": await _key(connection, batch_id)})
            return [
                Slice(index=index, first_row=first_row, row_count=row_count, offset=offset, size_bytes=size_bytes)
                for index, first_row, row_count, offset, size_bytes in await cursor.fetchall()
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
        statement = sql.PAGE if RowState.ACCEPTED in states else sql.PAGE_OF_UNACCEPTED
        numbers = [STATE_NUMBERS[state] for state in states if state in STATE_NUMBERS]
        async with self._database.connection() as connection:
            key = await _key(connection, batch_id)
            given = {"key": key, "after_row": after_row, "states": numbers, "limit": limit}
            cursor = await connection.execute(statement, given, binary=True)
            return outcomes_of_rows(await cursor.fetchall())

    async def stream(self, batch_id: BatchId) -> AsyncGenerator[list[RowOutcome]]:
        """Yield all outcomes in input order, a thousand at a time, as of one moment."""
        async with self._database.connection() as connection:
            key = await _key(connection, batch_id)
            async with connection.transaction(), connection.cursor(name="outcomes", binary=True) as cursor:
                await cursor.execute(sql.STREAM, (key,))
                while rows := await cursor.fetchmany(_ROWS_A_FETCH):
                    yield outcomes_of_rows(rows)

    async def recount(self, batch_id: BatchId) -> LedgerCounts:
        """Count the stored outcomes row by row, and the input from its slices."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(sql.RECOUNT, {"key": await _key(connection, batch_id)})
            return _counts(await cursor.fetchone(), batch_id)

    async def causes(self, batch_id: BatchId, *, limit: int = 5) -> list[FailureCause]:
        """Rank why rows were rejected or failed, most frequent first."""
        async with self._database.connection() as connection:
            key = await _key(connection, batch_id)
            cursor = await connection.execute(sql.CAUSES, {"key": key, "limit": limit})
            return [
                FailureCause(code=ErrorKind(code), count=count, example=message_in(record))
                for code, count, record in await cursor.fetchall()
            ]

    async def reopen(self, batch_id: BatchId, *, at: datetime) -> int:
        """Forget the outcomes of rows that failed although they could be asked, and set the batch `RUNNING`."""
        del at
        async with self._database.connection() as connection, connection.transaction():
            row = await (await connection.execute(sql.LOCK, (storable(batch_id),))).fetchone()
            if row is None:
                raise no_such_batch(batch_id)
            key, state = row[0], BatchState(row[1])
            if state not in REOPENED_STATES:
                raise no_such_step(batch_id, state, BatchState.RUNNING)
            if not row[2]:
                raise never_read(batch_id)
            forgotten = await (await connection.execute(sql.REOPEN, {"key": key})).fetchone()
            return 0 if forgotten is None else forgotten[0]


async def _get(connection: _Connection, batch_id: BatchId) -> Batch:
    row = await (await connection.execute(sql.GET, (storable(batch_id),))).fetchone()
    if row is None:
        raise no_such_batch(batch_id)
    return batch_of_row(row)


async def _key(connection: _Connection, batch_id: BatchId) -> int:
    row = await (await connection.execute(sql.FIND_KEY, (storable(batch_id),))).fetchone()
    if row is None:
        raise no_such_batch(batch_id)
    key: int = row[0]
    return key


async def _record(connection: _Connection, batch_id: BatchId, outcomes: Sequence[RowOutcome]) -> LedgerCounts:
    counts = LedgerCounts()
    for first in range(0, max(1, len(outcomes)), _ROWS_A_STATEMENT):
        columns = columns_of_outcomes(outcomes[first : first + _ROWS_A_STATEMENT])
        cursor = await connection.execute(sql.RECORD, {"id": batch_id, **columns}, prepare=True)
        counts = _counts(await cursor.fetchone(), batch_id)
    return counts


async def _add_slices(connection: _Connection, key: int, slices: Sequence[Slice]) -> None:
    columns = (
        [part.index for part in slices],
        [part.first_row for part in slices],
        [part.row_count for part in slices],
        [part.offset for part in slices],
        [part.size_bytes for part in slices],
    )
    await connection.execute(sql.ADD_SLICES, (key, *columns))


def _counts(row: tuple[Any, ...] | None, batch_id: BatchId) -> LedgerCounts:
    if row is None:
        raise no_such_batch(batch_id)
    return LedgerCounts(input=row[0], accepted=row[1], rejected=row[2], failed=row[3])
