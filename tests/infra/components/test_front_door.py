from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import body, faults, of_type, properties
from textnlp.topology.catalog import TOPOLOGY

_EDGE = edge()
_WAY = _EDGE.components["front-door-way"]


def test_only_the_tier_with_private_links_is_built() -> None:
    for name in ("prod", "dev"):
        assert body(edge(name).front_door.profile)["sku"] == {"name": "Premium_AzureFrontDoor"}


def test_an_answer_is_waited_for_as_long_as_front_door_can() -> None:
    seconds = properties(_EDGE.front_door.profile)["originResponseTimeoutSeconds"]
    assert seconds == 240 <= TOPOLOGY.limits.request_timeout_seconds


def test_every_call_is_encrypted_and_leads_to_a_gateway() -> None:
    (route,) = of_type(_WAY, "routes")
    told = properties(route)
    assert told["supportedProtocols"] == ["Https"]
    assert told["forwardingProtocol"] == "HttpsOnly"
    assert told["linkToDefaultDomain"] == "Disabled"
    assert told["patternsToMatch"] == ["/*"]
    assert "cacheConfiguration" not in told


def test_the_first_region_serves_until_it_is_not_well() -> None:
    origins = of_type(_WAY, "origins")
    assert [(item.name, properties(item)["priority"]) for item in origins] == [("eastus2", 1), ("centralus", 2)]
    assert [item.name for item in of_type(edge("dev").components["front-door-way"], "origins")] == ["eastus2"]


def test_an_origin_is_reached_by_private_link_alone_and_must_prove_its_name() -> None:
    for origin in of_type(_WAY, "origins"):
        told = properties(origin)
        region = str(origin.name)
        link = told["sharedPrivateLinkResource"]
        assert link["privateLinkLocation"] == region
        assert "_e41f87a2_agw-textnlp-prod-" in link["privateLink"]["id"]
        assert told["enforceCertificateNameCheck"] is True
        assert told["hostName"] == told["originHostHeader"] == "api.textnlp.com"
        assert _EDGE.application_gateways[region].gateway in list(origin.uses())


def test_a_route_comes_after_its_origins() -> None:
    (route,) = of_type(_WAY, "routes")
    assert set(of_type(_WAY, "origins")) <= set(route.uses())


def test_callers_speak_current_tls_to_a_name_of_their_environment() -> None:
    for name, host in (("prod", "api.textnlp.com"), ("dev", "api.dev.textnlp.com")):
        told = properties(edge(name).front_door.domain)
        assert told["hostName"] == host
        assert told["tlsSettings"] == {"certificateType": "ManagedCertificate", "minimumTlsVersion": "TLS12"}


def test_what_the_public_zone_needs_is_told_after_the_deployment() -> None:
    assert [item.name for item in _EDGE.outputs["front-door"]] == ["frontDoorHost", "domainProof"]


def test_the_published_types_find_nothing() -> None:
    assert faults((*_EDGE.components["front-door"],)) == []
    assert faults(resource for unit in _EDGE.components.values() for resource in unit) == []
