"""What a cluster tells: logs of its containers to the workspace, metrics to Prometheus, by ways inside the network."""

from collections.abc import Iterable
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.insights import Insights, in_scope
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.policies import CLOSED
from textnlp_infra.stamp import Stamp

MONITOR = "Microsoft.Monitor/accounts"
_ENDPOINT = "Microsoft.Insights/dataCollectionEndpoints"
_RULE = "Microsoft.Insights/dataCollectionRules"
_ASSOCIATION = "Microsoft.Insights/dataCollectionRuleAssociations"
_LOG_STREAM = "Microsoft-ContainerInsights-Group-Default"
_METRIC_STREAM = "Microsoft-PrometheusMetrics"
_LOG_INTERVAL = "1m"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClusterMonitoring:
    """The store of a cluster's metrics, and all that fills it."""

    metrics: Resource
    resources: tuple[Resource, ...]


def build_cluster_monitoring(
    stamp: Stamp,
    *,
    cluster: Resource,
    insights: Insights,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> ClusterMonitoring:
    """Build the store of metrics of a region, the rules by which its cluster sends, and the way in."""
    metrics = stamp.resource(MONITOR, {"publicNetworkAccess": CLOSED})
    endpoint = stamp.resource(_ENDPOINT, {"networkAcls": {"publicNetworkAccess": CLOSED}}, kind="Linux")
    logs_rule = _log_rule(stamp, workspace, endpoint)
    metrics_rule = _metric_rule(stamp, metrics, endpoint)
    return ClusterMonitoring(
        metrics=metrics,
        resources=(
            metrics,
            endpoint,
            logs_rule,
            metrics_rule,
            _association(cluster, "configurationAccessEndpoint", {"dataCollectionEndpointId": endpoint.id}),
            _association(cluster, "container-logs", {"dataCollectionRuleId": logs_rule.id}),
            _association(cluster, "container-metrics", {"dataCollectionRuleId": metrics_rule.id}),
            in_scope(insights.scope, endpoint),
            *private_endpoints(metrics, ["prometheusMetrics"], networks),
        ),
    )


def _log_rule(stamp: Stamp, workspace: Resource, endpoint: Resource) -> Resource:
    settings: dict[str, Value] = {
        "interval": _LOG_INTERVAL,
        "namespaceFilteringMode": "Off",
        "enableContainerLogV2": True,
    }
    extensions: list[Value] = [
        {
            "name": "ContainerInsightsExtension",
            "extensionName": "ContainerInsights",
            "streams": (_LOG_STREAM,),
            "extensionSettings": {"dataCollectionSettings": settings},
        }
    ]
    destinations: list[Value] = [{"name": "workspace", "workspaceResourceId": workspace.id}]
    return stamp.resource(
        _RULE,
        {
            "dataCollectionEndpointId": endpoint.id,
            "dataSources": {"extensions": extensions},
            "destinations": {"logAnalytics": destinations},
            "dataFlows": _flows(_LOG_STREAM, "workspace"),
        },
        part="container-logs",
        kind="Linux",
    )


def _metric_rule(stamp: Stamp, metrics: Resource, endpoint: Resource) -> Resource:
    sources: list[Value] = [{"name": "prometheus", "streams": (_METRIC_STREAM,), "labelIncludeFilter": {}}]
    destinations: list[Value] = [{"name": "metrics", "accountResourceId": metrics.id}]
    return stamp.resource(
        _RULE,
        {
            "dataCollectionEndpointId": endpoint.id,
            "dataSources": {"prometheusForwarder": sources},
            "destinations": {"monitoringAccounts": destinations},
            "dataFlows": _flows(_METRIC_STREAM, "metrics"),
        },
        part="container-metrics",
        kind="Linux",
    )


def _flows(stream: str, destination: str) -> list[Value]:
    return [{"streams": (stream,), "destinations": (destination,)}]


def _association(cluster: Resource, name: str, properties: dict[str, Value]) -> Resource:
    return Resource(type=_ASSOCIATION, name=name, group=cluster.group, scope=cluster, properties=properties)
