"""The SQL that telemetry is looked up with."""

from typing import LiteralString

from psycopg import sql

from textnlp.domain.telemetry.log_lines import LineFilter
from textnlp.domain.telemetry.rollups import BinQuery
from textnlp.domain.telemetry.spans import TraceFilter, TraceStatus

_SPAN_COLUMNS: LiteralString = """
    trace_id, span_id, parent_id, name, kind, process, instance, began_at, duration_us, has_failed, result, is_root,
    attributes::text
"""

# The spans of each trace on the page are counted to a bound: one of a large batch would be counted for long.
_TRACES: LiteralString = """
select COLUMNS, counted.spans, counted.failed_spans, counted.ended_at
from (
    select * from telemetry_spans
    where is_root and began_at >= %(since)s and began_at < %(until)s CONDITIONS
    order by began_at desc, span_id desc
    limit %(limit)s
) as root
cross join lateral (
    select
        count(*) as spans, count(*) filter (where has_failed) as failed_spans,
        max(began_at + duration_us * interval '1 microsecond') as ended_at
    from (
        select has_failed, began_at, duration_us from telemetry_spans as one
        where one.trace_id = root.trace_id
        limit %(most_counted)s
    ) as part
) as counted
order by root.began_at desc, root.span_id desc
""".replace("COLUMNS", _SPAN_COLUMNS)
_STATUS_CONDITIONS: dict[TraceStatus, LiteralString] = {
    TraceStatus.OK: " and not has_failed",
    TraceStatus.FAILED: " and has_failed",
}

SPANS: LiteralString = """
select COLUMNS from telemetry_spans
where trace_id = %(trace_id)s
order by began_at, duration_us desc
limit %(limit)s
""".replace("COLUMNS", _SPAN_COLUMNS)

_LINES: LiteralString = """
select at, ordinal, level, logger, message, process, instance, error, trace_id, span_id
from telemetry_lines
where at >= %(since)s and at < %(until)s CONDITIONS
order by at desc, ordinal desc
limit %(limit)s
"""
_WARNING = 30
"""Lines from this level on have an index of their own."""

_BINS: LiteralString = """
select
    date_bin(%(width)s, at, timestamptz 'epoch') as bin, {split} as split,
    sum(count::float8)::int8, sum(total), min(low), max(high), array[{sums}]::int8[]
from telemetry_rollups
where metric = %(metric)s and at >= %(since)s and at < %(until)s {condition}
group by bin, split
order by bin, split
limit %(limit)s
"""

PRESENT: LiteralString = """
select process, instance, at, seconds, figures::text from telemetry_present where at >= %s order by process, instance
"""


def traces_statement(wanted: TraceFilter) -> LiteralString:
    """Return the statement that lists traces, which names only what is asked for, so that an index can serve it."""
    conditions: LiteralString = "" if wanted.status is None else _STATUS_CONDITIONS[wanted.status]
    if wanted.name is not None:
        conditions += " and name = %(name)s"
    if wanted.result is not None:
        conditions += " and result = %(result)s"
    if wanted.least_duration_us > 0:
        conditions += " and duration_us >= %(least)s"
    if wanted.before is not None:
        conditions += " and (began_at, span_id) < (%(before_at)s, %(before_id)s)"
    return _TRACES.replace("CONDITIONS", conditions)


def lines_statement(wanted: LineFilter) -> LiteralString:
    """Return the statement that lists lines of the log, likewise."""
    conditions: LiteralString = " and level >= 30" if wanted.least_level >= _WARNING else ""
    if wanted.least_level > 0:
        conditions += " and level >= %(least_level)s"
    if wanted.trace_id:
        conditions += " and trace_id = %(trace_id)s"
    if wanted.before is not None:
        conditions += " and (at, ordinal) < (%(before_at)s, %(before_ordinal)s)"
    return _LINES.replace("CONDITIONS", conditions)


def bins_statement(wanted: BinQuery, *, buckets: int) -> sql.Composed:
    """Return the statement that adds figures up, each of a histogram's `buckets` by itself.

    Sums of single elements are several times quicker than arrays that are taken apart, and those of double precision,
    which counts to 2^53 without error, quicker than those of integers, which become numerics.
    """
    sums = [sql.SQL("sum(buckets[{}]::float8)").format(sql.Literal(number + 1)) for number in range(buckets)]
    split = sql.SQL("dimensions[%(split_by)s]" if wanted.split_by is not None else "''::text")
    condition = sql.SQL("and dimensions[%(of)s] like any(%(patterns)s)" if wanted.where is not None else "")
    return sql.SQL(_BINS).format(split=split, condition=condition, sums=sql.SQL(", ").join(sums))
