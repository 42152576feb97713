"""Telemetry of one process: what it counts, and what stands before its parts while spans are collected."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import AsyncCursor

from textnlp.adapters.telemetry.null import NullMeter, NullTracer
from textnlp.application.tracing.recorded_texts import Redaction
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.call_limiter import CallLimiter
from textnlp.ports.embedding_engine import EmbeddingEngine
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.meter import Meter
from textnlp.ports.text_engine import TextEngine
from textnlp.ports.tracer import Tracer

EMBEDDED_PROCESS = "textnlp"
"""What a process is called that is the whole platform."""

if TYPE_CHECKING:
    from textnlp.bootstrap.local_telemetry import LocalTelemetry


@dataclass(frozen=True, slots=True, kw_only=True)
class Telemetry:
    """Puts what records calls before the parts that are called; what it is given is returned where nothing records.

    Attributes:
        local: writes to the local store what is told here; None where nothing is kept there.
        redact: takes out of prompts and completions what must not be recorded; None where none of them are.
    """

    meter: Meter
    tracer: Tracer
    redact: Redaction | None = None
    local: "LocalTelemetry | None" = None

    def queue(self, queue: JobQueue, *, system: str) -> JobQueue:
        """Trace what is sent and settled."""
        if not self.tracer.is_on:
            return queue
        from textnlp.application.tracing.traced_queue import TracedJobQueue  # noqa: PLC0415  where it is wanted

        return TracedJobQueue(queue, tracer=self.tracer, system=system)

    def blobs(self, store: BlobStore) -> BlobStore:
        """Trace what is read and written."""
        if not self.tracer.is_on:
            return store
        from textnlp.application.tracing.traced_blobs import TracedBlobStore  # noqa: PLC0415  as above

        return TracedBlobStore(store, tracer=self.tracer)

    def limiter(self, limiter: CallLimiter) -> CallLimiter:
        """Trace calls to shared counts."""
        if not self.tracer.is_on:
            return limiter
        from textnlp.application.tracing.traced_limiter import TracedCallLimiter  # noqa: PLC0415  as above

        return TracedCallLimiter(limiter, tracer=self.tracer)

    def engine(self, engine: TextEngine, *, provider: str, server_address: str = "") -> TextEngine:
        """Trace calls to a model that writes."""
        if not self.tracer.is_on:
            return engine
        from textnlp.application.tracing.traced_engine import CallTracing, TracedEngine  # noqa: PLC0415  as above

        told = CallTracing(tracer=self.tracer, provider=provider, server_address=server_address, redact=self.redact)
        return TracedEngine(engine, tracing=told)

    def embeddings(self, engine: EmbeddingEngine, *, provider: str, server_address: str = "") -> EmbeddingEngine:
        """Trace calls to a model that embeds."""
        if not self.tracer.is_on:
            return engine
        from textnlp.application.tracing.traced_engine import CallTracing, TracedEmbeddings  # noqa: PLC0415  as above

        told = CallTracing(tracer=self.tracer, provider=provider, server_address=server_address)
        return TracedEmbeddings(engine, tracing=told)

    def cursor_class(self) -> type[AsyncCursor[tuple[Any, ...]]]:
        """Return the cursors that statements are executed with."""
        if not self.tracer.is_on:
            return AsyncCursor
        from textnlp.adapters.database.traced_cursor import traced_cursor  # noqa: PLC0415  as above

        return traced_cursor(self.tracer)


NO_TELEMETRY = Telemetry(meter=NullMeter(), tracer=NullTracer())
