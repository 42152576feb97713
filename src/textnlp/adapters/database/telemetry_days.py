"""The days of telemetry in PostgreSQL: a partition each, made ahead and dropped as a whole."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, LiteralString

from psycopg import AsyncConnection, sql
from psycopg.errors import DuplicateTable, LockNotAvailable

from textnlp.adapters.database.database_address import SCHEMA
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.telemetry_retention import Retained
from textnlp.topology.telemetry_store import TelemetryStore

SPANS, LINES, ROLLUPS = "telemetry_spans", "telemetry_lines", "telemetry_rollups"

# Whoever reads or writes meanwhile is waited for a moment, never for long: everybody else would wait behind.
_WAIT: LiteralString = "set local lock_timeout = '2s'"
_LOCK: LiteralString = "select pg_advisory_xact_lock(7309451002)"
_PARTITIONS: LiteralString = """
select child.relname, parent.relname, pg_total_relation_size(child.oid)
from pg_inherits
join pg_class child on child.oid = inhrelid
join pg_class parent on parent.oid = inhparent
join pg_namespace schema on schema.oid = parent.relnamespace
where schema.nspname = 'textnlp' and parent.relname = any(%s)
"""
_FORGET: LiteralString = "delete from telemetry_present where at < %s"
_TABLE_OF = "create table {} partition of {} for values from ({}) to ({})"
_FORGET_AFTER = timedelta(hours=1)
_MEGABYTE = 1_048_576


class TelemetryDays:
    """Satisfies `TelemetryRetention` on the tables of revision 0017; days are those of UTC."""

    def __init__(self, database: PostgresDatabase, *, declared: TelemetryStore) -> None:
        self._database = database
        self._declared = declared
        self._days = {SPANS: declared.span_days, LINES: declared.log_days, ROLLUPS: declared.rollup_days}

    async def prepare(self, now: datetime) -> None:
        """Make the partitions of `now` and of days ahead, where there are none."""
        today = _day(now)
        ahead = [today + timedelta(days=number) for number in range(self._declared.days_ahead + 1)]
        wanted = {partition_name(table, day): (table, day) for table in self._days for day in ahead}
        there = {name for name, _, _ in await self._partitions()}
        await self._make(place for name, place in wanted.items() if name not in there)

    async def make(self, table: str, days: Iterable[date]) -> None:
        """Make the partitions of one table for days that are not over, where there are none."""
        there = {name for name, _, _ in await self._partitions()}
        await self._make((table, day) for day in days if partition_name(table, day) not in there)

    def is_kept(self, table: str, day: date, *, now: datetime) -> bool:
        """Whether a day has a place: it is not over, and no further off than is prepared."""
        today = _day(now)
        first = today - timedelta(days=self._days[table])
        return first <= day <= today + timedelta(days=self._declared.days_ahead)

    async def sweep(self, now: datetime) -> Retained:
        """Drop partitions whose days are over, and the oldest while there is too much."""
        found = sorted((day, name, table, size) for name, table, size in await self._partitions() if (day := _of(name)))
        over = [each for each in found if each[0] < _day(now) and not self.is_kept(each[2], each[0], now=now)]
        kept = [each for each in found if each not in over]
        size, crowding = sum(each[3] for each in kept), list[tuple[date, str, str, int]]()
        while kept and size > self._declared.most_megabytes * _MEGABYTE and kept[0][0] <= _day(now):
            crowding.append(kept.pop(0))
            size -= crowding[-1][3]
        for day, name, _, _ in [*over, *crowding]:
            await self._remove(name, is_needed=day >= _day(now))
        async with self._database.connection() as connection:
            await connection.execute(_FORGET, (now - _FORGET_AFTER,))
        told = [tuple(name for _, name, _, _ in part) for part in (over, crowding)]
        return Retained(dropped=told[0], crowded_out=told[1], size_bytes=size)

    async def _partitions(self) -> list[tuple[str, str, int]]:
        async with self._database.connection() as connection:
            return await (await connection.execute(_PARTITIONS, (list(self._days),))).fetchall()

    async def _make(self, places: Iterable[tuple[str, date]]) -> None:
        for table, day in places:
            statement = sql.SQL(_TABLE_OF).format(
                sql.Identifier(SCHEMA, partition_name(table, day)),
                sql.Identifier(SCHEMA, table),
                sql.Literal(_midnight(day)),
                sql.Literal(_midnight(day + timedelta(days=1))),
            )
            await self._change(statement)

    async def _remove(self, name: str, *, is_needed: bool) -> None:
        words = "truncate table {}" if is_needed else "drop table if exists {}"
        await self._change(sql.SQL(words).format(sql.Identifier(SCHEMA, name)))

    async def _change(self, statement: sql.Composed) -> None:
        try:
            async with self._database.connection() as connection, connection.transaction():
                await _execute(connection, _WAIT, _LOCK, statement)
        except DuplicateTable:
            pass  # another process was first
        except LockNotAvailable as exc:
            raise TextNLPError("The telemetry is in use and could not be changed.", kind=ErrorKind.UNAVAILABLE) from exc


async def _execute(connection: AsyncConnection[tuple[Any, ...]], *statements: LiteralString | sql.Composed) -> None:
    for statement in statements:
        await connection.execute(statement)


def partition_name(table: str, day: date) -> str:
    """Return the name of the partition that holds one day of a table."""
    return f"{table}_{day:%Y%m%d}"


def _of(name: str) -> date | None:
    digits = name.rpartition("_")[2]
    try:
        return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        return None


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
