"""Where the parts of the estate are: in a subnet, behind a private endpoint, in a region, or everywhere."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from textnlp_infra.diagram.edge import Edge, edges_of, home_of, texts_in
from textnlp_infra.expansion.resource import ExpandedResource

_ENDPOINT = "Microsoft.Network/privateEndpoints"
_SUBNET = re.compile(r"/virtualNetworks/([^/]+)/subnets/([^/]+)$", re.IGNORECASE)
_LABELS: Mapping[str, str] = {
    "Microsoft.ApiManagement/service": "API Management",
    "Microsoft.Batch/batchAccounts": "Batch",
    "Microsoft.Batch/batchAccounts/pools": "Batch pool",
    "Microsoft.Cache/redisEnterprise": "Managed Redis",
    "Microsoft.Cdn/profiles": "Front Door",
    "Microsoft.CognitiveServices/accounts": "AI models",
    "Microsoft.ContainerRegistry/registries": "Registry",
    "Microsoft.ContainerService/managedClusters": "Kubernetes",
    "Microsoft.Dashboard/grafana": "Grafana",
    "Microsoft.DataProtection/backupVaults": "Backup vault",
    "Microsoft.DBforPostgreSQL/flexibleServers": "PostgreSQL",
    "Microsoft.EventGrid/systemTopics": "Storage events",
    "Microsoft.EventGrid/topics": "Event Grid",
    "Microsoft.Insights/components": "App Insights",
    "Microsoft.Insights/privateLinkScopes": "Monitor private link",
    "Microsoft.KeyVault/vaults": "Key Vault",
    "Microsoft.MachineLearningServices/workspaces": "Machine Learning",
    "Microsoft.MachineLearningServices/workspaces/computes": "Training machines",
    "Microsoft.Monitor/accounts": "Prometheus",
    "Microsoft.Network/applicationGateways": "Application Gateway",
    "Microsoft.Network/bastionHosts": "Bastion",
    "Microsoft.Network/trafficmanagerprofiles": "Traffic Manager",
    "Microsoft.Network/virtualNetworkGateways": "VPN gateway",
    "Microsoft.OperationalInsights/workspaces": "Log workspace",
    "Microsoft.ServiceBus/namespaces": "Service Bus",
    "Microsoft.Storage/storageAccounts": "Storage",
    "Microsoft.Web/sites": "Web app",
}
"""What is drawn, by type, and how it is called; everything else belongs to one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something that is drawn.

    Attributes:
        home: the region it lies in, or `global`.
    """

    id: str
    label: str
    name: str
    home: str


@dataclass(slots=True, kw_only=True)
class RegionParts:
    """The parts of a region by subnet, those behind its private endpoints, and those outside its network."""

    cidr: str
    subnets: dict[str, str]
    inside: dict[str, list[Part]] = field(default_factory=dict[str, list[Part]])
    linked: list[Part] = field(default_factory=list[Part])
    outside: list[Part] = field(default_factory=list[Part])


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEstate:
    """Everything that is drawn."""

    everywhere: tuple[Part, ...]
    regions: Mapping[str, RegionParts]
    edges: tuple[Edge, ...]


def place(resources: Iterable[ExpandedResource]) -> PlacedEstate:
    """Find where everything is from the subnets and endpoints that resources name."""
    every = list(resources)
    networks = [each for each in every if each.type == "Microsoft.Network/virtualNetworks"]
    region_of = {each.name: home_of(each) for each in networks}
    regions = {home_of(each): _region(each) for each in networks}
    parts = {each.id.lower(): _part(each) for each in every if each.type in _LABELS}
    placed: set[str] = set()
    for endpoint in (each for each in every if each.type == _ENDPOINT):
        target = parts.get(_target(endpoint).lower())
        linked = regions[home_of(endpoint)].linked
        if target and target not in linked:
            linked.append(target)
            placed.add(target.id)
    for resource in (each for each in every if each.id.lower() in parts):
        for network, subnet, part in _in_subnets(resource, parts[resource.id.lower()]):
            held = regions[region_of[network]].inside.setdefault(subnet, [])
            placed.add(resource.id.lower())
            if part not in held:
                held.append(part)
    rest = [part for part in parts.values() if part.id not in placed and part.home]
    for part in rest:
        if part.home in regions:
            regions[part.home].outside.append(part)
    return PlacedEstate(
        everywhere=tuple(part for part in rest if part.home not in regions),
        regions=regions,
        edges=tuple(dict.fromkeys(edges_of(every))),
    )


def _part(resource: ExpandedResource) -> Part:
    name = resource.name.rpartition("/")[2]
    return Part(id=resource.id.lower(), label=_LABELS[resource.type], name=name, home=home_of(resource))


def _region(network: ExpandedResource) -> RegionParts:
    subnets = {
        str(subnet["name"]): str(subnet["properties"]["addressPrefix"]) for subnet in network.properties["subnets"]
    }
    return RegionParts(cidr=str(network.get("properties.addressSpace.addressPrefixes")[0]), subnets=subnets)


def _target(endpoint: ExpandedResource) -> str:
    (connection,) = endpoint.properties["privateLinkServiceConnections"]
    return str(connection["properties"]["privateLinkServiceId"])


def _in_subnets(resource: ExpandedResource, part: Part) -> Iterator[tuple[str, str, Part]]:
    """Yield network, subnet and part for each subnet that a resource names; a cluster is there pool by pool."""
    pools: dict[str, list[str]] = {}
    for pool in resource.properties.get("agentPoolProfiles", ()):
        pools.setdefault(str(pool["vnetSubnetID"]), []).append(str(pool["name"]))
    for text in dict.fromkeys(texts_in(resource.body)):
        match = _SUBNET.search(text)
        if match is None:
            continue
        for name in pools.get(text, ()):
            yield match[1], match[2], replace(part, id=f"{part.id}/{name}", label=f"{part.label}: {name}")
        if text not in pools:
            yield match[1], match[2], part
