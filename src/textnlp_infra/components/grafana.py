"""Managed Grafana: pictures of the clusters' metrics, for people of the tenant inside the network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.identities import system_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED
from textnlp_infra.roles import Role, assign_role
from textnlp_infra.stamp import Stamp

GRAFANA = "Microsoft.Dashboard/grafana"
_MAJOR_VERSION = "12"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grafana:
    """Grafana, and all around it."""

    grafana: Resource
    resources: tuple[Resource, ...]


def build_grafana(
    stamp: Stamp,
    *,
    metrics: Iterable[Resource],
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> Grafana:
    """Build the one Grafana of the estate over the metrics of all regions; it knows no keys."""
    sources = tuple(metrics)
    integrations: list[Value] = [{"azureMonitorWorkspaceResourceId": source.id} for source in sources]
    properties: Mapping[str, Value] = {
        "grafanaMajorVersion": _MAJOR_VERSION,
        "apiKey": CLOSED,
        "publicNetworkAccess": CLOSED,
        "zoneRedundancy": stamp.zone_redundancy,
        "grafanaIntegrations": {"azureMonitorWorkspaceIntegrations": integrations},
    }
    grafana = stamp.resource(GRAFANA, properties, sku={"name": "Standard"}, identity=system_assigned())
    return Grafana(
        grafana=grafana,
        resources=(
            grafana,
            diagnostics(grafana, workspace),
            *private_endpoints(grafana, ["grafana"], networks),
            *(assign_role(Role.METRICS_READER, source, to=grafana) for source in sources),
            assign_role(Role.MONITORING_READER, workspace, to=grafana),
        ),
    )
