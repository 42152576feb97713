"""Mistakes at the edge, planted into the templates of production, are found and explained."""

from copy import deepcopy
from datetime import date

import pytest

from tests.infra.checks.planting import Mistake, plant, put
from textnlp_infra.checks.estate_check import expanded, find_faults, templates
from textnlp_infra.checks.finding import Finding
from textnlp_infra.environments import environment

_PROD = environment("prod")
_GATEWAY = "Microsoft.Network/applicationGateways"
_ROUTE = "Microsoft.Cdn/profiles/afdEndpoints/routes"
_ORIGIN = "Microsoft.Cdn/profiles/originGroups/origins"

MISTAKES = [
    Mistake(
        "a policy with an element that API Management does not know",
        "Microsoft.ApiManagement/service/policies",
        "",
        put("properties.value", "<policies><inbound><rate-limit-by-kye/></inbound></policies>"),
        "rate-limit-by-kye",
        "policies.rng",
    ),
    Mistake(
        "a Front Door without private links",
        "Microsoft.Cdn/profiles",
        "",
        put("sku.name", "Standard_AzureFrontDoor"),
        "sku.name is 'Standard_AzureFrontDoor': only this tier has private links",
        "write sku.name: Premium_AzureFrontDoor",
    ),
    Mistake(
        "a firewall that only tells",
        "Microsoft.Network/FrontDoorWebApplicationFirewallPolicies",
        "",
        put("properties.policySettings.mode", "Detection"),
        "mode is 'Detection': attacks would get through",
        "Prevention",
    ),
    Mistake(
        "a gateway's firewall that only tells",
        "Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies",
        "",
        put("properties.policySettings.mode", "Detection"),
        "mode is 'Detection': attacks would get through",
        "Prevention",
    ),
    Mistake(
        "a gateway without a firewall",
        _GATEWAY,
        "eus2",
        put("properties.sku.tier", "Standard_v2"),
        "properties.sku.tier is 'Standard_v2'",
        "WAF_v2",
    ),
    Mistake(
        "old ciphers at the gateway",
        _GATEWAY,
        "cus",
        put("properties.sslPolicy.policyName", "AppGwSslPolicy20150501"),
        "older TLS can be read",
        "AppGwSslPolicy20220101S",
    ),
    Mistake(
        "calls that are handed on in the clear",
        _ROUTE,
        "",
        put("properties.forwardingProtocol", "MatchRequest"),
        "forwardingProtocol is 'MatchRequest'",
        "HttpsOnly",
    ),
    Mistake(
        "calls that come in in the clear",
        _ROUTE,
        "",
        put("properties.supportedProtocols", ["Http", "Https"]),
        "supportedProtocols is ['Http', 'Https']",
        "['Https']",
    ),
    Mistake(
        "an origin that proves nothing",
        _ORIGIN,
        "centralus",
        put("properties.enforceCertificateNameCheck", value=False),
        "enforceCertificateNameCheck is False",
        "true",
    ),
    Mistake(
        "a private link that no gateway declares",
        _GATEWAY,
        "eus2",
        put("properties.privateLinkConfigurations", []),
        "_e41f87a2_agw-textnlp-prod-eus2_private-link, which no template makes",
        "name a resource of the estate",
        where=_ORIGIN,
    ),
    Mistake(
        "an API Management that the Internet reaches",
        "Microsoft.ApiManagement/service",
        "",
        put("properties.virtualNetworkType", "External"),
        "virtualNetworkType is 'External': the Internet would reach it",
        "Internal",
    ),
]


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """What is found when all mistakes are made at once."""
    stacks = deepcopy(templates(_PROD))
    for mistake in MISTAKES:
        plant(stacks, mistake)
    return find_faults(expanded(stacks, _PROD, date(2026, 11, 27)), None)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.says)
def test_a_mistake_is_found_and_explained(mistake: Mistake, findings: list[Finding]) -> None:
    told = [item for item in findings if mistake.what in item.what and (mistake.where or mistake.kind) in item.where]
    assert told, "\n".join(f"{f.where}: {f.what}; {f.advice}" for f in findings)
    assert any(mistake.advice in item.advice for item in told), told


def test_a_key_is_allowed_to_the_one_cache_that_needs_one() -> None:
    stacks = deepcopy(templates(_PROD))
    keyed = "Microsoft.Cache/redisEnterprise/databases"
    for name in ("amr-textnlp-prod-eus2/default", "amr-textnlp-prod-eus2-semantic/default"):
        plant(
            stacks,
            Mistake("a key", keyed, name, put("properties.accessKeysAuthentication", "Enabled"), "", ""),
        )
    found = find_faults(expanded(stacks, _PROD, date(2026, 11, 27)), None)
    assert [item.where.rpartition(" ")[2] for item in found] == ["'amr-textnlp-prod-eus2/default'"]
