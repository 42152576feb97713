"""Managed Grafana: pictures of the clusters' metrics, for people of the tenant inside the network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.managed_identity import own_identity
from textnlp_infra.components.network import Network
from textnlp_infra.components.private_names import PrivateNames, private_endpoint
from textnlp_infra.components.roles import Role, role_assignment
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.policies import CLOSED
from textnlp_infra.stamp import Stamp

GRAFANA = "Microsoft.Dashboard/grafana"
_MAJOR_VERSION = "12"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrafanaConfig:
    """Whether Grafana is spread over zones, which its smallest size is not."""

    is_zone_redundant: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grafana:
    """Grafana, and the roles by which it reads what it draws, each in the group of what it is on."""

    grafana: Resource
    resources: tuple[Resource, ...]
    grants: tuple[Resource, ...]


def grafana_config(environment: Environment) -> GrafanaConfig:
    """Return the Grafana of an environment."""
    return GrafanaConfig(is_zone_redundant=environment.sizes.is_zone_redundant)


def build_grafana(
    config: GrafanaConfig,
    stamp: Stamp,
    *,
    metrics: Iterable[Resource],
    network: Network,
    names: PrivateNames,
    workspace: Resource,
) -> Grafana:
    """Build the one Grafana of the estate over the metrics of all regions; it knows no keys."""
    sources = tuple(metrics)
    integrations: list[Value] = [{"azureMonitorWorkspaceResourceId": source.id} for source in sources]
    properties: Mapping[str, Value] = {
        "grafanaMajorVersion": _MAJOR_VERSION,
        "apiKey": CLOSED,
        "publicNetworkAccess": CLOSED,
        "zoneRedundancy": "Enabled" if config.is_zone_redundant else "Disabled",
        "grafanaIntegrations": {"azureMonitorWorkspaceIntegrations": integrations},
    }
    grafana = stamp.resource(GRAFANA, properties, sku={"name": "Standard"}, identity=own_identity())
    return Grafana(
        grafana=grafana,
        resources=(
            grafana,
            *private_endpoint(grafana, "grafana", stamp, network=network, names=names),
            diagnostics(grafana, workspace),
        ),
        grants=(
            *(role_assignment(Role.MONITORING_DATA_READER, source, grafana) for source in sources),
            role_assignment(Role.MONITORING_READER, workspace, grafana),
        ),
    )
