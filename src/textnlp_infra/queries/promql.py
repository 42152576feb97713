"""Panels as PromQL over the metrics that every process shows."""

import re

from textnlp.topology.metrics import Metric, MetricKind
from textnlp.topology.panels import Measure, Panel

_UNIT_WORDS = {"s": "seconds"}
_FAILED = 'http_response_status_code=~"[45].."'
_QUANTILES = {Measure.P95: 0.95, Measure.P99: 0.99}


def metric_name(metric: Metric) -> str:
    """Return what a metric is called on the page, without the `_sum`, `_count` and `_bucket` of a histogram."""
    name = re.sub(r"\W", "_", metric.name)
    word = _UNIT_WORDS.get(metric.unit, "")
    if word and not name.lower().endswith(word):
        name = f"{name}_{word}"
    return f"{name}_total" if metric.kind is MetricKind.COUNTER else name


def label_name(dimension: str) -> str:
    """Return what a dimension is called on the page."""
    return re.sub(r"\W", "_", dimension)


def panel_queries(panel: Panel) -> dict[Measure, str]:
    """Return one query a measure; each has one series a value of what the panel is split by."""
    return {measure: _query(panel, measure) for measure in panel.measures}


def _query(panel: Panel, measure: Measure) -> str:
    name = metric_name(panel.metric)
    selector = f"{{{_FAILED}}}" if panel.only_failed else ""
    window = f"{selector}[{panel.bin_seconds}s]"
    by = f" by ({label_name(panel.split_by)})" if panel.split_by else ""
    if measure in _QUANTILES:
        kept = ", ".join(("le", *([label_name(panel.split_by)] if panel.split_by else [])))
        return f"histogram_quantile({_QUANTILES[measure]}, sum by ({kept}) (rate({name}_bucket{window})))"
    if measure is Measure.AVERAGE:
        return f"sum{by} (rate({name}_sum{window})) / sum{by} (rate({name}_count{window}))"
    if measure is Measure.OFFSET:
        return f"max{by} (abs({name}{selector}))"
    if measure is Measure.MAXIMUM:
        return f"max{by} (max_over_time({name}{window}))"
    return f"sum{by} (increase({name}{'_count' if measure is Measure.COUNT else ''}{window}))"
