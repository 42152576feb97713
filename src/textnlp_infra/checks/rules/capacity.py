"""Capacity: whether the machines of a cluster find addresses when all pools are at their greatest and upgrade."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from math import ceil
from typing import Any

from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found, items, part

_CLUSTER = "Microsoft.ContainerService/managedClusters"
_KEPT_BY_AZURE = 5
"""Addresses of every subnet that nobody else gets."""


def machines_fit_subnets(graph: Graph) -> Iterator[Finding]:
    """Yield clusters that want more addresses of a subnet than it has, and pools in a subnet that nobody makes."""
    for cluster in graph.of_type(_CLUSTER):
        is_overlay = part(cluster.properties, "networkProfile").get("networkPluginMode") == "overlay"
        wanted: dict[str, int] = {}
        for pool in items(cluster.properties.get("agentPoolProfiles")):
            subnet = str(pool.get("vnetSubnetID"))
            wanted[subnet] = wanted.get(subnet, 0) + _addresses(pool, is_overlay=is_overlay)
        for subnet, count in wanted.items():
            cidr = _range(graph, subnet)
            has = IPv4Network(cidr).num_addresses - _KEPT_BY_AZURE if cidr else 0
            if count > has:
                yield found(
                    cluster,
                    f"its pools want {count} addresses of {subnet.rpartition('/')[2]}, which has {has}",
                    "write smaller maxCount, a larger subnet, or networkPluginMode: overlay",
                )


def _addresses(pool: Mapping[str, Any], *, is_overlay: bool) -> int:
    """Return the addresses of a pool at its greatest: without an overlay every pod has one beside its machine's."""
    most = int(pool.get("maxCount") or pool.get("count") or 0)
    surge = str(part(pool, "upgradeSettings").get("maxSurge", 0))
    added = ceil(most * int(surge[:-1]) / 100) if surge.endswith("%") else int(surge)
    return (most + added) * (1 if is_overlay else 1 + int(pool.get("maxPods", 30)))


def _range(graph: Graph, subnet_id: str) -> str | None:
    vnet_id, _, name = subnet_id.rpartition("/subnets/")
    vnet = graph.find(vnet_id)
    subnets = items(vnet.properties.get("subnets")) if vnet else []
    return next((part(subnet, "properties").get("addressPrefix") for subnet in subnets if subnet["name"] == name), None)
