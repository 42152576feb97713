"""Who collects spans and metrics: any collector that takes OTLP over HTTP, and Azure Monitor."""

import importlib
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.sdk.metrics.export import MetricExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter

from textnlp.domain.errors import invalid_input
from textnlp.domain.missing_extra import missing_extra

_SEND_SECONDS = 5
_OTLP = "opentelemetry.exporter.otlp.proto.http"
_AZURE = "azure.monitor.opentelemetry.exporter"


@dataclass(frozen=True, slots=True)
class Collectors:
    """What hands spans and metrics of a process over, from threads that nobody waits for."""

    resource: Resource
    spans: list[SpanExporter] = field(default_factory=list[SpanExporter])
    metrics: list[MetricExporter] = field(default_factory=list[MetricExporter])


def open_collectors(resource: Resource, *, otlp_endpoint: str | None, application_insights: str | None) -> Collectors:
    """Make exporters for the addresses that are given, without connecting.

    Headers, certificates and compression of OTLP are the library's own standard variables, such as
    OTEL_EXPORTER_OTLP_HEADERS. Raises `INVALID_INPUT` where the library is not installed, or an address is none.
    """
    collectors = Collectors(resource)
    if otlp_endpoint is not None:
        if not otlp_endpoint.startswith(("http://", "https://")):
            raise invalid_input("OTEL_EXPORTER_OTLP_ENDPOINT is no http or https address.", field="otlp_endpoint")
        base = otlp_endpoint.rstrip("/")
        traces, metrics = _library(f"{_OTLP}.trace_exporter", "otlp"), _library(f"{_OTLP}.metric_exporter", "otlp")
        collectors.spans.append(traces.OTLPSpanExporter(endpoint=f"{base}/v1/traces", timeout=_SEND_SECONDS))
        collectors.metrics.append(metrics.OTLPMetricExporter(endpoint=f"{base}/v1/metrics", timeout=_SEND_SECONDS))
    if application_insights is not None:
        library = _library(_AZURE, "azure")
        # What cannot be sent is not kept on disk: the root of a container is read-only.
        told: dict[str, Any] = {"disable_offline_storage": True, "timeout": _SEND_SECONDS}
        try:
            # It looks for what describes the process at a provider; there is none for the whole process.
            provider = TracerProvider(resource=resource, shutdown_on_exit=False)
            collectors.spans.append(
                library.AzureMonitorTraceExporter(
                    connection_string=application_insights, tracer_provider=provider, **told
                )
            )
            collectors.metrics.append(
                library.AzureMonitorMetricExporter(connection_string=application_insights, **told)
            )
        except ValueError:
            # Without its cause, whose text may hold a part of the key.
            raise invalid_input(
                "APPLICATIONINSIGHTS_CONNECTION_STRING cannot be read.", field="application_insights"
            ) from None
    return collectors


def _library(module: str, extra: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise missing_extra(f"What sends telemetry there is not installed ({module}).", extra=extra) from exc
