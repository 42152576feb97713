"""What the platform has kept of its telemetry, for whoever administers it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from textnlp.domain.telemetry.log_lines import LineFilter, LogLine
from textnlp.domain.telemetry.rollups import Bin, BinQuery, ProcessFigures
from textnlp.domain.telemetry.spans import SpanRecord, TraceFilter, TraceSummary


class TelemetryReader(Protocol):
    """Looks traces, lines of the log and figures up; all are the platform's, and no tenant's.

    Raises `UNAVAILABLE` where the store cannot be reached.
    """

    async def traces(self, wanted: TraceFilter) -> list[TraceSummary]:
        """List traces by the span that each begins with here, newest first."""
        ...

    async def spans(self, trace_id: str, *, limit: int) -> list[SpanRecord]:
        """Return spans of one trace in the order of their beginning, `limit` of them at most; none for no trace."""
        ...

    async def lines(self, wanted: LineFilter) -> list[LogLine]:
        """List lines of the log, newest first."""
        ...

    async def bins(self, wanted: BinQuery) -> list[Bin]:
        """Add up the figures of a metric, bin by bin; bins without any are left out."""
        ...

    async def present(self, *, since: datetime) -> Sequence[ProcessFigures]:
        """Return what processes are at that have said so since `since`, by name and instance."""
        ...
