"""The name of an environment inside its networks, where it leads to the cluster of the region."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.regions import Region
from textnlp_infra.arm import Resource
from textnlp_infra.components.network import Network
from textnlp_infra.components.private_names import network_link
from textnlp_infra.stamp import GLOBAL, Stamp

_SUBNET = "aks-system"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterHostConfig:
    """The name, and the address at which the gateway inside the cluster must ask to be."""

    host: str
    address: str


def cluster_host_config(stamp: Stamp) -> ClusterHostConfig:
    """Return the name of a region's cluster: the environment's own, so that one certificate serves all the way."""
    return ClusterHostConfig(host=stamp.environment.host, address=cluster_address(stamp.region))


def cluster_address(region: Region) -> str:
    """Return the last address of the subnet that clusters put balancers in; machines take theirs from the first on."""
    subnet = IPv4Network(TOPOLOGY.subnet_cidr(_SUBNET, region=region))
    return str(IPv4Address(int(subnet.broadcast_address) - 1))


def build_cluster_host(config: ClusterHostConfig, stamp: Stamp, network: Network) -> tuple[Resource, ...]:
    """Build a zone of that one name for the network of a region."""
    zone = stamp.resource("Microsoft.Network/privateDnsZones", name=config.host, location=GLOBAL)
    entry = zone.child("A", "@", {"ttl": 300, "aRecords": [{"ipv4Address": config.address}]})
    return zone, network_link(zone, stamp, network), entry
