"""List lines of the log that the store of telemetry has."""

from dataclasses import dataclass

from textnlp.domain.errors import invalid_input
from textnlp.domain.telemetry.log_lines import MOST_LINES, LineFilter, LinePlace, LogLine
from textnlp.ports.telemetry_reader import TelemetryReader


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePage:
    """Lines of the log, newest first.

    Attributes:
        next: where the next page begins; None for the last one.
    """

    lines: tuple[LogLine, ...]
    next: LinePlace | None


async def list_log_lines(reader: TelemetryReader, wanted: LineFilter) -> LinePage:
    """Return a page of lines; the next one is asked for with `before` set to where this one ends.

    Raises `INVALID_INPUT` for a page of nothing or of more than `MOST_LINES`, and for a time that ends before it
    begins.
    """
    if not 1 <= wanted.limit <= MOST_LINES:
        raise invalid_input(f"A page has 1 to {MOST_LINES} lines, not {wanted.limit}.", field="limit")
    if wanted.since >= wanted.until:
        raise invalid_input("The time ends before it begins.", field="until")
    lines = await reader.lines(wanted)
    last = LinePlace(at=lines[-1].at, ordinal=lines[-1].ordinal) if len(lines) == wanted.limit else None
    return LinePage(lines=tuple(lines), next=last)
