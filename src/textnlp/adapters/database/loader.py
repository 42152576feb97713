"""An empty database that a backup is loaded into."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import AsyncConnection, sql

from textnlp.adapters.database.database_address import SCHEMA, DatabaseAddress
from textnlp.adapters.database.dumper import PREPARE, copied, copied_out
from textnlp.adapters.database.migrate import revisions, upgrade
from textnlp.adapters.database.pool import PostgresDatabase, unavailable
from textnlp.adapters.database.server_version import require_version
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.clock import Clock
from textnlp.ports.database_dumper import TableShape
from textnlp.ports.database_loader import DatabaseLoad, LedgerFigures

_HOLDS = "select count(*) from pg_class where relnamespace = to_regnamespace(%s) and relkind in ('r', 'p', 'S')"
_ADVANCE = "select setval(%s::regclass, %s, true)"
_LEDGER = """
with counted as (
    select batch_key,
        count(*) filter (where state = 1) as accepted,
        count(*) filter (where state = 2) as rejected,
        count(*) filter (where state = 3) as failed
    from batch_rows group by batch_key
), held as (
    select id, input_rows, coalesce(accepted, 0) as accepted, coalesce(rejected, 0) as rejected,
        coalesce(failed, 0) as failed,
        accepted_rows = coalesce(accepted, 0) and rejected_rows = coalesce(rejected, 0)
            and failed_rows = coalesce(failed, 0) and accepted_rows + rejected_rows + failed_rows <= input_rows
            as is_balanced
    from batches left join counted using (batch_key)
)
select count(*), coalesce(sum(input_rows), 0)::bigint, coalesce(sum(accepted), 0)::bigint,
    coalesce(sum(rejected), 0)::bigint, coalesce(sum(failed), 0)::bigint,
    coalesce((array_agg(id order by id) filter (where not is_balanced))[1:20], '{}')
from held
"""


class PostgresLoader:
    """Satisfies the `DatabaseLoader` port.

    The structure is made by the migrations up to the revision of the backup, the rows are added with COPY in one
    transaction, and the migrations after that revision then change them as they would have changed the database.
    """

    def __init__(self, address: DatabaseAddress, *, clock: Clock) -> None:
        self._address = address
        self._clock = clock
        self._made: str | None = None

    async def require_empty(self) -> None:
        """Return where the schema of the platform is not there, or empty."""
        try:
            conninfo = await self._address.conninfo()
            async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
                require_version(connection.info.server_version)
                row = await (await connection.execute(_HOLDS, (SCHEMA,))).fetchone()
        except psycopg.OperationalError as exc:
            raise unavailable(exc) from exc
        if row and row[0]:
            raise TextNLPError(
                f"The database has a schema {SCHEMA} already; nothing is restored over it.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Restore into a database that is empty."),
            )

    @contextlib.asynccontextmanager
    async def loading(self, revision: str) -> AsyncGenerator[DatabaseLoad]:
        """Make the structure, and begin the transaction."""
        known = revisions()
        if revision not in known:
            raise TextNLPError(
                f"The backup is of revision {revision}, which a later version of TextNLP made; this one knows "
                f"{known[-1]}.",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Update TextNLP: pip install --upgrade textnlp."),
            )
        await self._make(revision)
        pool = PostgresDatabase(self._address, clock=self._clock, max_connections=1)
        async with contextlib.aclosing(pool), pool.connection() as connection:
            await connection.execute("begin")
            for statement in PREPARE:
                await connection.execute(statement)
            yield _Load(connection)

    async def finish(self) -> Sequence[str]:
        """Add what later revisions change, and let the server count what it has."""
        await upgrade(self._address)
        pool = PostgresDatabase(self._address, clock=self._clock, max_connections=1)
        async with contextlib.aclosing(pool), pool.connection() as connection:
            await connection.execute("set statement_timeout = 0")
            await connection.execute("analyze")
        return [revision for revision in revisions() if self._made is not None and revision > self._made]

    async def _make(self, revision: str) -> None:
        self._made = revision
        if revision == revisions()[-1]:
            await upgrade(self._address)
            return
        from textnlp.adapters.database.alembic_runner import run_migrations  # noqa: PLC0415  for few, and slow

        conninfo = await self._address.conninfo()
        async with await AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(sql.SQL("create schema if not exists {}").format(sql.Identifier(SCHEMA)))
        await asyncio.to_thread(run_migrations, conninfo, to=revision)


class _Load:
    def __init__(self, connection: AsyncConnection[tuple[Any, ...]]) -> None:
        self._connection = connection

    async def fill(self, table: TableShape, rows: AsyncIterator[bytes]) -> None:
        statement = sql.SQL("copy {} ({}) from stdin").format(*copied(table))
        try:
            async with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                async for data in rows:
                    await copy.write(data)
        except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError) as exc:
            raise TextNLPError(
                f"The table {table.name} does not take what was backed up: {_first_line(exc)}",
                kind=ErrorKind.CONFLICT,
                facts=ErrorFacts(hint="Take another backup: textnlp backup list."),
            ) from exc

    async def rows(self, table: TableShape) -> AsyncGenerator[bytes]:
        async for data in copied_out(self._connection, table):
            yield data

    async def advance(self, sequences: Mapping[str, int]) -> None:
        for name, value in sequences.items():
            quoted = sql.Identifier(SCHEMA, name).as_string(self._connection)
            await self._connection.execute(_ADVANCE, (quoted, value))

    async def ledger(self) -> LedgerFigures:
        row = await (await self._connection.execute(_LEDGER)).fetchone()
        assert row is not None, "an aggregate has one row"  # noqa: S101  for the type checker
        batches, given, accepted, rejected, failed, unbalanced = row
        return LedgerFigures(
            batches=batches,
            input=given,
            accepted=accepted,
            rejected=rejected,
            failed=failed,
            unbalanced=tuple(unbalanced),
        )


def _first_line(exc: psycopg.Error) -> str:
    """Say what the server refused, without the row that it may add."""
    return exc.diag.message_primary or type(exc).__name__
