import pytest

from textnlp.topology.metrics import METRICS
from textnlp.topology.telemetry import (
    ALERTS,
    APPLICATION_MAP,
    LOG_DAILY_CAP_GIGABYTES,
    LOG_RETENTION_DAYS,
    Alert,
)


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
