"""Alerts on what Azure itself measures of the services that the platform stands on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.stamp import GLOBAL, Stamp

METRIC_ALERT = "Microsoft.Insights/metricAlerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricAlert:
    """A threshold on a platform metric.

    Attributes:
        watches: type of the resources; each of them has the alert.
        metric: as Azure names it.
        says: what is wrong, as the one who is woken reads it.
        severity: 0 critical to 4 verbose.
    """

    name: str
    watches: str
    metric: str
    operator: str
    threshold: int
    says: str
    aggregation: str = "Average"
    severity: int = 2


METRIC_ALERTS = (
    MetricAlert(
        name="database-disk",
        watches="Microsoft.DBforPostgreSQL/flexibleServers",
        metric="storage_percent",
        operator="GreaterThan",
        threshold=80,
        says="The disk of the database is filled to more than 80%.",
    ),
    MetricAlert(
        name="database-processor",
        watches="Microsoft.DBforPostgreSQL/flexibleServers",
        metric="cpu_percent",
        operator="GreaterThan",
        threshold=85,
        says="The database's processors are busy for more than 85% of the time.",
    ),
    MetricAlert(
        name="database-down",
        watches="Microsoft.DBforPostgreSQL/flexibleServers",
        metric="is_db_alive",
        operator="LessThan",
        threshold=1,
        says="The database does not answer.",
        aggregation="Maximum",
        severity=0,
    ),
    MetricAlert(
        name="messages-throttled",
        watches="Microsoft.ServiceBus/namespaces",
        metric="ThrottledRequests",
        operator="GreaterThan",
        threshold=0,
        says="Service Bus refuses requests because its messaging units are busy.",
        aggregation="Total",
    ),
    MetricAlert(
        name="gateway-capacity",
        watches="Microsoft.ApiManagement/service",
        metric="Capacity",
        operator="GreaterThan",
        threshold=80,
        says="API Management is loaded to more than 80%.",
    ),
    MetricAlert(
        name="back-end-unhealthy",
        watches="Microsoft.Network/applicationGateways",
        metric="UnhealthyHostCount",
        operator="GreaterThan",
        threshold=0,
        says="What is behind an application gateway fails its probe.",
        severity=1,
    ),
    MetricAlert(
        name="vault-unavailable",
        watches="Microsoft.KeyVault/vaults",
        metric="Availability",
        operator="LessThan",
        threshold=99,
        says="A key vault answers fewer than 99% of its requests.",
        severity=1,
    ),
    MetricAlert(
        name="schedule-failed",
        watches="Microsoft.Logic/workflows",
        metric="RunsFailed",
        operator="GreaterThan",
        threshold=0,
        says="The environment was not switched off or on as scheduled.",
        aggregation="Total",
    ),
)


def build_metric_alerts(
    stamp: Stamp, watched: Sequence[tuple[Stamp, Resource]], action_group: Resource
) -> tuple[Resource, ...]:
    """Build a rule an alert and watched resource; `watched` holds resources with the stamps they are in.

    Where a stamp has two of a type, the last word of their names tells their rules apart.
    """
    of_a_kind = Counter((place.region.name, resource.type) for place, resource in watched)
    return tuple(
        _rule(alert, stamp, place.name(METRIC_ALERT, f"{alert.name}{word}"), resource, action_group)
        for alert in METRIC_ALERTS
        for place, resource in watched
        if resource.type == alert.watches
        for word in [_word_of(resource) if of_a_kind[place.region.name, resource.type] > 1 else ""]
    )


def _word_of(resource: Resource) -> str:
    return f"-{str(resource.name).rpartition('-')[2]}"


def _rule(alert: MetricAlert, stamp: Stamp, name: str, watched: Resource, action_group: Resource) -> Resource:
    criteria: list[Value] = [
        {
            "criterionType": "StaticThresholdCriterion",
            "name": alert.metric,
            "metricName": alert.metric,
            "operator": alert.operator,
            "threshold": alert.threshold,
            "timeAggregation": alert.aggregation,
        }
    ]
    return stamp.resource(
        METRIC_ALERT,
        {
            "severity": alert.severity,
            "enabled": True,
            "scopes": (watched.id,),
            "evaluationFrequency": "PT5M",
            "windowSize": "PT15M",
            "criteria": {
                "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                "allOf": criteria,
            },
            "autoMitigate": True,
            "customProperties": {"meaning": alert.says},
            "actions": [{"actionGroupId": action_group.id}],
        },
        name=name,
        location=GLOBAL,
    )
