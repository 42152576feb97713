"""Whether the address plan holds: everything inside its network, nothing twice, room for every machine."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from textnlp.topology.declaration import Topology
from textnlp.topology.node_pools import NodePool
from textnlp.topology.regions import RegionRole

_RESERVED_BY_AZURE = 5
"""Addresses of each subnet that Azure keeps."""


def address_problems(topology: Topology) -> Iterator[str]:
    """Yield what is wrong with regions, networks, subnets and the addresses machines need."""
    primaries = [region for region in topology.regions if region.role is RegionRole.PRIMARY]
    if len(primaries) != 1:
        yield f"regions: {len(primaries)} have the role 'primary', one must"
        return
    names = {region.name for region in topology.regions}
    for region in topology.regions:
        if len(topology.regions) > 1 and region.paired_with not in names:
            yield (
                f"region '{region.name}': Azure pairs it with '{region.paired_with}', which is not declared; "
                "storage and database backups would land there"
            )
    networks: dict[str, IPv4Network] = {}
    yield from _parse(networks, {f"network of region '{region.name}'": region.vnet_cidr for region in topology.regions})
    cluster = {"pod_cidr": topology.cluster.pod_cidr, "service_cidr": topology.cluster.service_cidr}
    yield from _parse(networks, cluster)
    yield from _overlaps(networks)
    services = networks.get("service_cidr")
    if services and IPv4Address(topology.cluster.dns_service_ip) not in services:
        yield f"cluster: dns_service_ip {topology.cluster.dns_service_ip} is not in service_cidr {services}"
    subnets: dict[str, IPv4Network] = {}
    yield from _parse(subnets, {f"subnet '{subnet.name}'": subnet.cidr for subnet in topology.subnets})
    yield from _overlaps(subnets)
    whole = networks.get(f"network of region '{primaries[0].name}'")
    if whole:
        outside = (item for item in subnets.items() if not item[1].subnet_of(whole))
        yield from (f"{label}: {network} is not in {whole}" for label, network in outside)
    yield from _pool_problems(topology, subnets)


def _parse(networks: dict[str, IPv4Network], declared: dict[str, str]) -> Iterator[str]:
    """Put each address range into `networks`; yield those that are none."""
    for label, cidr in declared.items():
        try:
            networks[label] = IPv4Network(cidr)
        except ValueError as error:
            yield f"{label}: {error}"


def _overlaps(networks: dict[str, IPv4Network]) -> Iterator[str]:
    """Yield the pairs that share addresses; sorted by start, an overlap shows beside the range reaching furthest."""
    furthest: tuple[str, IPv4Network] | None = None
    for label, network in sorted(networks.items(), key=lambda item: int(item[1].network_address)):
        if furthest and network.overlaps(furthest[1]):
            yield f"{label}: {network} overlaps {furthest[1]} of {furthest[0]}"
        if furthest is None or network.broadcast_address > furthest[1].broadcast_address:
            furthest = label, network


def _pool_problems(topology: Topology, subnets: dict[str, IPv4Network]) -> Iterator[str]:
    """Yield pools whose machines have no subnet, or more machines than their subnet has addresses.

    Pods have addresses of their own, so that a machine takes one of the subnet's.
    """
    by_subnet: dict[str, list[NodePool]] = {}
    for pool in topology.node_pools:
        by_subnet.setdefault(pool.subnet, []).append(pool)
    for name, pools in by_subnet.items():
        network = subnets.get(f"subnet '{name}'")
        if network is None:
            yield from (f"node pool '{pool.name}': there is no subnet '{name}'" for pool in pools)
            continue
        needed = sum(pool.max_count + _surge(pool) for pool in pools)
        usable = network.num_addresses - _RESERVED_BY_AZURE
        if needed > usable:
            yield f"subnet '{name}': its pools may need {needed} addresses, {network} has {usable}"


def _surge(pool: NodePool) -> int:
    """Return how many machines an upgrade adds at most."""
    if pool.max_surge.endswith("%"):
        return -(-pool.max_count * int(pool.max_surge[:-1]) // 100)
    return int(pool.max_surge)
