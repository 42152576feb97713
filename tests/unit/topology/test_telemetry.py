import pytest

from textnlp.topology.metrics import METRICS
from textnlp.topology.telemetry import (
    ALERTS,
    APPLICATION_MAP,
    LOG_DAILY_CAP_GIGABYTES,
    LOG_RETENTION_DAYS,
    PANES,
    Alert,
)

_CLASSIC = ("requests", "customMetrics", "timestamp", "duration,", "resultCode", "success")


def test_the_three_panes_ask_the_workspace_and_not_the_classic_tables() -> None:
    assert [pane.title for pane in PANES] == ["API Performance", "Generation Metrics", "Error Rate"]
    for pane in PANES:
        assert pane.query.startswith(("AppRequests |", "AppMetrics |"))
        assert not [word for word in _CLASSIC if word in pane.query.split()]


def test_the_panes_show_percentiles_tokens_and_error_codes() -> None:
    queries = {pane.title: pane.query for pane in PANES}
    assert "percentile(DurationMs, 95), percentile(DurationMs, 99)" in queries["API Performance"]
    assert "'TokensGenerated'" in queries["Generation Metrics"]
    assert "ResultCode" in queries["Error Rate"]


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_says_what_is_wrong_and_looks_at_a_declared_metric(alert: Alert) -> None:
    assert alert.says.endswith(".")
    assert 0 <= alert.severity <= 4
    if alert.query.startswith("AppMetrics"):
        assert [metric.name for metric in METRICS if f"'{metric.name}'" in alert.query]


def test_logs_are_kept_for_ninety_days_under_a_daily_cap() -> None:
    assert LOG_RETENTION_DAYS == 90
    assert LOG_DAILY_CAP_GIGABYTES == 100


def test_the_application_map_has_its_six_edges() -> None:
    assert APPLICATION_MAP == (
        ("gateway", "api"),
        ("api", "models"),
        ("api", "database"),
        ("api", "cache"),
        ("api", "blobs"),
        ("api", "messages"),
    )
