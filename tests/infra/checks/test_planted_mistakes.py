"""Every kind of mistake that the checks are for, planted into the templates of production, is found and explained."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from tests.infra.azure_types import SCHEMAS, TYPED
from tests.infra.checks.planting import Mistake, add, plant, put, resources_of
from textnlp_infra.checks.estate_check import expanded, find_faults, templates, types_in
from textnlp_infra.checks.finding import Finding
from textnlp_infra.environments import environment

_PROD = environment("prod")
_DAY = date(2026, 11, 27)
_VNET = "Microsoft.Network/virtualNetworks"
_NSG = "Microsoft.Network/networkSecurityGroups"
_WORKSPACE = "Microsoft.OperationalInsights/workspaces"
_SETTING = "Microsoft.Insights/diagnosticSettings"
_ZONE_LINK = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"
_PRIMARY, _RECOVERY = "vnet-textnlp-prod-eus2", "vnet-textnlp-prod-cus"
_SUBNET = "properties.subnets[{}].properties."


def _subnet(name: str, key: str) -> str:
    return _SUBNET.format(name) + key


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
        put(_subnet("aks-user", "defaultOutboundAccess"), True),  # noqa: FBT003  what is put
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

FORM = [
    Mistake(
        "a misspelt property",
        _WORKSPACE,
        "",
        put("properties.retentionInDay", 30),
        "properties.retentionInDay is unknown",
        "write retentionInDays",
        needs_types=True,
    ),
    Mistake(
        "a value that is not of the list",
        "Microsoft.Network/publicIPAddresses",
        "cus-egress",
        put("properties.publicIPAllocationMethod", "Statik"),
        "properties.publicIPAllocationMethod is 'Statik'",
        "write Static",
        needs_types=True,
    ),
    Mistake(
        "a number as a text",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("properties.idleTimeoutInMinutes", "4"),
        "properties.idleTimeoutInMinutes is '4'",
        "a whole number",
        needs_types=True,
    ),
    Mistake(
        "a property that Azure fills in",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("properties.resourceGuid", "x"),
        "properties.resourceGuid is read only",
        "leave it out",
        needs_types=True,
    ),
    Mistake(
        "a rule without its direction",
        _NSG,
        "prod-eus2-machine-learning",
        put("properties.securityRules[deny-inbound].properties.direction", ...),
        "properties.securityRules[2].properties.direction is missing",
        "it is required",
        needs_types=True,
    ),
    Mistake(
        "an old API version",
        _NSG,
        "prod-cus-batch",
        put("apiVersion", "2019-11-01"),
        "API version 2019-11-01 is not the published one",
        "write 2025-09-01",
        needs_types=True,
    ),
]

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

EXPOSURE = [
    Mistake(
        "a workspace that the Internet reaches",
        _WORKSPACE,
        "",
        put("properties.publicNetworkAccessForIngestion", "Enabled"),
        "properties.publicNetworkAccessForIngestion is 'Enabled': the Internet would reach it",
        "publicNetworkAccessForIngestion: Disabled",
    ),
    Mistake(
        "keys of a workspace",
        _WORKSPACE,
        "",
        put("properties.features.disableLocalAuth", False),  # noqa: FBT003  what is put
        "properties.features.disableLocalAuth is False",
        "disableLocalAuth: true",
    ),
    Mistake(
        "a setting that sends nothing",
        _SETTING,
        "to-workspace",
        put("properties.logs", []),
        "its diagnostic setting sends no logs",
        "enable its logs",
        where=_WORKSPACE,
    ),
]

IDENTIFIERS = [
    Mistake(
        "a tag that is missing",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("tags.application", ...),
        "tag 'application' is missing",
        "take the tags from the stamp",
    ),
    Mistake(
        "a tag of another environment",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("tags.environment", "dev"),
        "tag 'environment' is 'dev'",
        "write 'prod'",
    ),
    Mistake(
        "a region that is not declared",
        "Microsoft.Network/natGateways",
        "prod-cus",
        put("location", "westus2"),
        "lies in 'westus2'",
        "write one of centralus, eastus2, global",
    ),
    Mistake(
        "a name that Azure refuses",
        "Microsoft.Network/publicIPAddresses",
        "cus-egress",
        put("name", "pip egress!"),
        "the name holds other characters",
        "naming.resource_name",
    ),
]

MISTAKES = [*NETWORK, *FORM, *REFERENCES, *EXPOSURE, *IDENTIFIERS]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What is found when all mistakes are made at once: each must show, whatever else is wrong."""
    stacks = deepcopy(templates(_PROD))
    for mistake in MISTAKES:
        plant(stacks, mistake)
    types = types_in(SCHEMAS) if (SCHEMAS / "azure-types").is_dir() else None
    return find_faults(expanded(stacks, _PROD, _DAY), types)


def _require(mistake: Mistake, findings: list[Finding]) -> None:
    where = mistake.where or mistake.kind
    told = [finding for finding in findings if mistake.what in finding.what and where in finding.where]
    assert told, "\n".join(f"{f.where}: {f.what}; {f.advice}" for f in findings)
    assert any(mistake.advice in finding.advice for finding in told), told


@pytest.mark.parametrize(
    "mistake", [item for item in MISTAKES if not item.needs_types], ids=lambda mistake: mistake.says
)
def test_a_mistake_is_found_and_explained(mistake: Mistake, findings: list[Finding]) -> None:
    _require(mistake, findings)


@TYPED
@pytest.mark.parametrize("mistake", [item for item in MISTAKES if item.needs_types], ids=lambda mistake: mistake.says)
def test_a_mistake_of_form_is_found_and_explained(mistake: Mistake, findings: list[Finding]) -> None:
    _require(mistake, findings)


def test_a_circle_is_found() -> None:
    stacks = deepcopy(templates(_PROD))
    for _, resource in resources_of(stacks["foundation"]):
        if resource["name"] == "network-eastus2":
            resource["dependsOn"].append(_deployment_id("peering-eastus2"))
    told = [
        item for item in find_faults(expanded(stacks, _PROD, _DAY), None) if item.what.startswith("waits for itself")
    ]
    assert "'network-eastus2' → " in told[0].what
    assert told[0].advice.startswith("break the circle")


def test_a_resource_that_is_made_twice_is_found() -> None:
    stacks = deepcopy(templates(_PROD))
    for together, resource in list(resources_of(stacks["foundation"])):
        if resource["name"] == "ng-textnlp-prod-eus2":
            together.append(resource)
    found = find_faults(expanded(stacks, _PROD, _DAY), None)
    assert [(item.what, item.advice) for item in found] == [("is made twice", "give one of them another name")]


def _deployment_id(name: str) -> Any:
    group = "/subscriptions/{0}/resourceGroups/rg-textnlp-prod-eus2-foundation"
    above = f"format('{group}', subscription().subscriptionId)"
    return f"[extensionResourceId({above}, 'Microsoft.Resources/deployments', '{name}')]"
