"""The dashboard of Grafana that draws the panels from Prometheus."""

import json
from collections.abc import Sequence
from typing import Any

from textnlp.topology.panels import Measure, Panel, PanelKind
from textnlp_infra.queries.promql import label_name, panel_queries

TITLE = "TextNLP"
UID = "textnlp"
_SCHEMA_VERSION = 41
_SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH, _HEIGHT, _COLUMNS = 12, 8, 2
_UNITS = {"s": "s", "%": "percent"}
_LETTERS = "ABCDEFG"


def dashboard(panels: Sequence[Panel]) -> str:
    """Return the dashboard as Grafana imports it; which Prometheus it asks is chosen on it."""
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    document = {
        "uid": UID,
        "title": TITLE,
        "tags": ["textnlp"],
        "schemaVersion": _SCHEMA_VERSION,
        "timezone": "utc",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [source]},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }
    return json.dumps(document, indent=1) + "\n"


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    bars = {"drawStyle": "bars", "fillOpacity": 80} if panel.kind is PanelKind.BARS else {"drawStyle": "line"}
    queries = panel_queries(panel)
    targets = [
        {"refId": letter, "datasource": _SOURCE, "expr": query, "legendFormat": _legend(panel, measure)}
        for letter, (measure, query) in zip(_LETTERS, queries.items(), strict=False)
    ]
    return {
        "id": number + 1,
        "title": panel.title,
        "type": "timeseries",
        "datasource": _SOURCE,
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "interval": f"{panel.bin_seconds}s",
        "fieldConfig": {"defaults": {"unit": _unit(panel), "custom": bars}, "overrides": []},
        "targets": targets,
    }


def _unit(panel: Panel) -> str:
    return "short" if Measure.COUNT in panel.measures else _UNITS.get(panel.metric.unit, "short")


def _legend(panel: Panel, measure: Measure) -> str:
    if not panel.split_by:
        return measure.value
    split = "{{" + label_name(panel.split_by) + "}}"
    return split if len(panel.measures) == 1 else f"{split} {measure.value}"
