"""Alerts on what the workspace has of logs, metrics and spans: the ones that the topology declares."""

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.telemetry import Alert
from textnlp_infra.arm import Resource, Value
from textnlp_infra.durations import written_duration
from textnlp_infra.stamp import Stamp

LOG_ALERT = "Microsoft.Insights/scheduledQueryRules"


def build_log_alerts(stamp: Stamp, workspace: Resource, action_group: Resource) -> tuple[Resource, ...]:
    """Build a rule an alert; each fires where its query has a row, and ends by itself where it has none."""
    return tuple(_rule(alert, stamp, workspace, action_group) for alert in TOPOLOGY.alerts)


def _rule(alert: Alert, stamp: Stamp, workspace: Resource, action_group: Resource) -> Resource:
    window = written_duration(alert.window_minutes * 60)
    criteria: list[Value] = [
        {
            "query": alert.query,
            "timeAggregation": "Count",
            "operator": "GreaterThan",
            "threshold": 0,
            "failingPeriods": {"numberOfEvaluationPeriods": 1, "minFailingPeriodsToAlert": 1},
        }
    ]
    return stamp.resource(
        LOG_ALERT,
        {
            "displayName": alert.name,
            "severity": alert.severity,
            "enabled": True,
            "scopes": (workspace.id,),
            "evaluationFrequency": window,
            "windowSize": window,
            "criteria": {"allOf": criteria},
            "autoMitigate": True,
            "skipQueryValidation": True,
            "actions": {"actionGroups": (action_group.id,), "customProperties": {"meaning": alert.says}},
        },
        part=alert.name,
        kind="LogAlert",
    )
