"""Lines of the log as the store of telemetry keeps them."""

from dataclasses import dataclass
from datetime import datetime

MOST_LINES = 500
"""Lines on one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """What a process said.

    Attributes:
        ordinal: tells lines of one moment apart, and rises within a process.
        level: as Python's logging has it: 20 information, 30 warning, 40 error, 50 critical.
        error: kind of the error and where it came from, without its message; empty for none.
        trace_id, span_id: on whose behalf it was said; empty for nobody's.
    """

    at: datetime
    ordinal: int
    level: int
    logger: str
    message: str
    process: str
    instance: str = ""
    error: str = ""
    trace_id: str = ""
    span_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlace:
    """Where a page of lines ends: the next one begins with what is older."""

    at: datetime
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFilter:
    """Which lines are asked for: those from `since` to just before `until`, the newest first.

    Attributes:
        least_level: leaves out what is less important.
        trace_id: of one trace alone; empty for all.
        before: where the page before ended.
    """

    since: datetime
    until: datetime
    least_level: int = 0
    trace_id: str = ""
    before: LinePlace | None = None
    limit: int = 100
