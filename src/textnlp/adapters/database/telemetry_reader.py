"""Telemetry as it is looked up in PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import msgspec
from psycopg import sql

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.database.telemetry_sink import id_number
from textnlp.adapters.database.telemetry_statements import (
    PRESENT,
    SPANS,
    bins_statement,
    lines_statement,
    traces_statement,
)
from textnlp.domain.telemetry.log_lines import LineFilter, LogLine
from textnlp.domain.telemetry.rollups import Bin, BinQuery, ProcessFigures, Rollup
from textnlp.domain.telemetry.spans import MOST_COUNTED_SPANS, SpanRecord, SpanValue, TraceFilter, TraceSummary
from textnlp.topology.metrics import METRICS

_MOST_BINS = 50_000
_MASK = (1 << 64) - 1
_BUCKETS = {metric.name: len(metric.bounds) + 1 if metric.bounds else 0 for metric in METRICS}
_ATTRIBUTES = msgspec.json.Decoder(dict[str, SpanValue])
_FIGURES = msgspec.json.Decoder(list[tuple[str, tuple[str, ...], int, float, float, float, tuple[int, ...]]])
_SPAN_FIELDS = 13


class PostgresTelemetryReader:
    """Satisfies `TelemetryReader` on the tables of revision 0017."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def traces(self, wanted: TraceFilter) -> list[TraceSummary]:
        """List traces by their first spans, which have indexes of their own."""
        values: dict[str, Any] = {
            "since": wanted.since,
            "until": wanted.until,
            "name": storable(wanted.name),
            "result": wanted.result,
            "least": wanted.least_duration_us,
            "limit": wanted.limit,
            "most_counted": MOST_COUNTED_SPANS,
        }
        if wanted.before is not None:
            values |= {"before_at": wanted.before.began_at, "before_id": id_number(wanted.before.span_id)}
        return [_summary(row) for row in await self._rows(traces_statement(wanted), values)]

    async def spans(self, trace_id: str, *, limit: int) -> list[SpanRecord]:
        """Return the spans of one trace."""
        if (known := _uuid(trace_id)) is None:
            return []
        return [_span(row) for row in await self._rows(SPANS, {"trace_id": known, "limit": limit})]

    async def lines(self, wanted: LineFilter) -> list[LogLine]:
        """List lines of the log."""
        known = _uuid(wanted.trace_id) if wanted.trace_id else None
        if wanted.trace_id and known is None:
            return []
        values: dict[str, Any] = {
            "since": wanted.since,
            "until": wanted.until,
            "least_level": wanted.least_level,
            "trace_id": known,
            "limit": wanted.limit,
        }
        if wanted.before is not None:
            values |= {"before_at": wanted.before.at, "before_ordinal": wanted.before.ordinal}
        return [_line(row) for row in await self._rows(lines_statement(wanted), values)]

    async def bins(self, wanted: BinQuery) -> list[Bin]:
        """Add figures up; at most 50,000 bins, the first ones."""
        position, beginnings = wanted.where or (0, ())
        values: dict[str, Any] = {
            "metric": wanted.metric,
            "since": wanted.since,
            "until": wanted.until,
            "width": timedelta(seconds=wanted.bin_seconds),
            "split_by": None if wanted.split_by is None else wanted.split_by + 1,
            "of": position + 1,
            "patterns": [f"{beginning}%" for beginning in beginnings],
            "limit": _MOST_BINS,
        }
        buckets = _BUCKETS.get(wanted.metric, 0) if wanted.has_buckets else 0
        rows = await self._rows(bins_statement(wanted, buckets=buckets), values)
        return [_bin(row) for row in rows]

    async def present(self, *, since: datetime) -> list[ProcessFigures]:
        """Return what processes are at."""
        return [_process(row) for row in await self._rows(PRESENT, (since,))]

    async def _rows(self, statement: LiteralString | sql.Composed, values: Any) -> list[tuple[Any, ...]]:
        """Ask, each time with a plan for just these values: one for any values would look at every trace of the time.

        Which index serves best depends on how many traces are as slow, or as old, as is asked for.
        """
        async with self._database.connection() as connection:
            return await (await connection.execute(statement, values, prepare=False)).fetchall()


def _uuid(trace_id: str) -> UUID | None:
    try:
        return UUID(trace_id)
    except ValueError:
        return None


def _span(row: tuple[Any, ...]) -> SpanRecord:
    return SpanRecord(
        trace_id=row[0].hex,
        span_id=_digits(row[1]),
        parent_id=_digits(row[2]),
        name=row[3],
        kind=row[4],
        process=row[5],
        instance=row[6],
        began_at=row[7].astimezone(UTC),
        duration_us=row[8],
        has_failed=row[9],
        result=row[10],
        is_root=row[11],
        attributes=_ATTRIBUTES.decode(row[12]),
    )


def _summary(row: tuple[Any, ...]) -> TraceSummary:
    spans, failed, ended_at = row[_SPAN_FIELDS:]
    return TraceSummary(root=_span(row), spans=spans, failed_spans=failed, ended_at=ended_at.astimezone(UTC))


def _line(row: tuple[Any, ...]) -> LogLine:
    return LogLine(
        at=row[0].astimezone(UTC),
        ordinal=row[1],
        level=row[2],
        logger=row[3],
        message=row[4],
        process=row[5],
        instance=row[6],
        error=row[7],
        trace_id="" if row[8] is None else row[8].hex,
        span_id=_digits(row[9]),
    )


def _bin(row: tuple[Any, ...]) -> Bin:
    return Bin(
        at=row[0].astimezone(UTC),
        split=row[1] or "",
        count=row[2],
        total=row[3],
        low=row[4],
        high=row[5],
        buckets=tuple(count or 0 for count in row[6]),
    )


def _process(row: tuple[Any, ...]) -> ProcessFigures:
    process, instance, at, seconds, figures = row
    at = at.astimezone(UTC)
    began_at = at - timedelta(seconds=seconds)
    rollups = tuple(
        Rollup(
            metric=metric,
            dimensions=dimensions,
            at=began_at,
            seconds=seconds,
            count=count,
            total=total,
            low=low,
            high=high,
            buckets=buckets,
        )
        for metric, dimensions, count, total, low, high, buckets in _FIGURES.decode(figures)
    )
    return ProcessFigures(process=process, instance=instance, at=at, seconds=seconds, rollups=rollups)


def _digits(number: int | None) -> str:
    return "" if number is None else f"{number & _MASK:016x}"
