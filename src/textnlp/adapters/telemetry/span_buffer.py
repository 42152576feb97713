"""Spans that wait to be written to the local store."""

from collections import deque
from datetime import UTC, datetime, timedelta

from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.trace import SpanKind as OtelKind
from opentelemetry.trace import StatusCode

from textnlp.domain.telemetry.spans import SpanRecord, SpanValue
from textnlp.topology.spans import HTTP_STATUS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class SpanBuffer(SpanProcessor):
    """Keeps spans that have ended until they are taken; of more than `most` the oldest are dropped.

    A processor and no exporter: those of the SDK hand spans over from threads and under locks, which costs the work
    that is traced more than a place at the end of a queue.

    Attributes:
        dropped: how many were, since the process began.
    """

    def __init__(self, *, process: str, instance: str, most: int) -> None:
        self._process = process
        self._instance = instance
        self._most = most
        self._ended: deque[ReadableSpan] = deque()
        self.dropped = 0

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._ended)

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span, if its trace is sampled."""
        context = span.get_span_context()
        if context is None or not context.trace_flags.sampled:
            return
        if len(self._ended) >= self._most:
            self._ended.popleft()
            self.dropped += 1
        self._ended.append(span)

    def take(self, most: int) -> list[SpanRecord]:
        """Return the oldest spans, `most` of them at most, and keep them no longer."""
        taken = [self._ended.popleft() for _ in range(min(most, len(self._ended)))]
        return [self._record(span) for span in taken]

    def shutdown(self) -> None:
        """Return: what waits is taken by whoever writes it."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return that nothing is handed over here."""
        return timeout_millis >= 0

    def _record(self, span: ReadableSpan) -> SpanRecord:
        context, parent = span.get_span_context(), span.parent
        began, ended = span.start_time or 0, span.end_time or 0
        attributes = _plain(span)
        status = attributes.get(HTTP_STATUS)
        return SpanRecord(
            trace_id=f"{context.trace_id if context else 0:032x}",
            span_id=f"{context.span_id if context else 0:016x}",
            parent_id="" if parent is None else f"{parent.span_id:016x}",
            name=span.name,
            kind=span.kind.name.lower(),
            process=self._process,
            instance=self._instance,
            began_at=_EPOCH + timedelta(microseconds=began // 1_000),
            duration_us=max(0, ended - began) // 1_000,
            has_failed=span.status.status_code is StatusCode.ERROR,
            result=status if isinstance(status, int) else None,
            is_root=parent is None or span.kind is OtelKind.SERVER,
            attributes=attributes,
        )


def _plain(span: ReadableSpan) -> dict[str, SpanValue]:
    plain: dict[str, SpanValue] = {}
    for name, value in (span.attributes or {}).items():
        is_plain = isinstance(value, str | int | float)
        plain[name] = value if is_plain else [str(each) for each in value or ()]
    return plain
