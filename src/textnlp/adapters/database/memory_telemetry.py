"""Telemetry that is gone with the process, for tests."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from textnlp.domain.telemetry.log_lines import LineFilter, LogLine
from textnlp.domain.telemetry.panel_series import bin_start
from textnlp.domain.telemetry.quantiles import added_buckets
from textnlp.domain.telemetry.rollups import Bin, BinQuery, ProcessFigures, Rollup
from textnlp.domain.telemetry.spans import MOST_COUNTED_SPANS, SpanRecord, TraceFilter, TraceStatus, TraceSummary
from textnlp.ports.clock import Clock
from textnlp.ports.telemetry_retention import Retained
from textnlp.topology.telemetry_store import TELEMETRY_STORE, TelemetryStore

_Kept = TypeVar("_Kept", SpanRecord, LogLine, Rollup)


class MemoryTelemetry:
    """Satisfies `TelemetrySink`, `TelemetryReader` and `TelemetryRetention`."""

    def __init__(self, *, clock: Clock, declared: TelemetryStore = TELEMETRY_STORE) -> None:
        self._clock = clock
        self._declared = declared
        self._spans: list[SpanRecord] = []
        self._lines: list[LogLine] = []
        self._rollups: list[Rollup] = []
        self._present: dict[str, ProcessFigures] = {}

    async def add_spans(self, spans: Sequence[SpanRecord]) -> int:
        """Keep spans."""
        return self._add(self._spans, spans, self._declared.span_days, lambda span: span.began_at)

    async def add_lines(self, lines: Sequence[LogLine]) -> int:
        """Keep lines."""
        return self._add(self._lines, lines, self._declared.log_days, lambda line: line.at)

    async def add_rollups(self, rollups: Sequence[Rollup], *, process: str, instance: str) -> int:  # noqa: ARG002  whose they are is nobody's question
        """Keep figures."""
        return self._add(self._rollups, rollups, self._declared.rollup_days, lambda rollup: rollup.at)

    async def show(self, figures: ProcessFigures) -> None:
        """Replace what is known of a process."""
        self._present[figures.instance] = figures

    async def withdraw(self, instance: str) -> None:
        """Forget what is known of a process."""
        self._present.pop(instance, None)

    async def aclose(self) -> None:
        """Return: there is nothing to let go of."""

    async def traces(self, wanted: TraceFilter) -> list[TraceSummary]:
        """List traces."""
        before = wanted.before and (wanted.before.began_at, wanted.before.span_id)
        roots = [
            span
            for span in self._spans
            if span.is_root and _is_wanted(span, wanted) and (before is None or _span_place(span) < before)
        ]
        roots.sort(key=_span_place, reverse=True)
        return [self._summary(root) for root in roots[: wanted.limit]]

    async def spans(self, trace_id: str, *, limit: int) -> list[SpanRecord]:
        """Return the spans of one trace."""
        found = [span for span in self._spans if span.trace_id == trace_id]
        return sorted(found, key=lambda span: (span.began_at, -span.duration_us))[:limit]

    async def lines(self, wanted: LineFilter) -> list[LogLine]:
        """List lines."""
        before = wanted.before and (wanted.before.at, wanted.before.ordinal)
        found = [
            line
            for line in self._lines
            if wanted.since <= line.at < wanted.until
            and line.level >= wanted.least_level
            and wanted.trace_id in {"", line.trace_id}
            and (before is None or (line.at, line.ordinal) < before)
        ]
        return sorted(found, key=lambda line: (line.at, line.ordinal), reverse=True)[: wanted.limit]

    async def bins(self, wanted: BinQuery) -> list[Bin]:
        """Add figures up."""
        parts: dict[tuple[datetime, str], list[Rollup]] = defaultdict(list)
        for rollup in self._rollups:
            if rollup.metric == wanted.metric and wanted.since <= rollup.at < wanted.until and _is_part(rollup, wanted):
                split = "" if wanted.split_by is None else rollup.dimensions[wanted.split_by]
                parts[bin_start(rollup.at, wanted.bin_seconds), split].append(rollup)
        return [
            _added(at, split, of_bin, has_buckets=wanted.has_buckets) for (at, split), of_bin in sorted(parts.items())
        ]

    async def present(self, *, since: datetime) -> list[ProcessFigures]:
        """Return what processes are at."""
        found = [figures for figures in self._present.values() if figures.at >= since]
        return sorted(found, key=lambda figures: (figures.process, figures.instance))

    async def prepare(self, now: datetime) -> None:
        """Return: there is place for every day."""

    async def sweep(self, now: datetime) -> Retained:
        """Drop days that are over."""
        dropped = [
            *_dropped("telemetry_lines", self._lines, _first(now, self._declared.log_days), lambda line: line.at),
            *_dropped("telemetry_rollups", self._rollups, _first(now, self._declared.rollup_days), lambda e: e.at),
            *_dropped("telemetry_spans", self._spans, _first(now, self._declared.span_days), lambda e: e.began_at),
        ]
        return Retained(dropped=tuple(dropped), crowded_out=(), size_bytes=0)

    def _add(
        self, into: list[_Kept], records: Sequence[_Kept], days: int, moment_of: Callable[[_Kept], datetime]
    ) -> int:
        now = self._clock.now()
        first, last = _first(now, days), _day(now) + timedelta(days=self._declared.days_ahead)
        kept = [record for record in records if first <= _day(moment_of(record)) <= last]
        into += kept
        return len(records) - len(kept)

    def _summary(self, root: SpanRecord) -> TraceSummary:
        spans = [span for span in self._spans if span.trace_id == root.trace_id][:MOST_COUNTED_SPANS]
        ended_at = max(span.began_at + timedelta(microseconds=span.duration_us) for span in spans)
        failed = sum(span.has_failed for span in spans)
        return TraceSummary(root=root, spans=len(spans), failed_spans=failed, ended_at=ended_at)


def _span_place(span: SpanRecord) -> tuple[datetime, str]:
    return span.began_at, span.span_id


def _is_wanted(span: SpanRecord, wanted: TraceFilter) -> bool:
    return (
        wanted.since <= span.began_at < wanted.until
        and wanted.name in {None, span.name}
        and wanted.result in {None, span.result}
        and (wanted.status is None or span.has_failed is (wanted.status is TraceStatus.FAILED))
        and span.duration_us >= wanted.least_duration_us
    )


def _is_part(rollup: Rollup, wanted: BinQuery) -> bool:
    position, beginnings = wanted.where or (0, ())
    return not beginnings or rollup.dimensions[position].startswith(beginnings)


def _added(at: datetime, split: str, parts: Sequence[Rollup], *, has_buckets: bool) -> Bin:
    return Bin(
        at=at,
        split=split,
        count=sum(part.count for part in parts),
        total=sum(part.total for part in parts),
        low=min(part.low for part in parts),
        high=max(part.high for part in parts),
        buckets=added_buckets(part.buckets for part in parts if has_buckets),
    )


def _dropped(table: str, records: list[_Kept], first: date, moment_of: Callable[[_Kept], datetime]) -> list[str]:
    days = sorted({_day(moment_of(record)) for record in records if _day(moment_of(record)) < first})
    records[:] = [record for record in records if _day(moment_of(record)) >= first]
    return [f"{table}_{day:%Y%m%d}" for day in days]


def _first(now: datetime, days: int) -> date:
    return _day(now) - timedelta(days=days)


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
