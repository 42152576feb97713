from typing import Any

from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import body, of_type, properties
from textnlp_infra.components.gateway import build_gateway_names

_EDGE = edge()
_TOLD: dict[str, Any] = properties(_EDGE.gateway.service)


def test_it_is_inside_the_network_of_every_region() -> None:
    assert _TOLD["virtualNetworkType"] == "Internal"
    assert "api-management" in _TOLD["virtualNetworkConfiguration"]["subnetResourceId"]
    (other,) = _TOLD["additionalLocations"]
    assert other["location"] == "centralus"
    assert "vnet-textnlp-prod-cus" in other["virtualNetworkConfiguration"]["subnetResourceId"]
    assert other["disableGateway"] is False


def test_production_has_a_unit_in_every_zone_and_development_one_unit() -> None:
    assert body(_EDGE.gateway.service)["sku"] == {"name": "Premium", "capacity": 3}
    assert body(_EDGE.gateway.service)["zones"] == ["1", "2", "3"]
    dev = edge("dev").gateway.service
    assert body(dev)["sku"] == {"name": "Developer", "capacity": 1}
    assert "zones" not in body(dev)
    assert "additionalLocations" not in properties(dev)


def test_old_protocols_are_off_on_both_sides() -> None:
    custom = _TOLD["customProperties"]
    for side in ("Security.Protocols", "Security.Backend.Protocols"):
        for protocol in ("Ssl30", "Tls10", "Tls11"):
            assert custom[f"Microsoft.WindowsAzure.ApiManagement.Gateway.{side}.{protocol}"] == "false"
    assert custom["Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Ciphers.TripleDes168"] == "false"
    assert custom["Microsoft.WindowsAzure.ApiManagement.Gateway.Protocols.Server.Http2"] == "true"


def test_nobody_is_let_in_by_a_portal_or_an_old_management_api() -> None:
    assert (_TOLD["developerPortalStatus"], _TOLD["legacyPortalStatus"]) == ("Disabled", "Disabled")
    assert _TOLD["apiVersionConstraint"] == {"minApiVersion": "2021-08-01"}


def test_units_come_in_threes_as_long_as_the_subnet_has_addresses() -> None:
    (scaling,) = of_type(_EDGE.gateway.resources, "autoscaleSettings")
    (profile,) = properties(scaling)["profiles"]
    assert profile["capacity"] == {"minimum": "3", "maximum": "9", "default": "3"}
    assert {rule["scaleAction"]["value"] for rule in profile["rules"]} == {"3"}
    assert [rule["scaleAction"]["direction"] for rule in profile["rules"]] == ["Increase", "Decrease"]
    addresses_of_subnet, a_unit, balancer = 32 - 5, 2, 1
    assert 9 * a_unit + balancer <= addresses_of_subnet
    assert of_type(edge("dev").gateway.resources, "autoscaleSettings") == []


def test_each_network_finds_the_gateway_of_its_own_region() -> None:
    records = _EDGE.components["gateway-names"]
    hosts = {
        (str(item.name), str(item.group and item.group.location)): properties(item)["aRecords"][0]["ipv4Address"]
        for item in records
    }
    name = "apim-textnlp-prod-eus2"
    assert _EDGE.gateway.host == f"{name}.azure-api.net"
    assert hosts[name, "eastus2"].endswith(".privateIPAddresses[0]]")
    assert "additionalLocations" not in hosts[name, "eastus2"]
    assert hosts[name, "centralus"].endswith(".additionalLocations[0].privateIPAddresses[0]]")
    assert {host for host, region in hosts if region == "eastus2"} == {
        name,
        f"{name}.developer",
        f"{name}.management",
        f"{name}.portal",
        f"{name}.scm",
    }
    assert build_gateway_names(_EDGE.gateway, {}, {}) == ()
