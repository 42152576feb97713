"""Panels as Kusto queries over the tables of a Log Analytics workspace.

Requests and calls to models are read from their spans, which keep every duration; of all other metrics a row of
`AppMetrics` holds count, sum, least and greatest of a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.metrics import ENGINE_SECONDS, REQUEST_SECONDS, Metric
from textnlp.topology.panels import Measure, Panel, PanelKind
from textnlp.topology.spans import DEPLOYMENT, GEN_AI_OPERATION

_RENDERED = {PanelKind.LINES: "timechart", PanelKind.BARS: "barchart"}
_OF_SPANS = {
    Measure.AVERAGE: "avg(DurationMs)",
    Measure.P95: "percentile(DurationMs, 95)",
    Measure.P99: "percentile(DurationMs, 99)",
    # A row stands for as many spans as sampling let one through.
    Measure.COUNT: "sum(ItemCount)",
}
_OF_METRICS = {
    Measure.AVERAGE: "sum(Sum) / sum(ItemCount)",
    Measure.COUNT: "sum(ItemCount)",
    Measure.SUM: "sum(Sum)",
    Measure.MAXIMUM: "max(Max)",
    Measure.OFFSET: "max(max_of(abs(Max), abs(Min)))",
}


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of spans that are measured by a metric.

    Attributes:
        filter: what tells its rows from others; empty takes all.
        columns: by dimension of the metric, what holds it.
    """

    name: str
    filter: str
    columns: Mapping[str, str]


_TABLES = {
    REQUEST_SECONDS.name: _Table("AppRequests", "", {"http.response.status_code": "ResultCode", "http.route": "Name"}),
    ENGINE_SECONDS.name: _Table(
        "AppDependencies",
        f"isnotempty(Properties['{GEN_AI_OPERATION}'])",
        {"deployment": f"tostring(Properties['{DEPLOYMENT}'])"},
    ),
}


def panel_query(panel: Panel) -> str:
    """Return the query of a panel, whose columns are `TimeGenerated`, one a measure, and `split_by` if it is split.

    Durations are in milliseconds where spans are read, as the columns of the workspace are. Raises `ValueError` for a
    percentile of a metric of which no spans are kept, and for a dimension that its spans do not have.
    """
    table = _TABLES.get(panel.metric.name)
    steps = ["AppMetrics", f"where Name == '{panel.metric.name}'"] if table is None else _span_steps(panel, table)
    known = _OF_METRICS if table is None else _OF_SPANS
    unknown = [measure.value for measure in panel.measures if measure not in known]
    if unknown:
        raise ValueError(f"panel '{panel.title}': the workspace keeps no {unknown[0]} of '{panel.metric.name}'")
    measures = ", ".join(f"{measure.value} = {known[measure]}" for measure in panel.measures)
    split = f", {split_column(panel)} = {_split(panel, table)}" if panel.split_by else ""
    steps.append(f"summarize {measures} by bin(TimeGenerated, {_bin(panel.bin_seconds)}){split}")
    return " | ".join(steps)


def chart_query(panel: Panel) -> str:
    """Return the query of a panel with what the query window of a workspace draws of it."""
    return f"{panel_query(panel)} | render {_RENDERED[panel.kind]}"


def split_column(panel: Panel) -> str:
    """Return the column by which a panel is split."""
    return panel.split_by.replace(".", "_")


def is_in_milliseconds(metric: Metric) -> bool:
    """Whether the query of a metric in seconds answers in milliseconds."""
    return metric.name in _TABLES


def _span_steps(panel: Panel, table: _Table) -> list[str]:
    filters = [table.filter] if table.filter else []
    if panel.only_failed:
        filters.append("Success == false")
    return [table.name, *(f"where {each}" for each in filters)]


def _split(panel: Panel, table: _Table | None) -> str:
    if table is None:
        return f"tostring(Properties['{panel.split_by}'])"
    if panel.split_by not in table.columns:
        raise ValueError(f"panel '{panel.title}': rows of {table.name} do not hold '{panel.split_by}'")
    return table.columns[panel.split_by]


def _bin(seconds: int) -> str:
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds % length == 0:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
