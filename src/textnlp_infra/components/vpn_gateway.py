"""The VPN gateway: a way in from an office's network; built only where it is asked for."""

from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.services import VPN
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.network import Network
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.stamp import Stamp

_ADDRESSES = ("vpn-1", "vpn-2")


@dataclass(frozen=True, slots=True, kw_only=True)
class VpnConfig:
    """How fast it is, by its tier, and the number by which its neighbours know its routes."""

    tier: str
    autonomous_system: int = 65_515


def vpn_config() -> VpnConfig:
    """Return the gateway as the topology declares it."""
    return VpnConfig(tier=TOPOLOGY.service(VPN).tier)


def build_vpn_gateway(config: VpnConfig, stamp: Stamp, network: Network, workspace: Resource) -> tuple[Resource, ...]:
    """Build a gateway of two machines that both carry; the connections to offices are theirs to add."""
    addresses = [
        stamp.resource(
            "Microsoft.Network/publicIPAddresses",
            {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"},
            part=part,
            sku={"name": "Standard", "tier": "Regional"},
            zones=stamp.region.zones,
        )
        for part in _ADDRESSES
    ]
    ways: list[Value] = [
        {
            "name": part,
            "properties": {
                "privateIPAllocationMethod": "Dynamic",
                "subnet": {"id": network.subnet_id("GatewaySubnet")},
                "publicIPAddress": {"id": address.id},
            },
        }
        for part, address in zip(_ADDRESSES, addresses, strict=True)
    ]
    gateway = stamp.resource(
        "Microsoft.Network/virtualNetworkGateways",
        {
            "gatewayType": "Vpn",
            "vpnType": "RouteBased",
            "vpnGatewayGeneration": "Generation1",
            "sku": {"name": config.tier, "tier": config.tier},
            "activeActive": True,
            "enableBgp": True,
            "bgpSettings": {"asn": config.autonomous_system},
            "ipConfigurations": ways,
        },
    )
    told = [diagnostics(target, workspace) for target in (gateway, *addresses)]
    return (*addresses, gateway, *told)
