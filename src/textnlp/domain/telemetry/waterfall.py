"""The spans of one trace in the order in which a waterfall draws them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.domain.telemetry.spans import SpanRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedSpan:
    """A span with where it is drawn: how far in, and how long after the trace began."""

    span: SpanRecord
    depth: int
    offset_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """A trace; each span comes after the one that it belongs to, those of one parent in the order of their beginning.

    Attributes:
        is_cut: whether there are more spans than these.
    """

    trace_id: str
    began_at: datetime
    duration_us: int
    spans: tuple[PlacedSpan, ...]
    is_cut: bool = False

    @property
    def processes(self) -> tuple[str, ...]:
        """Which processes took part, in the order in which they began."""
        return tuple(dict.fromkeys(placed.span.process for placed in self.spans))


def placed_spans(spans: Sequence[SpanRecord]) -> list[PlacedSpan]:
    """Place spans of several processes; one whose parent is not among them stands at the edge.

    Spans that belong to each other in a circle, which no tracer makes, stand there too.
    """
    if not spans:
        return []
    known = {span.span_id for span in spans}
    children: dict[str, list[SpanRecord]] = defaultdict(list)
    for span in sorted(spans, key=_beginning, reverse=True):
        children[span.parent_id if span.parent_id in known else ""].append(span)
    began_at = min(span.began_at for span in spans)
    placed: dict[str, PlacedSpan] = {}
    for edge in (*reversed(children[""]), *spans):
        waiting = [(edge, 0)]
        while waiting:
            span, depth = waiting.pop()
            if span.span_id in placed:
                continue
            offset = (span.began_at - began_at) // timedelta(microseconds=1)
            placed[span.span_id] = PlacedSpan(span=span, depth=depth, offset_us=offset)
            waiting += [(child, depth + 1) for child in children[span.span_id]]
    return list(placed.values())


def waterfall(trace_id: str, spans: Sequence[SpanRecord], *, is_cut: bool = False) -> Waterfall | None:
    """Return the trace of `spans`; None where there are none."""
    placed = placed_spans(spans)
    if not placed:
        return None
    return Waterfall(
        trace_id=trace_id,
        began_at=min(span.began_at for span in spans),
        duration_us=max(each.offset_us + each.span.duration_us for each in placed),
        spans=tuple(placed),
        is_cut=is_cut,
    )


def _beginning(span: SpanRecord) -> tuple[datetime, int]:
    """Order by beginning; of spans of one moment the longer one is drawn first."""
    return span.began_at, -span.duration_us
