"""Alerts on what a cluster's own Prometheus metrics say of its pods and machines.

The expressions follow the recommended rules of Azure Monitor and of the kubernetes-mixin project (Apache 2.0).
"""

from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.stamp import Stamp

RULE_GROUP = "Microsoft.AlertsManagement/prometheusRuleGroups"


@dataclass(frozen=True, slots=True, kw_only=True)
class PrometheusAlert:
    """An expression that has a series where something is wrong.

    Attributes:
        lasts: how long it must be so before anybody is told, as ISO 8601 writes it.
    """

    name: str
    expression: str
    says: str
    lasts: str = "PT15M"
    severity: int = 2


PROMETHEUS_ALERTS = (
    PrometheusAlert(
        name="PodCrashLooping",
        expression='max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) >= 1',
        says="A container ends again and again soon after it starts.",
    ),
    PrometheusAlert(
        name="ContainerOutOfMemory",
        expression='sum by (namespace, pod) (kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}) > 0',
        says="A container was ended because it needed more memory than it may have.",
        lasts="PT5M",
    ),
    PrometheusAlert(
        name="ReplicasMissing",
        expression="kube_deployment_spec_replicas - kube_deployment_status_replicas_available > 0",
        says="A deployment has fewer replicas than it should have.",
    ),
    PrometheusAlert(
        name="JobFailed",
        expression="kube_job_failed > 0",
        says="A job in the cluster failed.",
    ),
    PrometheusAlert(
        name="NodeNotReady",
        expression='sum by (node) (kube_node_status_condition{condition="Ready", status="true"} == 0) == 0',
        says="A machine of the cluster is not ready.",
        severity=1,
    ),
    PrometheusAlert(
        name="VolumeAlmostFull",
        expression="kubelet_volume_stats_available_bytes / kubelet_volume_stats_capacity_bytes < 0.15",
        says="A volume has less than 15% of its space left.",
    ),
)


def build_prometheus_alerts(
    stamp: Stamp, *, metrics: Resource, cluster: Resource, action_group: Resource
) -> tuple[Resource, ...]:
    """Build the group of rules over the metrics of a region's cluster."""
    rules: list[Value] = [_rule(alert, action_group) for alert in PROMETHEUS_ALERTS]
    return (
        stamp.resource(
            RULE_GROUP,
            {
                "enabled": True,
                "clusterName": str(cluster.name),
                "scopes": (metrics.id, cluster.id),
                "interval": "PT1M",
                "rules": rules,
            },
        ),
    )


def _rule(alert: PrometheusAlert, action_group: Resource) -> Value:
    return {
        "alert": alert.name,
        "expression": alert.expression,
        "for": alert.lasts,
        "severity": alert.severity,
        "enabled": True,
        "annotations": {"description": alert.says},
        "resolveConfiguration": {"autoResolved": True, "timeToResolve": "PT10M"},
        "actions": [{"actionGroupId": action_group.id}],
    }
