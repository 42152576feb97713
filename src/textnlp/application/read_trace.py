"""Read one trace: its spans as a waterfall, and what was logged on its behalf."""

from dataclasses import dataclass
from datetime import timedelta

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.telemetry.log_lines import MOST_LINES, LineFilter, LogLine
from textnlp.domain.telemetry.waterfall import Waterfall, waterfall
from textnlp.ports.telemetry_reader import TelemetryReader

MOST_SPANS = 2_000
"""Spans of a trace that are shown, the first ones; a large batch has more."""

_MARGIN = timedelta(minutes=1)
"""How much later a line of the log may be than the last span that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """A trace.

    Attributes:
        lines: what was logged on its behalf, oldest first.
    """

    waterfall: Waterfall
    lines: tuple[LogLine, ...]


async def read_trace(reader: TelemetryReader, trace_id: str, *, most_spans: int = MOST_SPANS) -> TraceView:
    """Return the trace with an id of 32 hexadecimal digits; raise `NOT_FOUND` where no span of it is kept."""
    trace_id = trace_id.lower()
    spans = await reader.spans(trace_id, limit=most_spans + 1)
    drawn = waterfall(trace_id, spans[:most_spans], is_cut=len(spans) > most_spans)
    if drawn is None:
        raise TextNLPError(
            "There is no such trace.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(hint="Traces are kept for a few days, and not at all where a collector gets them."),
        )
    ended_at = drawn.began_at + timedelta(microseconds=drawn.duration_us) + _MARGIN
    lines = await reader.lines(
        LineFilter(since=drawn.began_at - _MARGIN, until=ended_at, trace_id=trace_id, limit=MOST_LINES)
    )
    return TraceView(waterfall=drawn, lines=tuple(reversed(lines)))
