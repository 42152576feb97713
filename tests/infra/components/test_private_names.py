from typing import Any, cast

import pytest

from textnlp_infra.arm import Resource
from textnlp_infra.components.private_names import private_endpoint
from textnlp_infra.environments import environment
from textnlp_infra.policies import private_zones
from textnlp_infra.stacks.foundation import build_foundation

_FOUNDATION = build_foundation(environment("prod"))
_STAMP = _FOUNDATION.stamps["eastus2"]
_VAULT = _STAMP.resource("Microsoft.KeyVault/vaults")


def _endpoint(target: Resource, group: str) -> tuple[Resource, ...]:
    return private_endpoint(target, group, _STAMP, network=_FOUNDATION.networks["eastus2"], names=_FOUNDATION.names)


def test_every_zone_is_known_in_every_network() -> None:
    links = [item for item in _FOUNDATION.names.resources if item.type.endswith("/virtualNetworkLinks")]
    linked = {(link.parent.name, link.name) for link in links if link.parent}
    assert linked == {(zone, f"to-{region}") for zone in private_zones() for region in _FOUNDATION.networks}


def test_an_endpoint_leads_to_its_service_and_has_entries_in_its_zones() -> None:
    endpoint, entries = _endpoint(_VAULT, "vault")
    used = list(endpoint.uses())
    assert _VAULT in used
    assert _FOUNDATION.networks["eastus2"].vnet in used
    assert _FOUNDATION.names.zones["privatelink.vaultcore.azure.net"] in list(entries.uses())


def test_one_part_may_have_several_zones() -> None:
    account = _STAMP.resource("Microsoft.CognitiveServices/accounts")
    _, entries = _endpoint(account, "account")
    assert len(cast("Any", entries.properties)["privateDnsZoneConfigs"]) == 3


def test_a_part_that_the_service_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Microsoft.KeyVault/vaults has no part 'blob'"):
        _endpoint(_VAULT, "blob")
