"""The page of metrics, read from their declaration and from the page that a meter makes of it."""

from tools.markdown import escaped, table

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.topology.metrics import METRICS, Metric, MetricKind


def metrics_page() -> str:
    """Return the page that lists every metric under its names."""
    rows = [
        [
            f"`{metric.name}`",
            f"`{name_on_page(metric)}`",
            metric.kind.value,
            f"`{metric.unit}`",
            ", ".join(f"`{name}`" for name in metric.dimensions),
            escaped(metric.measures),
        ]
        for metric in METRICS
    ]
    lines = [
        "# Metrics",
        "",
        "`GET /metrics` shows the metrics of one process in Prometheus' text format; how to have them collected is in",
        "[Watch the platform with Prometheus](../how-to/prometheus.md). On the page a dot in a dimension's name is an",
        "underscore. A histogram has a `_bucket`, a `_sum` and a `_count`. A metric without a number is not shown.",
        "",
        *table(["metric", "on the page", "kind", "unit", "dimensions", "measures"], rows),
        "",
    ]
    return "\n".join(lines)


def name_on_page(metric: Metric) -> str:
    """Return what a metric is called on the page."""
    meter = OpenTelemetryMeter(clock=SystemClock(), version="")
    values = [""] * len(metric.dimensions)
    before = _types(meter)
    if metric.kind is MetricKind.GAUGE:
        meter.observe(metric, read=lambda: [(values, 0)])
    else:
        meter.record(metric, 0, dimensions=values)
    shown = [line for line in _types(meter) if line not in before] or before
    meter.close()
    return shown[0].split()[2]


def _types(meter: OpenTelemetryMeter) -> list[str]:
    return [line for line in meter.page().content.decode().splitlines() if line.startswith("# TYPE ")]
