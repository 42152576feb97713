import json
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from tools.reference_metrics import name_on_page

from tests.snapshots import require_snapshot
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.metrics import METRICS, Metric
from textnlp.topology.panels import PanelKind
from textnlp_infra.queries.documents import render_queries
from textnlp_infra.queries.kql import panel_query
from textnlp_infra.queries.promql import metric_name, panel_queries

RENDERED = Path(__file__).resolve().parents[3] / "infra" / "rendered" / "queries"
DOCUMENTS = render_queries()
WORKBOOK: dict[str, Any] = json.loads(DOCUMENTS["workbook.json"])
DASHBOARD: dict[str, Any] = json.loads(DOCUMENTS["grafana.json"])


@pytest.mark.parametrize("path", DOCUMENTS)
def test_what_is_committed_is_what_the_declaration_says(path: str) -> None:
    require_snapshot(RENDERED / path, DOCUMENTS[path])


def test_nothing_else_is_committed_beside_the_documents() -> None:
    committed = {path.relative_to(RENDERED).as_posix() for path in RENDERED.rglob("*") if path.is_file()}
    assert committed == set(DOCUMENTS)


def test_workbook_and_dashboard_draw_every_panel_in_its_order() -> None:
    charts = [item["content"] for item in WORKBOOK["items"] if item["type"] == 3]
    assert [chart["query"] for chart in charts] == [panel_query(panel) for panel in TOPOLOGY.panels]
    assert [panel["title"] for panel in DASHBOARD["panels"]] == [panel.title for panel in TOPOLOGY.panels]
    assert [chart["title"].partition(" (")[0] for chart in charts] == [panel.title for panel in TOPOLOGY.panels]
    for panel, chart, drawn in zip(TOPOLOGY.panels, charts, DASHBOARD["panels"], strict=True):
        is_bars = panel.kind is PanelKind.BARS
        assert chart["visualization"] == ("barchart" if is_bars else "timechart")
        assert (drawn["fieldConfig"]["defaults"]["custom"]["drawStyle"] == "bars") is is_bars
        assert [each["expr"] for each in drawn["targets"]] == list(panel_queries(panel).values())


def test_every_chart_of_the_workbook_is_of_the_chosen_time() -> None:
    (parameter,) = (each for item in WORKBOOK["items"] if item["type"] == 9 for each in item["content"]["parameters"])
    charts = [item for item in WORKBOOK["items"] if item["type"] == 3]
    assert {chart["content"]["timeContextFromParameter"] for chart in charts} == {parameter["name"]}
    assert len({item["name"] for item in WORKBOOK["items"]}) == len(WORKBOOK["items"])


def test_no_two_panels_of_the_dashboard_lie_on_each_other() -> None:
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]}
    assert len(places) == len({panel["id"] for panel in DASHBOARD["panels"]}) == len(TOPOLOGY.panels)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_asked_for_by_the_name_that_the_page_shows(metric: Metric) -> None:
    assert metric_name(metric) == name_on_page(metric)


@pytest.mark.parametrize("panel", TOPOLOGY.panels, ids=lambda panel: panel.title)
def test_every_query_of_the_dashboard_is_promql(panel: Any) -> None:
    for query in panel_queries(panel).values():
        assert metric_name(panel.metric) in promql_parser.parse(query).prettify()


def test_a_query_that_is_no_promql_is_found() -> None:
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        promql_parser.parse("sum by (a (rate(x[5m]))")
