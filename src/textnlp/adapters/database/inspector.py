"""What an inspection reads, in PostgreSQL."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString, TypeVar

import msgspec
from psycopg import AsyncConnection

from textnlp.adapters.database import inspection_statements as sql
from textnlp.adapters.database.inspection_rows import (
    SUM_COLUMNS,
    batch_of,
    budget_window,
    disagreement_of,
    reference_of,
)
from textnlp.adapters.database.migrate import revisions
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.usage_rows import budget_of_row
from textnlp.domain.datasets.stored_run import RunVersion
from textnlp.domain.identifiers import RunId
from textnlp.domain.inspection.model import (
    Balance,
    BatchFacts,
    BlobReference,
    Disagreement,
    Leftover,
    LeftoverKind,
    Schema,
    VersionReference,
)
from textnlp.domain.messaging.model import dead_letter_entity
from textnlp.domain.usage.budget import Budget, BudgetUnit

_BATCHES_A_PAGE = 20
_ROWS_A_PAGE = 500
_DAY = timedelta(days=1)

_Connection = AsyncConnection[tuple[Any, ...]]
_Fact = TypeVar("_Fact")
_VERSIONS = msgspec.json.Decoder(tuple[RunVersion, ...])


class PostgresInspector:
    """Satisfies the `Inspector` port on the tables of all revisions.

    Args:
        database: may have fewer connections than a platform; one is used at a time.
        slice_queue: the queue that carries slices, None where messages are kept elsewhere.
        grace: how long after its time something may still be there.
    """

    def __init__(self, database: PostgresDatabase, *, slice_queue: str | None, grace: timedelta) -> None:
        self._database = database
        self._slice_queue = slice_queue
        self._grace = grace

    async def schema(self) -> Schema:
        """Return the structure of the database."""
        async with self._database.connection() as connection:
            known = revisions()[-1]
            if (await _rows(connection, sql.HAS_VERSION))[0][0] is None:
                return Schema(revision=None, known=known)
            found = await _rows(connection, sql.REVISION)
            broken = await _rows(connection, sql.BROKEN_INDEXES)
        return Schema(
            revision=found[0][0] if found else None, known=known, broken_indexes=tuple(row[0] for row in broken)
        )

    async def batches(self) -> AsyncGenerator[Sequence[BatchFacts]]:
        """Yield all batches, oldest first."""
        after = -1
        while True:
            async with self._snapshot() as connection:
                rows = await _rows(connection, sql.BATCHES, {"after": after, "limit": _BATCHES_A_PAGE})
            if not rows:
                return
            after = rows[-1][0]
            yield [batch_of(row) for row in rows]

    async def balances(self) -> AsyncGenerator[Sequence[Balance]]:
        """Yield the balances of validations and of jobs that have ended."""
        validations = _named("validation", "accepted", "rejected", "failed")
        async for page in self._pages(sql.VALIDATIONS, validations):
            yield page
        async for page in self._pages(sql.JOBS, _named("job", "completed", "failed")):
            yield page

    async def rolled_up(self) -> AsyncGenerator[tuple[int, Sequence[Disagreement]]]:
        """Yield sums of hours, compared a day at a time."""
        async with self._database.connection() as connection:
            tenants = [row[0] for row in await _rows(connection, sql.TENANTS)]
        for tenant in tenants:
            async with self._database.connection() as connection:
                ((first, last),) = await _rows(connection, sql.DAYS, {"tenant": tenant})
            since = _day_of(first)
            while since <= last:
                yield await self._day_rolled_up(tenant, since)
                since += _DAY

    async def budgets(self, now: datetime) -> tuple[int, Sequence[Disagreement]]:
        """Compare the counters of budgets with the calls of their present period."""
        looked_at, after = 0, ""
        found: list[Disagreement] = []
        while True:
            async with self._database.connection() as connection:
                rows = await _rows(connection, sql.BUDGETS, {"after": after, "limit": _ROWS_A_PAGE})
            for budget in map(budget_of_row, rows):
                found += await self._budget(budget, now)
            looked_at += len(rows)
            if len(rows) < _ROWS_A_PAGE:
                return looked_at, found
            after = rows[-1][0]

    async def leftovers(self, now: datetime) -> Sequence[Leftover]:
        """Return what should be gone or taken up again."""
        async with self._snapshot() as connection:
            rows = await _rows(connection, sql.LEFTOVERS, {"overdue": now - self._grace})
            rows += await _rows(connection, sql.ORPHANED_ROWS)
        return _leftovers(rows)

    async def stranded(self) -> Sequence[Leftover]:
        """Return running batches whose pending rows no message asks for."""
        if self._slice_queue is None:
            return []
        entities = [self._slice_queue, dead_letter_entity(self._slice_queue)]
        async with self._snapshot() as connection:
            return _leftovers(await _rows(connection, sql.STRANDED, {"entities": entities}))

    async def blob_references(self, now: datetime) -> AsyncGenerator[Sequence[BlobReference]]:
        """Yield the blobs that must be there."""
        for statement in sql.REFERENCES.values():
            async for page in self._pages(statement, reference_of, now=now):
                yield page

    async def versions(self) -> AsyncGenerator[Sequence[VersionReference]]:
        """Yield the versions of datasets that were written."""
        before: str | None = None
        while True:
            async with self._database.connection() as connection:
                rows = await _rows(connection, sql.VERSIONS, {"before": before, "limit": _ROWS_A_PAGE})
            if not rows:
                return
            before = rows[-1][0]
            yield [
                VersionReference(run_id=RunId(id_), number=version.number, rows=version.rows)
                for id_, versions in rows
                for version in _VERSIONS.decode(versions)
            ]

    async def _pages(
        self,
        statement: LiteralString,
        fact_of: Callable[[tuple[Any, ...]], _Fact],
        *,
        now: datetime | None = None,
    ) -> AsyncGenerator[list[_Fact]]:
        """Yield what a statement returns, in pages that are ordered by the first column."""
        after = ""
        while True:
            given = {"after": after, "limit": _ROWS_A_PAGE, "now": now}
            async with self._database.connection() as connection:
                rows = await _rows(connection, statement, given)
            if not rows:
                return
            after = rows[-1][0]
            yield [fact_of(row) for row in rows]

    async def _day_rolled_up(self, tenant: str, since: datetime) -> tuple[int, list[Disagreement]]:
        given = {"tenant": tenant, "since": since, "until": since + _DAY}
        async with self._snapshot() as connection:
            rows = await _rows(connection, sql.HOURS, given)
        differing = [row for row in rows if row[4 : 4 + SUM_COLUMNS] != row[4 + SUM_COLUMNS :]]
        return len(rows), [disagreement_of(tenant, row) for row in differing]

    async def _budget(self, budget: Budget, now: datetime) -> list[Disagreement]:
        first_day, since, until = budget_window(budget, now)
        given = {
            "id": budget.id,
            "tenant": budget.tenant,
            "scope": budget.scope.value,
            "value": budget.value,
            "is_tokens": budget.unit is BudgetUnit.TOKENS,
            "first_day": first_day,
            "since": since,
            "until": until,
        }
        async with self._snapshot() as connection:
            ((spent, reserved, kept_spent, kept_reserved),) = await _rows(connection, sql.COUNTERS, given)
        if (spent, reserved) == (kept_spent, kept_reserved):
            return []
        unit = budget.unit.value
        return [
            Disagreement(
                place=f"budget {budget.id}",
                counted=f"{spent:f} {unit} spent and {reserved:f} reserved",
                kept=f"{kept_spent:f} and {kept_reserved:f}",
            )
        ]

    @contextlib.asynccontextmanager
    async def _snapshot(self) -> AsyncGenerator[_Connection]:
        """Lend a connection that sees one moment, reads only, and may take its time."""
        async with self._database.connection() as connection, connection.transaction():
            for statement in sql.AS_OF_NOW:
                await connection.execute(statement)
            yield connection


async def _rows(
    connection: _Connection, statement: LiteralString, given: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement, given)).fetchall()


def _leftovers(rows: Sequence[tuple[Any, ...]]) -> list[Leftover]:
    return [
        Leftover(
            kind=LeftoverKind(kind),
            place=place,
            count=count,
            since=None if since is None else since.astimezone(UTC),
        )
        for kind, place, count, since in rows
        if count
    ]


def _named(owner: str, *names: str) -> Callable[[tuple[Any, ...]], Balance]:
    """Return what reads a balance from the id, the total and the parts in a row."""

    def balance_of(row: tuple[Any, ...]) -> Balance:
        return Balance(place=f"{owner} {row[0]}", total=row[1], parts=tuple(zip(names, row[2:], strict=True)))

    return balance_of


def _day_of(moment: datetime) -> datetime:
    day: date = moment.astimezone(UTC).date()
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
