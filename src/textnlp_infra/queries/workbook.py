"""The workbook of Azure Monitor that draws the panels."""

import json
from collections.abc import Sequence
from typing import Any

from textnlp.topology.panels import Panel, PanelKind
from textnlp_infra.queries.kql import is_in_milliseconds, panel_query

TITLE = "TextNLP"
_SCHEMA = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json"
_WORKSPACES = "microsoft.operationalinsights/workspaces"
_VISUALIZATIONS = {PanelKind.LINES: "timechart", PanelKind.BARS: "barchart"}
_DAY_MILLISECONDS = 86_400_000
_RANGES_MILLISECONDS = (3_600_000, 14_400_000, _DAY_MILLISECONDS, 7 * _DAY_MILLISECONDS, 30 * _DAY_MILLISECONDS)
_RANGE = "TimeRange"


def workbook(panels: Sequence[Panel]) -> str:
    """Return what `serializedData` of a workbook holds: a choice of the time, and one chart a panel below it."""
    items = [_heading(), _time_range(), *(_chart(number, panel) for number, panel in enumerate(panels, start=1))]
    document = {"version": "Notebook/1.0", "items": items, "fallbackResourceIds": [], "$schema": _SCHEMA}
    return json.dumps(document, indent=1) + "\n"


def _heading() -> dict[str, Any]:
    return {"type": 1, "content": {"json": f"# {TITLE}"}, "name": "title"}


def _time_range() -> dict[str, Any]:
    parameter = {
        "id": "b0b6b2f4-7d5a-5a57-9d5e-2f6a0b2c8f10",
        "version": "KqlParameterItem/1.0",
        "name": _RANGE,
        "label": "Time",
        "type": 4,
        "isRequired": True,
        "value": {"durationMs": _DAY_MILLISECONDS},
        "typeSettings": {"selectableValues": [{"durationMs": each} for each in _RANGES_MILLISECONDS]},
    }
    content = {"version": "KqlParameterItem/1.0", "parameters": [parameter], "style": "pills", "queryType": 0}
    return {"type": 9, "content": {**content, "resourceType": _WORKSPACES}, "name": "time"}


def _chart(number: int, panel: Panel) -> dict[str, Any]:
    content: dict[str, Any] = {
        "version": "KqlItem/1.0",
        "query": panel_query(panel),
        "size": 0,
        "title": _title(panel),
        "timeContextFromParameter": _RANGE,
        "queryType": 0,
        "resourceType": _WORKSPACES,
        "visualization": _VISUALIZATIONS[panel.kind],
    }
    return {"type": 3, "content": content, "customWidth": "50", "name": f"panel {number}"}


def _title(panel: Panel) -> str:
    unit = "ms" if is_in_milliseconds(panel.metric) and panel.metric.unit == "s" and not panel.only_failed else ""
    return f"{panel.title} ({unit})" if unit else panel.title
