"""The Kubernetes cluster of a region: private, known to Entra ID alone, patched by itself at set hours."""

from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.node_pools import Cluster, NodePool
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.cluster_access import api_server_zone
from textnlp_infra.components.database import ADMIN_GROUP_ID
from textnlp_infra.components.identities import CLUSTER as CONTROL_PLANE
from textnlp_infra.components.identities import KUBELET, Identities, user_assigned
from textnlp_infra.components.node_pools import agent_pool
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.environments import Environment
from textnlp_infra.naming import machine_group
from textnlp_infra.working_hours import time_when_on

CLUSTER = "Microsoft.ContainerService/managedClusters"
_UPGRADE_DAY, _UPGRADE_HOUR = "Sunday", "02:00"
_MACHINE_DAY = "Saturday"
_WINDOW_HOURS = 4
"""Azure wants four hours at least."""
_PRIVILEGED_NAMESPACES = ("gpu-devices",)
"""Where the plugin that tells of GPUs writes into a folder of its machine, which the rules for pods forbid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterConfig:
    """A cluster as it is ordered.

    Attributes:
        tier: of its control plane; `Free` has no agreed availability.
        upgrade_channel: which releases of Kubernetes it takes by itself.
        safeguards: whether what breaks the rules is refused (`Enforce`) or reported (`Warn`).
    """

    declared: Cluster
    tier: str
    pools: tuple[NodePool, ...]
    upgrade_channel: str
    safeguards: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BuiltCluster:
    """The cluster of a region, as others refer to it."""

    cluster: Resource
    resources: tuple[Resource, ...]


def cluster_config(environment: Environment) -> ClusterConfig:
    """Return the cluster of an environment."""
    return ClusterConfig(
        declared=TOPOLOGY.cluster,
        tier=environment.sizes.cluster_tier,
        pools=environment.sizes.node_pools,
        upgrade_channel="patch" if environment.is_production else "stable",
        safeguards="Enforce" if environment.is_production else "Warn",
    )


def build_cluster(
    config: ClusterConfig,
    place: PrivateNetwork,
    *,
    identities: Identities,
    grants: tuple[Resource, ...],
    workspace: Resource,
) -> BuiltCluster:
    """Build the cluster of a region; the `grants` of its identities are there before it."""
    stamp = place.stamp
    pools: list[Value] = [agent_pool(pool, place) for pool in config.pools]
    properties: dict[str, Value] = {
        "kubernetesVersion": config.declared.kubernetes_version,
        "supportPlan": "KubernetesOfficial",
        "dnsPrefix": f"textnlp-{stamp.environment.name}-{stamp.region.name}",
        "nodeResourceGroup": machine_group(stamp.environment.name, stamp.region.name),
        "nodeResourceGroupProfile": {"restrictionLevel": "ReadOnly"},
        "agentPoolProfiles": pools,
        "autoScalerProfile": {"expander": "least-waste", "skip-nodes-with-local-storage": "false"},
        "autoUpgradeProfile": {"upgradeChannel": config.upgrade_channel, "nodeOSUpgradeChannel": "NodeImage"},
        "networkProfile": _network(config.declared),
        "storageProfile": _enabled("diskCSIDriver", "fileCSIDriver", "snapshotController"),
        "workloadAutoScalerProfile": _enabled("keda", "verticalPodAutoscaler"),
        "ingressProfile": _ingress(),
        "addonProfiles": _addons(workspace),
        "azureMonitorProfile": {"metrics": {"enabled": True}},
        **_security(place, identities.by_name[KUBELET], workspace),
    }
    cluster = stamp.resource(
        CLUSTER,
        properties,
        sku={"name": "Base", "tier": config.tier},
        identity=user_assigned(identities.by_name[CONTROL_PLANE]),
        after=grants,
    )
    return BuiltCluster(
        cluster=cluster,
        resources=(
            cluster,
            *_windows(cluster, time_when_on(_UPGRADE_HOUR, stamp.environment)),
            _safeguards(cluster, config),
            diagnostics(cluster, workspace),
        ),
    )


def _network(declared: Cluster) -> dict[str, Value]:
    return {
        "networkPlugin": declared.network_plugin,
        "networkPluginMode": declared.network_plugin_mode,
        "networkDataplane": declared.network_dataplane,
        "networkPolicy": declared.network_policy,
        "advancedNetworking": {
            "enabled": True,
            "observability": {"enabled": True},
            "security": {"enabled": True, "advancedNetworkPolicies": "FQDN"},
        },
        "podCidr": declared.pod_cidr,
        "serviceCidr": declared.service_cidr,
        "dnsServiceIP": declared.dns_service_ip,
        "loadBalancerSku": "standard",
        "outboundType": "userAssignedNATGateway",
    }


def _security(place: PrivateNetwork, kubelet: Resource, workspace: Resource) -> dict[str, Value]:
    return {
        "enableRBAC": True,
        "disableLocalAccounts": True,
        "aadProfile": {"managed": True, "enableAzureRBAC": True, "adminGroupObjectIDs": (ADMIN_GROUP_ID.value,)},
        "oidcIssuerProfile": {"enabled": True},
        "apiServerAccessProfile": {
            "enablePrivateCluster": True,
            "enablePrivateClusterPublicFQDN": False,
            "enableVnetIntegration": True,
            "subnetId": place.network.subnet_id("aks-api-server"),
            "privateDNSZone": api_server_zone(place).id,
            "disableRunCommand": True,
        },
        "identityProfile": {
            "kubeletidentity": {
                "resourceId": kubelet.id,
                "clientId": kubelet.property("clientId"),
                "objectId": kubelet.property("principalId"),
            }
        },
        "securityProfile": {
            "workloadIdentity": {"enabled": True},
            "imageCleaner": {"enabled": True, "intervalHours": 48},
            "defender": {
                "logAnalyticsWorkspaceResourceId": workspace.id,
                "securityMonitoring": {"enabled": True},
            },
        },
    }


def _addons(workspace: Resource) -> dict[str, Value]:
    """Values of add-ons are texts, truth values too."""
    secrets: dict[str, Value] = {"enableSecretRotation": "true", "rotationPollInterval": "2m"}
    logs: dict[str, Value] = {"logAnalyticsWorkspaceResourceID": workspace.id, "useAADAuth": "true"}
    return {
        "azureKeyvaultSecretsProvider": {"enabled": True, "config": secrets},
        "azurepolicy": {"enabled": True, "config": {"version": "v2"}},
        "omsagent": {"enabled": True, "config": logs},
    }


def _ingress() -> dict[str, Value]:
    return {
        "gatewayAPI": {"installation": "Standard"},
        "webAppRouting": {
            "enabled": True,
            "gatewayAPIImplementations": {"appRoutingIstio": {"mode": "Enabled"}},
            "nginx": {"defaultIngressControllerType": "None"},
        },
    }


def _windows(cluster: Resource, starts_at: str) -> tuple[Resource, ...]:
    """Hours for releases of Kubernetes, and others for images of machines, so that one upgrade never meets another."""
    days = (("aksManagedAutoUpgradeSchedule", _UPGRADE_DAY), ("aksManagedNodeOSUpgradeSchedule", _MACHINE_DAY))
    return tuple(
        cluster.child(
            "maintenanceConfigurations",
            name,
            {
                "maintenanceWindow": {
                    "schedule": {"weekly": {"dayOfWeek": day, "intervalWeeks": 1}},
                    "durationHours": _WINDOW_HOURS,
                    "startTime": starts_at,
                    "utcOffset": "+00:00",
                }
            },
        )
        for name, day in days
    )


def _safeguards(cluster: Resource, config: ClusterConfig) -> Resource:
    return Resource(
        type="Microsoft.ContainerService/deploymentSafeguards",
        name="default",
        group=cluster.group,
        scope=cluster,
        properties={
            "level": config.safeguards,
            "podSecurityStandardsLevel": "Restricted",
            "excludedNamespaces": _PRIVILEGED_NAMESPACES,
        },
    )


def _enabled(*names: str) -> dict[str, Value]:
    return {name: {"enabled": True} for name in names}
