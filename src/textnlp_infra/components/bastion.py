"""The bastion: how people get to machines inside the networks, which have no addresses outside."""

from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.network import Network
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.stamp import Stamp


def build_bastion(stamp: Stamp, network: Network, workspace: Resource) -> tuple[Resource, ...]:
    """Build it in the primary region; it reaches the others by the peering.

    People tunnel with their own tools and sign in with Entra ID; nothing is copied out, and no link lets in whoever
    has it.
    """
    address = stamp.resource(
        "Microsoft.Network/publicIPAddresses",
        {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"},
        part="bastion",
        sku={"name": "Standard", "tier": "Regional"},
        zones=stamp.zones,
    )
    ways: list[Value] = [
        {
            "name": "subnet",
            "properties": {
                "privateIPAllocationMethod": "Dynamic",
                "subnet": {"id": network.subnet_id("AzureBastionSubnet")},
                "publicIPAddress": {"id": address.id},
            },
        }
    ]
    bastion = stamp.resource(
        "Microsoft.Network/bastionHosts",
        {
            "ipConfigurations": ways,
            "scaleUnits": 2,
            "enableTunneling": True,
            "enableIpConnect": False,
            "enableShareableLink": False,
            "enableFileCopy": False,
            "disableCopyPaste": True,
        },
        sku={"name": "Standard"},
        zones=stamp.zones,
    )
    return address, bastion, diagnostics(address, workspace), diagnostics(bastion, workspace)
