"""Traces as tests look at them, whoever collected them, and a picture of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from textnlp.adapters.telemetry.resource import process_resource
from textnlp.adapters.telemetry.tracer import OpenTelemetryTracer
from textnlp.topology.spans import PEER

GATEWAY_TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GATEWAY_SPAN = "00f067aa0ba902b7"
GATEWAY_TRACEPARENT = f"00-{GATEWAY_TRACE}-{GATEWAY_SPAN}-01"
"""What a gateway would send along that traces requests itself."""

_BAR = 24
_SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenSpan:
    """A span as its collector got it; times are in nanoseconds."""

    service: str
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    began_at: int
    ended_at: int
    has_failed: bool
    attributes: Mapping[str, Any]


class MemoryTracing:
    """A tracer whose spans stay in this process."""

    def __init__(self, *, process: str = "api", sampling_ratio: float = 1.0) -> None:
        self._exporter = InMemorySpanExporter()
        resource = process_resource(process, version="1")
        self.tracer = OpenTelemetryTracer([self._exporter], resource=resource, sampling_ratio=sampling_ratio)

    def spans(self) -> list[SeenSpan]:
        """Return what has ended, in the order of its beginning."""
        self.tracer.flush()
        found = [_seen(span) for span in self._exporter.get_finished_spans()]
        return sorted(found, key=lambda span: span.began_at)

    def named(self, name: str) -> list[SeenSpan]:
        """Return the spans of one name."""
        return [span for span in self.spans() if span.name == name]


def tracer_over(exporter: SpanExporter) -> OpenTelemetryTracer:
    """Return a tracer that hands its spans to `exporter`."""
    return OpenTelemetryTracer([exporter], resource=process_resource("api", version="1"))


def edges(spans: Iterable[SeenSpan]) -> set[tuple[str, str]]:
    """Return who calls whom, as a map of the application is drawn: what came from outside came from the gateway."""
    found: set[tuple[str, str]] = set()
    for span in spans:
        if PEER in span.attributes:
            found.add((span.service, str(span.attributes[PEER])))
        elif span.kind == _SERVER and span.parent_id == GATEWAY_SPAN:
            found.add(("gateway", span.service))
    return found


def waterfall(spans: Sequence[SeenSpan]) -> str:
    """Draw one trace: a line a span, indented under the one that it belongs to, with when it was and how long."""
    known = {span.span_id for span in spans}
    began_at = min(span.began_at for span in spans)
    length = max(1, max(span.ended_at for span in spans) - began_at)
    lines: list[str] = []

    def draw(parent_id: str | None, depth: int) -> None:
        for span in sorted(spans, key=lambda each: each.began_at):
            is_root = span.parent_id not in known
            if (is_root and parent_id is None) or (not is_root and span.parent_id == parent_id):
                lines.append(_line(span, depth, began_at, length))
                draw(span.span_id, depth + 1)

    draw(None, 0)
    return "\n".join(lines)


def _line(span: SeenSpan, depth: int, began_at: int, length: int) -> str:
    first = (span.began_at - began_at) * _BAR // length
    last = max(first + 1, -(-(span.ended_at - began_at) * _BAR // length))
    bar = f"{' ' * first}{'#' * (last - first)}"[:_BAR]
    milliseconds = (span.ended_at - span.began_at) / 1e6
    what = f"{'  ' * depth}{span.name}"
    return f"{span.service:<18} {what:<46} |{bar:<{_BAR}}| {milliseconds:8.1f} ms".rstrip()


def _seen(span: ReadableSpan) -> SeenSpan:
    context = span.get_span_context()
    assert context is not None
    assert span.start_time is not None
    assert span.end_time is not None
    return SeenSpan(
        service=str(span.resource.attributes["service.name"]),
        name=span.name,
        kind=span.kind.name.lower(),
        trace_id=f"{context.trace_id:032x}",
        span_id=f"{context.span_id:016x}",
        parent_id="" if span.parent is None else f"{span.parent.span_id:016x}",
        began_at=span.start_time,
        ended_at=span.end_time,
        has_failed=not span.status.is_ok,
        attributes=dict(span.attributes or {}),
    )
