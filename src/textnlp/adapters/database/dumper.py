"""The database as it is at one moment, table by table with COPY."""

import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, LiteralString

from psycopg import AsyncConnection, sql

from textnlp.adapters.database.database_address import SCHEMA
from textnlp.adapters.database.migrate import revisions
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.database_dumper import DatabaseDump, TableShape

VERSION_TABLE = "alembic_version"

# As pg_dump has it: rows in the order of the heap, all of them or an error, and no limit of time.
PREPARE: Sequence[LiteralString] = (
    "set local statement_timeout = 0",
    "set local idle_in_transaction_session_timeout = 0",
    "set local synchronize_seqscans = off",
    "set local row_security = off",
    "set local extra_float_digits = 3",
    "set local datestyle = 'ISO, YMD'",
    "set local intervalstyle = 'postgres'",
    "set local bytea_output = 'hex'",
)
# Tables whose rows live on: neither unlogged ones, which a crash empties, nor partitions of a day and their parents,
# which hold what was observed.
_COLUMNS = """
select relname, array_agg(attname::text order by attnum) from pg_class join pg_attribute on attrelid = pg_class.oid
where relnamespace = to_regnamespace(%s) and relname <> %s and relkind = 'r' and relpersistence = 'p'
    and not relispartition and attnum > 0 and not attisdropped and attgenerated = ''
group by relname order by relname collate "C"
"""
_REFERENCES = """
select distinct child.relname, parent.relname from pg_constraint
join pg_class as child on child.oid = conrelid
join pg_class as parent on parent.oid = confrelid
where contype = 'f' and connamespace = to_regnamespace(%s) and conrelid <> confrelid
"""
_SEQUENCES = """
select sequencename, last_value from pg_sequences where schemaname = %s and last_value is not null order by 1
"""
# What somebody could still ask for, or the platform needs to go on with.
_BLOBS = """
copy (
    select path collate "C" from (
        select blob_path as path from files
        union select requests_path from batches where state in ('running', 'cancelling', 'finalizing')
        union select recipe_path from dataset_runs where state = 'running'
    ) as referred
    where path <> ''
    order by 1
) to stdout
"""
_REVISION = "select version_num from alembic_version"


class PostgresDumper:
    """Satisfies the `DatabaseDumper` port.

    All is read in one transaction of isolation level repeatable read, which PostgreSQL gives one snapshot: it neither
    waits for writers nor lets them wait. The transaction ends with the block, so that it keeps VACUUM back no longer
    than the tables take.
    """

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    @contextlib.asynccontextmanager
    async def snapshot(self) -> AsyncGenerator[DatabaseDump]:
        """Begin the transaction, and let the first statement take its snapshot."""
        async with self._database.connection() as connection:
            await connection.execute("begin isolation level repeatable read, read only")
            for statement in PREPARE:
                await connection.execute(statement)
            yield _Dump(connection, await _required_revision(connection))


class _Dump:
    def __init__(self, connection: AsyncConnection[tuple[Any, ...]], revision: str) -> None:
        self._connection = connection
        self.revision = revision

    async def tables(self) -> Sequence[TableShape]:
        found = await (await self._connection.execute(_COLUMNS, (SCHEMA, VERSION_TABLE))).fetchall()
        columns: dict[str, list[str]] = {str(table): names for table, names in found}
        sorter = TopologicalSorter[str](dict.fromkeys(columns, ()))
        for child, parent in await (await self._connection.execute(_REFERENCES, (SCHEMA,))).fetchall():
            if child in columns and parent in columns:
                sorter.add(child, parent)
        try:
            ordered = list(sorter.static_order())
        except CycleError as exc:
            raise TextNLPError("Tables refer to each other in a circle.", kind=ErrorKind.INTERNAL) from exc
        return [TableShape(name=table, columns=tuple(columns[table])) for table in ordered]

    async def rows(self, table: TableShape) -> AsyncGenerator[bytes]:
        async for data in copied_out(self._connection, table):
            yield data

    async def sequences(self) -> Mapping[str, int]:
        return dict(await (await self._connection.execute(_SEQUENCES, (SCHEMA,))).fetchall())

    async def references(self) -> AsyncGenerator[bytes]:
        async with self._connection.cursor() as cursor, cursor.copy(_BLOBS) as copy:
            async for data in copy:
                yield bytes(data)


async def copied_out(connection: AsyncConnection[tuple[Any, ...]], table: TableShape) -> AsyncGenerator[bytes]:
    """Yield the rows of a table in the order of its heap, in PostgreSQL's text format."""
    statement = sql.SQL("copy {} ({}) to stdout").format(*copied(table))
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        async for data in copy:
            yield bytes(data)


def copied(table: TableShape) -> tuple[sql.Identifier, sql.Composed]:
    """Return a table and its columns as COPY has them."""
    return sql.Identifier(SCHEMA, table.name), sql.SQL(", ").join(map(sql.Identifier, table.columns))


async def _required_revision(connection: AsyncConnection[tuple[Any, ...]]) -> str:
    row = await (await connection.execute(_REVISION)).fetchone()
    found = row[0] if row else None
    if found != revisions()[-1]:
        raise TextNLPError(
            f"The database has revision {found}, and this version of TextNLP backs up {revisions()[-1]}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Start the platform once in this version, or back up with the version it is in."),
        )
    return str(found)
