"""The virtual network of a region: subnets by the address plan, a group of rules for each, and one way out."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.regions import Region, Subnet
from textnlp_infra.arm import Expression, Resource, Value
from textnlp_infra.components.subnet_rules import SUBNET_RULES, Rule
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.stamp import Stamp

VNET = "Microsoft.Network/virtualNetworks"
_NSG = "Microsoft.Network/networkSecurityGroups"
_FIRST_PRIORITY = 100
_PRIORITY_STEP = 10

_HAS_EGRESS = frozenset(
    {
        "aks-system",
        "aks-user",
        "functions",
        "logic-apps",
        "container-instances",
        "batch",
        "machine-learning",
        "build-agents",
    }
)
"""Subnets whose machines call out, by the gateway's one address; no other subnet has a way out by default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkConfig:
    """A network's address range, and the subnets as they lie in this region."""

    cidr: str
    subnets: tuple[tuple[Subnet, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """A region's network, as other components refer to it."""

    vnet: Resource
    resources: tuple[Resource, ...]

    def subnet_id(self, name: str) -> Expression:
        """Return the id of a subnet; raise `KeyError` where the topology has none of that name."""
        return self.vnet.inner_id("subnets", TOPOLOGY.subnet(name).name)


def network_config(region: Region) -> NetworkConfig:
    """Return the network that the address plan gives a region."""
    subnets = tuple((subnet, TOPOLOGY.subnet_cidr(subnet.name, region=region)) for subnet in TOPOLOGY.subnets)
    return NetworkConfig(cidr=region.vnet_cidr, subnets=subnets)


def build_network(config: NetworkConfig, stamp: Stamp, workspace: Resource) -> Network:
    """Build the network of a region."""
    cidrs = {subnet.name: cidr for subnet, cidr in config.subnets}
    groups = {name: _rule_group(name, rules, cidrs, stamp) for name, rules in SUBNET_RULES.items()}
    address = stamp.resource(
        "Microsoft.Network/publicIPAddresses",
        {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4", "idleTimeoutInMinutes": 4},
        part="egress",
        sku={"name": "Standard", "tier": "Regional"},
        zones=stamp.zones,
    )
    egress = stamp.resource(
        "Microsoft.Network/natGateways",
        {"publicIpAddresses": [{"id": address.id}], "idleTimeoutInMinutes": 4},
        sku={"name": "Standard"},
    )
    subnets: list[Value] = [_subnet(subnet, cidr, groups.get(subnet.name), egress) for subnet, cidr in config.subnets]
    vnet = stamp.resource(VNET, {"addressSpace": {"addressPrefixes": [config.cidr]}, "subnets": subnets})
    told = [diagnostics(target, workspace) for target in (vnet, address, *groups.values())]
    return Network(vnet=vnet, resources=(*groups.values(), address, egress, vnet, *told))


def build_peerings(networks: Mapping[str, Network]) -> dict[str, tuple[Resource, ...]]:
    """Join the network of each region with those of all others: the halves that lie in it, by its name."""
    return {
        region: tuple(_peering(network, other, name) for name, other in networks.items() if name != region)
        for region, network in networks.items()
        if len(networks) > 1
    }


def _peering(network: Network, other: Network, other_region: str) -> Resource:
    return network.vnet.child(
        "virtualNetworkPeerings",
        f"to-{other_region}",
        {
            "remoteVirtualNetwork": {"id": other.vnet.id},
            "allowVirtualNetworkAccess": True,
            "allowForwardedTraffic": False,
            "allowGatewayTransit": False,
            "useRemoteGateways": False,
        },
    )


def _rule_group(subnet: str, rules: tuple[Rule, ...], cidrs: Mapping[str, str], stamp: Stamp) -> Resource:
    counts = {"Inbound": 0, "Outbound": 0}
    written: list[Value] = []
    for rule in rules:
        priority = _FIRST_PRIORITY + _PRIORITY_STEP * counts[rule.direction]
        counts[rule.direction] += 1
        written.append({"name": rule.name, "properties": _security_rule(rule, priority, cidrs)})
    return stamp.resource(_NSG, {"securityRules": written}, part=subnet.lower())


def _security_rule(rule: Rule, priority: int, cidrs: Mapping[str, str]) -> dict[str, Value]:
    ports: dict[str, Value] = (
        {"destinationPortRange": rule.ports[0]} if len(rule.ports) == 1 else {"destinationPortRanges": rule.ports}
    )
    return {
        "priority": priority,
        "direction": rule.direction,
        "access": rule.access,
        "protocol": rule.protocol,
        "sourceAddressPrefix": _prefix(rule.source, cidrs),
        "sourcePortRange": "*",
        "destinationAddressPrefix": _prefix(rule.destination, cidrs),
        **ports,
    }


def _prefix(place: str, cidrs: Mapping[str, str]) -> str:
    return cidrs[place.removeprefix("subnet:")] if place.startswith("subnet:") else place


def _subnet(subnet: Subnet, cidr: str, rules: Resource | None, egress: Resource) -> Value:
    delegations: list[Value] = [{"name": "delegation", "properties": {"serviceName": subnet.delegated_to}}]
    properties: dict[str, Value] = {
        "addressPrefix": cidr,
        "defaultOutboundAccess": False,
        "networkSecurityGroup": {"id": rules.id} if rules else None,
        "natGateway": {"id": egress.id} if subnet.name in _HAS_EGRESS else None,
        "delegations": delegations if subnet.delegated_to else None,
        "privateEndpointNetworkPolicies": "Enabled",
        "privateLinkServiceNetworkPolicies": "Disabled" if subnet.name == "gateway-private-link" else "Enabled",
    }
    return {"name": subnet.name, "properties": properties}
