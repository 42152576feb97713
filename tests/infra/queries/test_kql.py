from dataclasses import replace
from functools import cache

import pytest

from tests.doubles.kusto_parser import TABLES, Parsed, parse_queries
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.metrics import VALIDATION_SECONDS
from textnlp.topology.panels import Measure
from textnlp_infra.components.detection import DETECTIONS
from textnlp_infra.queries.canary import canary_query
from textnlp_infra.queries.kql import chart_query, panel_query, split_column

PANELS = {panel.title: panel for panel in TOPOLOGY.panels}
QUERIES = {
    **{f"panel {title}": panel_query(panel) for title, panel in PANELS.items()},
    **{f"chart {title}": chart_query(panel) for title, panel in PANELS.items()},
    **{f"alert {alert.name}": alert.query for alert in TOPOLOGY.alerts},
    **{f"detection {detection.name}": detection.query for detection in DETECTIONS},
    "canary": canary_query("1.2.3+build.7", gate=TOPOLOGY.canary_gate),
}
PLANTED = {
    "a column of the classic tables": "AppRequests | summarize avg(duration) by bin(TimeGenerated, 5m)",
    "a column of another table": "AppMetrics | summarize avg(DurationMs)",
    "a classic table": "requests | count",
    "a table that is not there": "AppRequest | count",
    "a misspelt operator": "AppRequests | summarise count()",
    "a misspelt function": "AppRequests | summarize percentiled(DurationMs, 95)",
    "a comparison of two kinds": "AppRequests | where ResultCode >= 500",
    "a bracket too few": "AppRequests | where (Success == false",
}


@cache
def parsed() -> Parsed:
    """Everything in one run of the parser."""
    return parse_queries({**QUERIES, **PLANTED})


def test_the_parser_knows_every_table_and_column() -> None:
    assert parsed().columns == {table: list(columns) for table, columns in TABLES.items()}
    assert {"AppRequests", "AppMetrics", "AppTraces", "AppDependencies", "AppExceptions"} <= set(TABLES)


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_sound_over_the_tables_of_the_workspace(name: str) -> None:
    assert parsed().findings[name] == []


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_found(name: str) -> None:
    assert parsed().findings[name]


@pytest.mark.parametrize("title", PANELS)
def test_a_panel_answers_with_its_time_its_split_and_its_measures(title: str) -> None:
    panel = PANELS[title]
    split = [split_column(panel)] if panel.split_by else []
    measures = [measure.value for measure in panel.measures]
    assert parsed().results[f"panel {title}"] == ["TimeGenerated", *split, *measures]


def test_the_three_of_the_design_ask_for_what_it_asks_for() -> None:
    assert QUERIES["panel API Performance"] == (
        "AppRequests | summarize average = avg(DurationMs), p95 = percentile(DurationMs, 95), "
        "p99 = percentile(DurationMs, 99) by bin(TimeGenerated, 5m)"
    )
    assert QUERIES["panel Generation Metrics"] == (
        "AppMetrics | where Name == 'TokensGenerated' | summarize sum = sum(Sum) by bin(TimeGenerated, 1h)"
    )
    assert QUERIES["panel Error Rate"] == (
        "AppRequests | where Success == false | summarize count = sum(ItemCount) "
        "by bin(TimeGenerated, 5m), http_response_status_code = ResultCode"
    )
    assert QUERIES["chart Generation Metrics"].endswith("| render barchart")


def test_what_the_workspace_does_not_keep_is_refused() -> None:
    panel = replace(PANELS["Engine Latency"], metric=VALIDATION_SECONDS, split_by="kind", measures=(Measure.P95,))
    with pytest.raises(ValueError, match="panel 'Engine Latency': the workspace keeps no p95 of 'ValidationSeconds'"):
        panel_query(panel)
    with pytest.raises(ValueError, match="rows of AppDependencies do not hold 'outcome'"):
        panel_query(replace(PANELS["Engine Latency"], split_by="outcome"))


def test_a_canary_answers_with_its_verdict() -> None:
    assert parsed().results["canary"] == ["total", "failed", "error_percent", "verdict"]


@pytest.mark.parametrize("version", ["", "1' or true or '", "1 | take 1", "x" * 65])
def test_nothing_but_a_version_gets_into_the_query_of_a_canary(version: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        canary_query(version, gate=TOPOLOGY.canary_gate)
