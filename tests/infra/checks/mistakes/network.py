"""Addresses and rules of networks."""

from tests.infra.checks.planting import ON, Mistake, add, put

_VNET = "Microsoft.Network/virtualNetworks"
_NSG = "Microsoft.Network/networkSecurityGroups"
_PRIMARY, _RECOVERY = "vnet-textnlp-prod-eus2", "vnet-textnlp-prod-cus"


def _subnet(name: str, key: str) -> str:
    return f"properties.subnets[{name}].properties.{key}"


NETWORK = [
    Mistake(
        "a subnet outside its network",
        _VNET,
        _PRIMARY,
        put(_subnet("batch", "addressPrefix"), "10.9.5.0/27"),
        "subnet 'batch': 10.9.5.0/27 is not inside 10.0.0.0/16",
        "a range inside",
    ),
    Mistake(
        "two subnets that overlap",
        _VNET,
        _PRIMARY,
        put(_subnet("build-agents", "addressPrefix"), "10.0.9.0/27"),
        "10.0.9.0/27 overlaps 10.0.9.0/24 of 'machine-learning'",
        "a range nobody has",
    ),
    Mistake(
        "a range that is none",
        _VNET,
        _PRIMARY,
        put(_subnet("database", "addressPrefix"), "10.0.6.0/33"),
        "'10.0.6.0/33' is no address range",
        "10.0.1.0/24",
    ),
    Mistake(
        "a network on the addresses of pods",
        _VNET,
        _RECOVERY,
        add("properties.addressSpace.addressPrefixes", "192.168.4.0/24"),
        "192.168.4.0/24 overlaps 192.168.0.0/16 of the cluster's pods",
        "a range nobody has",
    ),
    Mistake(
        "a network on the addresses of another",
        _VNET,
        _RECOVERY,
        add("properties.addressSpace.addressPrefixes", "10.0.128.0/17"),
        f"10.0.128.0/17 overlaps 10.0.0.0/16 of '{_PRIMARY}'",
        "a range nobody has",
    ),
    Mistake(
        "a wrong delegation",
        _VNET,
        _PRIMARY,
        put(_subnet("functions", "delegations[0].properties.serviceName"), "Microsoft.Web/serverFarms"),
        "subnet 'functions' is delegated to Microsoft.Web/serverFarms",
        "delegate it to Microsoft.App/environments",
    ),
    Mistake(
        "a delegation that is missing",
        _VNET,
        _PRIMARY,
        put(_subnet("logic-apps", "delegations"), ...),
        "subnet 'logic-apps' is delegated to nobody",
        "delegate it to Microsoft.Web/serverFarms",
    ),
    Mistake(
        "a subnet too small for its gateway",
        _VNET,
        _PRIMARY,
        put(_subnet("application-gateway", "addressPrefix"), "10.0.8.0/26"),
        "subnet 'application-gateway' is a /26",
        "write a /24 or larger",
    ),
    Mistake(
        "a subnet under another name than Azure looks for",
        _VNET,
        _RECOVERY,
        put("properties.subnets[GatewaySubnet].name", "gateway-subnet"),
        "there is no subnet 'GatewaySubnet'",
        "name it exactly 'GatewaySubnet'",
    ),
    Mistake(
        "a subnet without rules",
        _VNET,
        _PRIMARY,
        put(_subnet("private-endpoints", "networkSecurityGroup"), ...),
        "subnet 'private-endpoints' has no network security group",
        "give it one",
    ),
    Mistake(
        "a way out by default",
        _VNET,
        _PRIMARY,
        put(_subnet("aks-user", "defaultOutboundAccess"), ON),
        "subnet 'aks-user' has default outbound access",
        "defaultOutboundAccess: false",
    ),
    Mistake(
        "rules of one priority",
        _NSG,
        "prod-eus2-batch",
        put("properties.securityRules[allow-network].properties.priority", 100),
        "have priority 100",
        "another priority",
    ),
    Mistake(
        "a rule that lets the Internet in",
        _NSG,
        "prod-eus2-database",
        put("properties.securityRules[allow-network].properties.sourceAddressPrefix", "Internet"),
        "rule 'allow-network' lets the whole Internet in",
        "a service tag or a range",
    ),
    Mistake(
        "an unencrypted port",
        _NSG,
        "prod-eus2-application-gateway",
        put("properties.securityRules[allow-front-door].properties.destinationPortRange", "80"),
        "rule 'allow-front-door' lets in port 80",
        "write 443",
    ),
]
