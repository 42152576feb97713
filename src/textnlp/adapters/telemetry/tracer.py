"""A tracer that records through OpenTelemetry."""

import asyncio
import contextlib
import threading
from collections.abc import Generator, Sequence
from typing import Self

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from textnlp.adapters.telemetry.null import NULL_SPAN
from textnlp.domain.errors import TextNLPError
from textnlp.ports.tracer import Attributes, Span, SpanKind
from textnlp.topology.spans import ERROR_TYPE, TRACE_PROPERTY

_SCOPE = "textnlp"
_QUEUED_SPANS = 4096
_SPANS_A_BATCH = 512
_DELAY_MILLISECONDS = 2000
_CLOSE_SECONDS = 3.0
_LONGEST_TEXT = 8192
_KINDS = {
    SpanKind.INTERNAL: trace.SpanKind.INTERNAL,
    SpanKind.SERVER: trace.SpanKind.SERVER,
    SpanKind.CLIENT: trace.SpanKind.CLIENT,
    SpanKind.PRODUCER: trace.SpanKind.PRODUCER,
    SpanKind.CONSUMER: trace.SpanKind.CONSUMER,
}
_FAILED = trace.Status(trace.StatusCode.ERROR)
_PROPAGATOR = TraceContextTextMapPropagator()


class OpenTelemetrySpan:
    """Satisfies `Span`."""

    __slots__ = ("inner",)

    def __init__(self, inner: trace.Span) -> None:
        self.inner = inner

    @property
    def traceparent(self) -> str:
        """The place of the span, as W3C Trace Context writes it."""
        return _written(self.inner.get_span_context())

    def note(self, attributes: Attributes) -> None:
        """Say more of the work."""
        self.inner.set_attributes(attributes)

    def rename(self, name: str) -> None:
        """Call the work something else."""
        self.inner.update_name(name)

    def fail(self, error_type: str) -> None:
        """Mark the work as failed."""
        self.inner.set_attribute(ERROR_TYPE, error_type)
        self.inner.set_status(_FAILED)

    def end(self) -> None:
        """End the span; one that has ended is left alone."""
        if self.inner.is_recording():
            self.inner.end()

    def __enter__(self) -> Self:
        """Return the span."""
        return self

    def __exit__(self, exc_type: type[BaseException] | None, exc: BaseException | None, _: object, /) -> None:
        """End the span, failed by what was raised; a stream that its reader left has not failed."""
        if exc is not None and not isinstance(exc, GeneratorExit):
            self.fail(_error_type(exc))
        self.end()


class OpenTelemetryTracer:
    """Satisfies `Tracer`.

    Spans that ended wait in memory for a thread that hands them to `exporters`, 4,096 of them at most: with a
    collector away, the oldest are dropped and nobody waits. A trace that came from elsewhere is sampled as there;
    `sampling_ratio` of the others are. Texts longer than 8,192 characters are cut.

    Args:
        resource: which process this is.
        processors: are told of spans that end, in place of an exporter and its thread.
    """

    is_on = True

    def __init__(
        self,
        exporters: Sequence[SpanExporter],
        *,
        resource: Resource,
        sampling_ratio: float = 1.0,
        processors: Sequence[SpanProcessor] = (),
    ) -> None:
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(sampling_ratio)),
            resource=resource,
            shutdown_on_exit=False,
            span_limits=SpanLimits(max_span_attributes=64, max_span_attribute_length=_LONGEST_TEXT),
        )
        for processor in processors:
            self._provider.add_span_processor(processor)
        for exporter in exporters:
            self._provider.add_span_processor(
                BatchSpanProcessor(
                    exporter,
                    max_queue_size=_QUEUED_SPANS,
                    max_export_batch_size=_SPANS_A_BATCH,
                    schedule_delay_millis=_DELAY_MILLISECONDS,
                )
            )
        self._tracer = self._provider.get_tracer(_SCOPE)
        self._is_closed = False

    @property
    def is_recording(self) -> bool:
        """Whether the present span is recorded."""
        return trace.get_current_span().is_recording()

    @property
    def traceparent(self) -> str:
        """The place of the present span."""
        return _written(trace.get_current_span().get_span_context())

    def begin(
        self, name: str, *, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None, parent: str = ""
    ) -> OpenTelemetrySpan:
        """Begin a piece of work."""
        context = _PROPAGATOR.extract({TRACE_PROPERTY: parent}, otel_context.get_current()) if parent else None
        return OpenTelemetrySpan(
            self._tracer.start_span(name, context=context, kind=_KINDS[kind], attributes=attributes)
        )

    def call(self, name: str, *, kind: SpanKind = SpanKind.CLIENT, attributes: Attributes | None = None) -> Span:
        """Begin a call to another part, where the present span is recorded."""
        if not trace.get_current_span().is_recording():
            return NULL_SPAN
        return OpenTelemetrySpan(self._tracer.start_span(name, kind=_KINDS[kind], attributes=attributes))

    @contextlib.contextmanager
    def within(self, span: Span) -> Generator[None]:
        """Make a span the present one; one that does nothing changes nothing."""
        if not isinstance(span, OpenTelemetrySpan):
            yield
            return
        token = otel_context.attach(trace.set_span_in_context(span.inner))
        try:
            yield
        finally:
            otel_context.detach(token)

    def flush(self) -> None:
        """Hand over what has ended; blocks until it is."""
        self._provider.force_flush()

    async def aclose(self) -> None:
        """Hand over what has ended, within three seconds."""
        if self._is_closed:
            return
        self._is_closed = True
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            self._provider.shutdown()
            with contextlib.suppress(RuntimeError):  # the loop may be gone by then
                loop.call_soon_threadsafe(ended.set)

        # A daemon: a collector that does not answer must not keep the process alive.
        threading.Thread(target=end, name="tracer close", daemon=True).start()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await ended.wait()


def _written(context: trace.SpanContext) -> str:
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _error_type(exc: BaseException) -> str:
    return exc.kind.value if isinstance(exc, TextNLPError) else type(exc).__name__
