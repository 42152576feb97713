"""What a process puts into the store of telemetry in PostgreSQL."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any, LiteralString, TypeVar

import msgspec
from psycopg.errors import CheckViolation

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.telemetry_days import LINES, ROLLUPS, SPANS, TelemetryDays
from textnlp.domain.telemetry.log_lines import LogLine
from textnlp.domain.telemetry.rollups import ProcessFigures, Rollup
from textnlp.domain.telemetry.spans import SpanRecord
from textnlp.ports.clock import Clock

_COPY: dict[str, LiteralString] = {
    SPANS: """
copy telemetry_spans (
    began_at, duration_us, span_id, parent_id, trace_id, result, is_root, has_failed, kind, process, instance, name,
    attributes
) from stdin
""",
    LINES: """
copy telemetry_lines (at, ordinal, span_id, trace_id, level, process, instance, logger, message, error) from stdin
""",
    ROLLUPS: """
copy telemetry_rollups (
    at, count, total, low, high, seconds, metric, process, instance, dimensions, buckets
) from stdin
""",
}
# What a crash of the server takes with it would have gone in a few days anyway.
_DO_NOT_WAIT: LiteralString = "set local synchronous_commit = off"
_SHOW: LiteralString = """
insert into telemetry_present (at, seconds, instance, process, figures) values (%s, %s, %s, %s, %s)
on conflict (instance) do update
set at = excluded.at, seconds = excluded.seconds, process = excluded.process, figures = excluded.figures
"""
_WITHDRAW: LiteralString = "delete from telemetry_present where instance = %s"
_HALF = 1 << 63
_Kept = TypeVar("_Kept")


class PostgresTelemetrySink:
    """Satisfies `TelemetrySink` on the tables of revision 0017; owns its connections.

    They are apart from those that requests use, and are in no trace.
    """

    def __init__(self, database: PostgresDatabase, days: TelemetryDays, *, clock: Clock) -> None:
        self._database = database
        self._days = days
        self._clock = clock

    async def add_spans(self, spans: Sequence[SpanRecord]) -> int:
        """Copy spans into the table."""
        return await self._add(SPANS, spans, lambda span: span.began_at, span_row)

    async def add_lines(self, lines: Sequence[LogLine]) -> int:
        """Copy lines of the log into the table."""
        return await self._add(LINES, lines, lambda line: line.at, _line_row)

    async def add_rollups(self, rollups: Sequence[Rollup], *, process: str, instance: str) -> int:
        """Copy figures into the table."""

        def row(rollup: Rollup) -> tuple[Any, ...]:
            figures = (rollup.at, rollup.count, rollup.total, rollup.low, rollup.high, rollup.seconds)
            values = [storable(value) for value in rollup.dimensions]
            return (*figures, rollup.metric, process, instance, values, list(rollup.buckets))

        return await self._add(ROLLUPS, rollups, lambda rollup: rollup.at, row)

    async def show(self, figures: ProcessFigures) -> None:
        """Replace the figures of the process."""
        written = msgspec.json.encode([_plain(rollup) for rollup in figures.rollups]).decode()
        values = (figures.at, figures.seconds, figures.instance, figures.process, storable(written))
        async with self._database.connection() as connection:
            await connection.execute(_SHOW, values)

    async def withdraw(self, instance: str) -> None:
        """Remove the figures of the process."""
        async with self._database.connection() as connection:
            await connection.execute(_WITHDRAW, (instance,))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._database.aclose()

    async def _add(
        self,
        table: str,
        records: Sequence[_Kept],
        moment_of: Callable[[_Kept], datetime],
        row_of: Callable[[_Kept], tuple[Any, ...]],
    ) -> int:
        now = self._clock.now()
        kept: list[tuple[Any, ...]] = []
        days: set[date] = set()
        for record in records:
            day = moment_of(record).astimezone(UTC).date()
            if self._days.is_kept(table, day, now=now):
                kept.append(row_of(record))
                days.add(day)
        if kept:
            try:
                await self._copy(table, kept)
            except CheckViolation:
                # There is no partition for one of them; all are made ahead, unless nobody ran in time to do so.
                await self._days.make(table, sorted(days))
                await self._copy(table, kept)
        return len(records) - len(kept)

    async def _copy(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        async with self._database.connection() as connection, connection.transaction():
            await connection.execute(_DO_NOT_WAIT)
            async with connection.cursor() as cursor, cursor.copy(_COPY[table]) as copy:
                for row in rows:
                    await copy.write_row(row)


def span_row(span: SpanRecord) -> tuple[Any, ...]:
    """Return a span as the table has it."""
    return (
        *(span.began_at, span.duration_us, id_number(span.span_id), id_number(span.parent_id)),
        *(span.trace_id, span.result, span.is_root, span.has_failed),
        *(span.kind, span.process, span.instance, storable(span.name)),
        _encoded(span.attributes),
    )


def id_number(digits: str) -> int | None:
    """Return a span's id as the number that the table keeps: eight bytes with a sign; None for no id."""
    if not digits:
        return None
    number = int(digits, 16)
    return number - 2 * _HALF if number >= _HALF else number


def _line_row(line: LogLine) -> tuple[Any, ...]:
    return (
        *(line.at, line.ordinal, id_number(line.span_id), line.trace_id or None, line.level),
        *(line.process, line.instance, storable(line.logger), storable(line.message), storable(line.error)),
    )


def _encoded(attributes: Any) -> str:
    # JSON may name the zero character, but PostgreSQL holds it in no text that it takes out of the JSON.
    return msgspec.json.encode(attributes).decode().replace("\\u0000", "\\ufffd")


def _plain(rollup: Rollup) -> list[Any]:
    figures = (rollup.count, rollup.total, rollup.low, rollup.high)
    return [rollup.metric, rollup.dimensions, *figures, rollup.buckets]
