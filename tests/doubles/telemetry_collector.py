"""A collector of telemetry on a loopback port: takes OTLP over HTTP, and what Application Insights takes."""

import contextlib
import gzip
import json
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.factories.traces import SeenSpan

_KEY = "00000000-0000-0000-0000-00000000000a"
_KINDS = ("", "internal", "server", "client", "producer", "consumer")
_FAILED = 2


@dataclass
class TelemetryCollector:
    """What came, and how it is answered.

    Attributes:
        status: of every answer.
        delay_seconds: before every answer.
        bodies: of all requests by path, decompressed.
    """

    url: str = ""
    status: int = 200
    delay_seconds: float = 0.0
    bodies: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])

    @property
    def connection_string(self) -> str:
        """As Application Insights gives it."""
        return f"InstrumentationKey={_KEY};IngestionEndpoint={self.url}/;LiveEndpoint={self.url}/"

    def spans(self) -> list[SeenSpan]:
        """Return the spans that came by OTLP, in the order of their beginning."""
        found: list[SeenSpan] = []
        for path, body in list(self.bodies):
            if path == "/v1/traces":
                asked: Any = ExportTraceServiceRequest.FromString(body)
                found += [span for each in asked.resource_spans for span in _spans(each)]
        return sorted(found, key=lambda span: span.began_at)

    def metrics(self) -> dict[str, Any]:
        """Return the metrics that came by OTLP, the last of each name."""
        found: dict[str, Any] = {}
        for path, body in list(self.bodies):
            if path == "/v1/metrics":
                asked: Any = ExportMetricsServiceRequest.FromString(body)
                for each in asked.resource_metrics:
                    found |= {metric.name: metric for scope in each.scope_metrics for metric in scope.metrics}
        return found

    def envelopes(self, base_type: str) -> list[Any]:
        """Return what came for Application Insights of one type, as JSON."""
        found: list[Any] = []
        for path, body in list(self.bodies):
            if path.endswith("/track"):
                read = json.loads(body)
                found += [each for each in read if each["data"]["baseType"] == base_type]
        return found


@contextlib.contextmanager
def running_collector() -> Generator[TelemetryCollector]:
    """Listen until the block ends."""
    collector = TelemetryCollector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            time.sleep(collector.delay_seconds)
            if collector.status == 200:
                collector.bodies.append((self.path, body))
            self._answer(body)

        def _answer(self, body: bytes) -> None:
            count = body.count(b'"iKey"')
            told = json.dumps({"itemsReceived": count, "itemsAccepted": count, "errors": []}).encode()
            is_otlp = self.path.startswith("/v1/")
            with contextlib.suppress(OSError):
                self.send_response(collector.status)
                self.send_header("content-type", "application/x-protobuf" if is_otlp else "application/json")
                self.send_header("content-length", "0" if is_otlp else str(len(told)))
                self.end_headers()
                self.wfile.write(b"" if is_otlp else told)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _spans(of_resource: Any) -> list[SeenSpan]:
    service = _attributes(of_resource.resource.attributes)["service.name"]
    return [
        SeenSpan(
            service=service,
            name=span.name,
            kind=_KINDS[int(span.kind)],
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex(),
            began_at=span.start_time_unix_nano,
            ended_at=span.end_time_unix_nano,
            has_failed=span.status.code == _FAILED,
            attributes=_attributes(span.attributes),
        )
        for scope in of_resource.scope_spans
        for span in scope.spans
    ]


def _attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}
