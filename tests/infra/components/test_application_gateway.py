from typing import Any, cast

import pytest

from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import body, of_type, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.application_gateway import ApplicationGateway

_EDGE = edge()
_BUILT = _EDGE.application_gateways["eastus2"]
_TOLD: dict[str, Any] = properties(_BUILT.gateway)


def _part(kind: str, name: str, of: ApplicationGateway = _BUILT) -> dict[str, Any]:
    return next(item["properties"] for item in properties(of.gateway)[kind] if item["name"] == name)


def test_nothing_listens_on_the_public_address() -> None:
    assert [item["name"] for item in _TOLD["httpListeners"]] == ["private"]
    assert _part("httpListeners", "private")["frontendIPConfiguration"]["id"].endswith("'private')]")
    assert "dnsSettings" not in properties(_BUILT.address)


def test_the_glass_is_there_where_it_is_asked_for() -> None:
    built = edge(has_options=True).application_gateways["eastus2"]
    assert [item["name"] for item in properties(built.gateway)["httpListeners"]] == ["private", "public"]
    assert properties(built.address)["dnsSettings"] == {"domainNameLabel": "agw-textnlp-prod-eus2"}
    priorities = [item["properties"]["priority"] for item in properties(built.gateway)["requestRoutingRules"]]
    assert len(set(priorities)) == 2


@pytest.mark.parametrize(("region", "address"), [("eastus2", "10.0.8.10"), ("centralus", "10.1.8.10")])
def test_it_listens_in_its_own_subnet_and_ends_the_link_in_another(region: str, address: str) -> None:
    built = _EDGE.application_gateways[region]
    frontend = _part("frontendIPConfigurations", "private", built)
    assert frontend["privateIPAddress"] == address
    assert "'private-link'" in frontend["privateLinkConfiguration"]["id"]
    (way,) = _part("privateLinkConfigurations", "private-link", built)["ipConfigurations"]
    assert way["properties"]["privateIPAllocationMethod"] == "Dynamic"
    assert "gateway-private-link" in way["properties"]["subnet"]["id"]
    assert "application-gateway" in frontend["subnet"]["id"]


def test_only_encrypted_calls_for_the_name_of_the_certificate_are_taken() -> None:
    assert [item["properties"]["port"] for item in _TOLD["frontendPorts"]] == [443]
    listener = _part("httpListeners", "private")
    assert (listener["protocol"], listener["hostName"]) == ("Https", "api.textnlp.com")
    assert _TOLD["sslPolicy"] == {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101S"}


def test_the_certificate_is_read_from_the_vault_by_an_identity_that_may() -> None:
    secret = _part("sslCertificates", "ssl-certificate")["keyVaultSecretId"]
    assert "vaultUri" in secret
    assert "secrets/ssl-certificate" in secret
    assert "data" not in _part("sslCertificates", "ssl-certificate")
    (grant,) = of_type(_BUILT.resources, "roleAssignments")
    assert grant in _BUILT.gateway.after
    assert "4633458b-17de-408a-b874-0445c86b69e6" in properties(grant)["roleDefinitionId"]


def test_calls_go_on_to_the_gateway_inside_and_are_waited_for_as_declared() -> None:
    host = _EDGE.gateway.host
    assert _part("backendAddressPools", "gateway") == {"backendAddresses": [{"fqdn": host}]}
    settings = _part("backendHttpSettingsCollection", "gateway")
    assert (settings["protocol"], settings["hostName"]) == ("Https", host)
    assert settings["requestTimeout"] == TOPOLOGY.limits.request_timeout_seconds < 300


def test_answers_are_streamed() -> None:
    assert _TOLD["globalConfiguration"]["enableResponseBuffering"] is False


def test_it_scales_by_itself_over_all_zones_of_production() -> None:
    assert _TOLD["autoscaleConfiguration"] == {"minCapacity": 2, "maxCapacity": 10}
    assert body(_BUILT.gateway)["zones"] == ["1", "2", "3"]
    dev = edge("dev").application_gateways["eastus2"].gateway
    assert properties(dev)["autoscaleConfiguration"] == {"minCapacity": 0, "maxCapacity": 2}
    assert "zones" not in body(dev)


def test_parts_name_parts_that_are_there() -> None:
    for built in (*_EDGE.application_gateways.values(), *edge(has_options=True).application_gateways.values()):
        told = properties(built.gateway)
        named = {word for word in _ids(told) if "applicationGateways/" in word}
        assert named
        for resource_id in named:
            kind, *_, name = resource_id.split("'")[1::2]
            assert name in [item["name"] for item in told[kind.rpartition("/")[2]]], resource_id


def _ids(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [word for item in cast("dict[str, Any]", value).values() for word in _ids(item)]
    if isinstance(value, list):
        return [word for item in cast("list[Any]", value) for word in _ids(item)]
    return [value] if isinstance(value, str) else []
