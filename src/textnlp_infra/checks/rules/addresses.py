"""Addresses: ranges inside each other, delegations, sizes, and rules that let in what they should not."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, ip_network
from typing import Any

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items, one_or_many, part
from textnlp_infra.expansion.resource import ExpandedResource

_VNET = "Microsoft.Network/virtualNetworks"
_NSG = "Microsoft.Network/networkSecurityGroups"
_WITHOUT_RULES = frozenset({"GatewaySubnet", "AzureFirewallSubnet"})
_LONGEST_PREFIX: Mapping[str, int] = {
    "GatewaySubnet": 27,
    "AzureFirewallSubnet": 26,
    "AzureBastionSubnet": 26,
    "aks-api-server": 28,
    "api-management": 27,
    "application-gateway": 24,
    "functions": 27,
    "logic-apps": 28,
}
"""The smallest subnet that each service takes, or that holds it at its greatest scale."""
_FROM_ANYWHERE = frozenset({"*", "Internet", "0.0.0.0/0", "Any"})
_PUBLIC_DOORS = frozenset({"AzureBastionSubnet"})
"""Subnets that people reach from the Internet, by HTTPS alone."""


def subnets_in_network(graph: Graph) -> Iterator[Finding]:
    """Yield subnets outside the ranges of their network, and ranges that are none."""
    for vnet in graph.of_type(_VNET):
        ranges = [network for text in _ranges(vnet) if (network := _network(text))]
        for name, cidr in _subnets(vnet):
            network = _network(cidr)
            if network is None:
                yield found(vnet, f"subnet '{name}': {cidr!r} is no address range", "write one as 10.0.1.0/24")
            elif not any(network.subnet_of(whole) for whole in ranges):
                yield found(
                    vnet,
                    f"subnet '{name}': {cidr} is not inside {', '.join(_ranges(vnet))}",
                    "write a range inside the network's",
                )


def overlapping_ranges(graph: Graph) -> Iterator[Finding]:
    """Yield subnets that share addresses, and networks that share them with another or with the cluster."""
    cluster = {"pods": TOPOLOGY.cluster.pod_cidr, "services": TOPOLOGY.cluster.service_cidr}
    seen: list[tuple[str, IPv4Network]] = [(f"the cluster's {key}", IPv4Network(cidr)) for key, cidr in cluster.items()]
    for vnet in graph.of_type(_VNET):
        own = [(f"'{vnet.name}'", network) for text in _ranges(vnet) if (network := _network(text))]
        for _, network in own:
            for other, taken in seen:
                if network.overlaps(taken):
                    yield found(vnet, f"{network} overlaps {taken} of {other}", "write a range nobody has")
        seen += own
        subnets = [(name, network) for name, cidr in _subnets(vnet) if (network := _network(cidr))]
        for place, (name, network) in enumerate(subnets):
            for other, taken in subnets[:place]:
                if network.overlaps(taken):
                    yield found(
                        vnet, f"subnet '{name}': {network} overlaps {taken} of '{other}'", "write a range nobody has"
                    )


def delegations(graph: Graph) -> Iterator[Finding]:
    """Yield subnets that are delegated to another service than the topology says."""
    declared = {subnet.name: subnet.delegated_to for subnet in TOPOLOGY.subnets}
    for vnet, subnet in _each_subnet(graph):
        name = str(subnet.get("name"))
        to = [item["properties"]["serviceName"] for item in items(subnet["properties"].get("delegations"))]
        wanted = [declared[name]] if declared.get(name) else []
        if name not in declared:
            yield found(vnet, f"subnet '{name}' is not in the topology", f"write one of {', '.join(declared)}")
        elif to != wanted:
            advice = f"delegate it to {wanted[0]}" if wanted else "write no delegation"
            yield found(vnet, f"subnet '{name}' is delegated to {', '.join(to) or 'nobody'}", advice)


def least_sizes(graph: Graph) -> Iterator[Finding]:
    """Yield subnets that are too small for what is in them, or that Azure looks for in vain."""
    needed = {subnet.name for subnet in TOPOLOGY.subnets if subnet.needs_exact_name}
    for vnet in graph.of_type(_VNET):
        sizes = {name: network for name, cidr in _subnets(vnet) if (network := _network(cidr))}
        for name, longest in _LONGEST_PREFIX.items():
            network = sizes.get(name)
            if network and network.prefixlen > longest:
                yield found(vnet, f"subnet '{name}' is a /{network.prefixlen}", f"write a /{longest} or larger")
        for name in sorted(needed - sizes.keys()):
            yield found(vnet, f"there is no subnet '{name}'", f"name it exactly '{name}', Azure looks for that")


def guarded_subnets(graph: Graph) -> Iterator[Finding]:
    """Yield subnets without a group of rules, and those with a way out that nobody declared."""
    for vnet, subnet in _each_subnet(graph):
        name, properties = subnet.get("name"), subnet["properties"]
        if "networkSecurityGroup" not in properties and name not in _WITHOUT_RULES:
            yield found(vnet, f"subnet '{name}' has no network security group", "give it one")
        if "networkSecurityGroup" in properties and name in _WITHOUT_RULES:
            yield found(vnet, f"subnet '{name}' has a network security group", "Azure takes none there, leave it out")
        if properties.get("defaultOutboundAccess") is not False:
            yield found(vnet, f"subnet '{name}' has default outbound access", "write defaultOutboundAccess: false")


def rule_priorities(graph: Graph) -> Iterator[Finding]:
    """Yield two rules of one group and direction with the same priority."""
    for group, _, rules in _groups(graph):
        taken: dict[tuple[object, object], str] = {}
        for name, rule in rules.items():
            place = rule.get("direction"), rule.get("priority")
            if place in taken:
                yield found(
                    group, f"rules '{taken[place]}' and '{name}' have priority {place[1]}", "write another priority"
                )
            taken[place] = name


def open_ports(graph: Graph) -> Iterator[Finding]:
    """Yield rules that let the Internet in, or anybody in unencrypted."""
    for group, subnets, rules in _groups(graph):
        for name, rule in rules.items():
            if rule.get("direction") != "Inbound" or rule.get("access") != "Allow":
                continue
            ports = one_or_many(rule, "destinationPortRange", "destinationPortRanges")
            sources = one_or_many(rule, "sourceAddressPrefix", "sourceAddressPrefixes")
            if "80" in ports:
                yield found(group, f"rule '{name}' lets in port 80", "write 443: nothing is served unencrypted")
            if _FROM_ANYWHERE.intersection(sources) and not (subnets <= _PUBLIC_DOORS and ports == ["443"]):
                yield found(group, f"rule '{name}' lets the whole Internet in", "write a service tag or a range")


def _groups(graph: Graph) -> Iterator[tuple[ExpandedResource, frozenset[str], dict[str, Mapping[str, Any]]]]:
    guarded: dict[str, set[str]] = {}
    for _, subnet in _each_subnet(graph):
        group_id = str(part(subnet["properties"], "networkSecurityGroup").get("id")).lower()
        guarded.setdefault(group_id, set()).add(str(subnet.get("name")))
    for group in graph.of_type(_NSG):
        rules = {str(item["name"]): item["properties"] for item in items(group.properties.get("securityRules"))}
        yield group, frozenset(guarded.get(group.id.lower(), ())), rules


def _each_subnet(graph: Graph) -> Iterator[tuple[ExpandedResource, Mapping[str, Any]]]:
    for vnet in graph.of_type(_VNET):
        for subnet in items(vnet.properties.get("subnets")):
            yield vnet, subnet


def _subnets(vnet: ExpandedResource) -> list[tuple[str, str]]:
    found_subnets = items(vnet.properties.get("subnets"))
    return [(str(item["name"]), str(item["properties"].get("addressPrefix"))) for item in found_subnets]


def _ranges(vnet: ExpandedResource) -> list[str]:
    return list(vnet.get("properties.addressSpace.addressPrefixes") or [])


def _network(text: str) -> IPv4Network | None:
    try:
        network = ip_network(text)
    except ValueError:
        return None
    return network if isinstance(network, IPv4Network) else None
