"""List traces that the store of telemetry has."""

from dataclasses import dataclass

from textnlp.domain.errors import invalid_input
from textnlp.domain.telemetry.spans import MOST_TRACES, TraceFilter, TracePlace, TraceSummary
from textnlp.ports.telemetry_reader import TelemetryReader


@dataclass(frozen=True, slots=True, kw_only=True)
class TracePage:
    """Traces, newest first.

    Attributes:
        next: where the next page begins; None for the last one.
    """

    traces: tuple[TraceSummary, ...]
    next: TracePlace | None


async def list_traces(reader: TelemetryReader, wanted: TraceFilter) -> TracePage:
    """Return a page of traces; the next one is asked for with `before` set to where this one ends.

    Raises `INVALID_INPUT` for a page of nothing or of more than `MOST_TRACES`, and for a time that ends before it
    begins.
    """
    if not 1 <= wanted.limit <= MOST_TRACES:
        raise invalid_input(f"A page has 1 to {MOST_TRACES} traces, not {wanted.limit}.", field="limit")
    if wanted.since >= wanted.until:
        raise invalid_input("The time ends before it begins.", field="until")
    traces = await reader.traces(wanted)
    return TracePage(traces=tuple(traces), next=traces[-1].place if len(traces) == wanted.limit else None)
