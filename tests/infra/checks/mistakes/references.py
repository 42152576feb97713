"""What refers to what, and in which order it comes."""

from tests.infra.checks.planting import Mistake, put

_VNET = "Microsoft.Network/virtualNetworks"
_ZONE_LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
_PRIMARY, _RECOVERY = "vnet-textnlp-prod-eus2", "vnet-textnlp-prod-cus"


def _subnet(name: str, key: str) -> str:
    return f"properties.subnets[{name}].properties.{key}"


REFERENCES = [
    Mistake(
        "a group of rules that nobody makes",
        _VNET,
        _PRIMARY,
        put(
            _subnet("aks-system", "networkSecurityGroup.id"),
            "[resourceId('Microsoft.Network/networkSecurityGroups', 'aks-nsg')]",
        ),
        "refers to Microsoft.Network/networkSecurityGroups/aks-nsg, which no template makes",
        "make it",
    ),
    Mistake(
        "a subnet that the network does not declare",
        "Microsoft.Network/natGateways",
        "prod-eus2",
        put("properties.subnet", {"id": f"[resourceId('{_VNET}/subnets', '{_PRIMARY}', 'aks-subnet')]"}),
        f"refers to {_VNET}/{_PRIMARY}/subnets/aks-subnet, which no template makes",
        "name a resource of the estate",
    ),
    Mistake(
        "a child of nobody",
        _ZONE_LINK,
        "privatelink.azurecr.io/to-network",
        put("name", "privatelink.azurecr.com/to-network"),
        "its parent Microsoft.Network/privateDnsZones/privatelink.azurecr.com is made by no template",
        "make it",
    ),
    Mistake(
        "a dependency that is missing",
        _VNET,
        _RECOVERY,
        put("dependsOn", ...),
        "does not wait for Microsoft.Network/natGateways 'ng-textnlp-prod-cus'",
        "to dependsOn",
    ),
    Mistake(
        "a deployment that does not wait for another",
        "Microsoft.Resources/deployments",
        "peering-eastus2",
        put("dependsOn", ...),
        f"does not wait for {_VNET} '{_PRIMARY}'",
        "Microsoft.Resources/deployments 'network-eastus2' to dependsOn",
        where=f"peering-eastus2: {_VNET}/virtualNetworkPeerings",
    ),
]
