"""What may pass into and out of each subnet; the rest of the Internet is kept out by Azure's own last rule."""

from collections.abc import Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY

ANY = "*"
INTERNET = "Internet"
NETWORK = "VirtualNetwork"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of a network security group; the order of the rules of a direction is their priority.

    Attributes:
        source, destination: an address range, a service tag, `subnet:<name>` for a subnet of the same network, or `*`.
        ports: ports and ranges of ports of the destination.
    """

    name: str
    source: str
    destination: str
    ports: tuple[str, ...] = (ANY,)
    protocol: str = "Tcp"
    direction: str = "Inbound"
    access: str = "Allow"


def _out(name: str, destination: str, *ports: str, source: str = NETWORK, protocol: str = "Tcp") -> Rule:
    return Rule(name, source, destination, ports, protocol, "Outbound")


_BALANCER = Rule("allow-load-balancer", "AzureLoadBalancer", ANY, protocol=ANY)
_FROM_NETWORK = Rule("allow-network", NETWORK, NETWORK, protocol=ANY)
_DENY_INBOUND = Rule("deny-inbound", ANY, ANY, protocol=ANY, access="Deny")
_TO_NETWORK = _out("allow-network-out", NETWORK, ANY, protocol=ANY)
_TO_CLOUD = _out("allow-azure-out", "AzureCloud", "443")
_TO_INTERNET = _out("allow-https-out", INTERNET, "443")
_DENY_OUTBOUND = Rule("deny-internet-out", ANY, INTERNET, (ANY,), ANY, "Outbound", "Deny")
_MACHINES = (_BALANCER, _FROM_NETWORK, _DENY_INBOUND, _TO_NETWORK, _TO_CLOUD, _TO_INTERNET, _DENY_OUTBOUND)
_PLATFORM_ONLY = (_FROM_NETWORK, _DENY_INBOUND, _TO_NETWORK, _TO_CLOUD, _DENY_OUTBOUND)
_PODS = TOPOLOGY.cluster.pod_cidr
_NODES = (
    Rule("allow-pods", _PODS, ANY, protocol=ANY),
    *_MACHINES,
    _out("allow-pods-out", _PODS, ANY, source=_PODS, protocol=ANY),
)
"""Pods have addresses that are none of the network's, so that the rules for the network say nothing of them."""

SUBNET_RULES: Mapping[str, tuple[Rule, ...]] = {
    "AzureBastionSubnet": (
        Rule("allow-https", INTERNET, ANY, ("443",)),
        Rule("allow-gateway-manager", "GatewayManager", ANY, ("443",)),
        Rule("allow-load-balancer", "AzureLoadBalancer", ANY, ("443",)),
        Rule("allow-bastion-hosts", NETWORK, NETWORK, ("8080", "5701"), ANY),
        _DENY_INBOUND,
        _out("allow-machines-out", NETWORK, "22", "3389", source=ANY, protocol=ANY),
        _out("allow-azure-out", "AzureCloud", "443", source=ANY),
        _out("allow-bastion-hosts-out", NETWORK, "8080", "5701", protocol=ANY),
        _out("allow-session-data-out", INTERNET, "80", source=ANY, protocol=ANY),
    ),
    "aks-system": _NODES,
    "aks-user": _NODES,
    "private-endpoints": (_FROM_NETWORK, _DENY_INBOUND, _DENY_OUTBOUND),
    "functions": (_FROM_NETWORK, _DENY_INBOUND, _TO_NETWORK, _TO_CLOUD, _DENY_OUTBOUND),
    "logic-apps": (_FROM_NETWORK, _DENY_INBOUND, _TO_NETWORK, _TO_CLOUD, _DENY_OUTBOUND),
    "container-instances": _PLATFORM_ONLY,
    "batch": (
        Rule("allow-batch-management", "BatchNodeManagement", ANY, ("29876-29877",)),
        *_MACHINES,
    ),
    "database": _PLATFORM_ONLY,
    "api-management": (
        Rule("allow-management", "ApiManagement", NETWORK, ("3443",)),
        Rule("allow-load-balancer", "AzureLoadBalancer", NETWORK, ("6390",)),
        Rule("allow-application-gateway", "subnet:application-gateway", NETWORK, ("443",)),
        Rule("allow-cache", NETWORK, NETWORK, ("6380-6383",)),
        Rule("allow-rate-limit-sync", NETWORK, NETWORK, ("4290",), "Udp"),
        Rule("allow-network-https", NETWORK, NETWORK, ("443",)),
        _DENY_INBOUND,
        _out("allow-storage-out", "Storage", "443"),
        _out("allow-sql-out", "Sql", "1433"),
        _out("allow-vault-out", "AzureKeyVault", "443"),
        _out("allow-monitor-out", "AzureMonitor", "443", "1886"),
        _out("allow-event-hub-out", "EventHub", "443", "5671-5672"),
        _out("allow-entra-out", "AzureActiveDirectory", "443"),
        _out("allow-certificate-checks-out", INTERNET, "80"),
        _TO_NETWORK,
        _DENY_OUTBOUND,
    ),
    "application-gateway": (
        Rule("allow-gateway-manager", "GatewayManager", ANY, ("65200-65535",)),
        _BALANCER,
        Rule("allow-front-door", "AzureFrontDoor.Backend", ANY, ("443",)),
        Rule("allow-private-link", NETWORK, ANY, ("443",)),
        _DENY_INBOUND,
    ),
    "machine-learning": _MACHINES,
    "aks-api-server": (_BALANCER, _FROM_NETWORK, _DENY_INBOUND, _TO_NETWORK, _TO_CLOUD, _DENY_OUTBOUND),
    "gateway-private-link": (_FROM_NETWORK, _DENY_INBOUND, _TO_NETWORK, _DENY_OUTBOUND),
    "build-agents": (_DENY_INBOUND, _TO_NETWORK, _TO_CLOUD, _TO_INTERNET, _DENY_OUTBOUND),
}
"""Rules by subnet. Two subnets have none because Azure takes no group there: `GatewaySubnet` and
`AzureFirewallSubnet`. The application gateway must keep its way to the Internet."""
