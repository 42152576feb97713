from typing import Any, cast

import pytest

from textnlp_infra.arm.expression import written_object
from textnlp_infra.components.network import Network, build_network, build_peerings, network_config
from textnlp_infra.components.workspace import build_workspace, workspace_config
from textnlp_infra.environments import environment
from textnlp_infra.stamp import Stamp, stamp_of

_PROD = environment("prod")


def _stamp(number: int) -> Stamp:
    return stamp_of(_PROD, _PROD.regions[number], "foundation")


def _network(number: int) -> Network:
    workspace = build_workspace(workspace_config(_PROD), _stamp(0)).workspace
    return build_network(network_config(_PROD.regions[number]), _stamp(number), workspace)


def _subnets(network: Network) -> dict[str, dict[str, Any]]:
    group = network.vnet.group
    assert group
    body = cast("dict[str, Any]", written_object(network.vnet.body(), group.name))
    return {subnet["name"]: subnet["properties"] for subnet in body["properties"]["subnets"]}


def test_subnets_lie_as_far_from_the_start_in_every_region() -> None:
    assert _subnets(_network(0))["aks-user"]["addressPrefix"] == "10.0.2.0/23"
    assert _subnets(_network(1))["aks-user"]["addressPrefix"] == "10.1.2.0/23"


def test_no_subnet_has_a_way_out_by_default_and_machines_have_one() -> None:
    subnets = _subnets(_network(0))
    assert not any(subnet["defaultOutboundAccess"] for subnet in subnets.values())
    assert "natGateway" in subnets["aks-user"]
    assert "natGateway" not in subnets["private-endpoints"]


def test_a_subnet_is_delegated_to_whom_it_is_declared_for() -> None:
    subnets = _subnets(_network(0))
    (delegation,) = subnets["functions"]["delegations"]
    assert delegation["properties"]["serviceName"] == "Microsoft.App/environments"
    assert "delegations" not in subnets["aks-user"]


def test_a_rule_about_a_subnet_names_its_addresses_in_this_region() -> None:
    network = _network(1)
    group = next(item for item in network.resources if item.name == "nsg-textnlp-prod-cus-api-management")
    rules = cast("Any", group.properties)["securityRules"]
    rule = next(rule["properties"] for rule in rules if rule["name"] == "allow-application-gateway")
    assert rule["sourceAddressPrefix"] == "10.1.8.0/24"


def test_each_network_is_joined_with_every_other() -> None:
    networks = {"eastus2": _network(0), "centralus": _network(1)}
    peerings = build_peerings(networks)
    assert {region: [half.name for half in halves] for region, halves in peerings.items()} == {
        "eastus2": ["to-centralus"],
        "centralus": ["to-eastus2"],
    }
    assert build_peerings({"eastus2": networks["eastus2"]}) == {}


def test_a_subnet_that_is_not_declared_has_no_id() -> None:
    with pytest.raises(KeyError, match="there is no subnet 'aks-subnet'"):
        _network(0).subnet_id("aks-subnet")
