from typing import Any, cast

import pytest

from textnlp_infra.arm import Resource
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.environments import environment
from textnlp_infra.policies import private_zones
from textnlp_infra.stacks.foundation import build_foundation

_FOUNDATION = build_foundation(environment("prod"))
_NETWORKS = _FOUNDATION.private_networks(_FOUNDATION.stamps)
_STAMP = _FOUNDATION.stamps["eastus2"]
_VAULT = _STAMP.resource("Microsoft.KeyVault/vaults")


def _endpoints(target: Resource, group: str, *networks: PrivateNetwork) -> tuple[Resource, ...]:
    return private_endpoints(target, [group], networks)


@pytest.mark.parametrize("network", _NETWORKS, ids=lambda network: network.stamp.region.name)
def test_every_region_has_every_zone_linked_to_its_own_network(network: PrivateNetwork) -> None:
    units = [unit for unit in _FOUNDATION.stack.units if unit.name == f"private-names-{network.stamp.region.name}"]
    links = [item for item in units[0].resources if item.type.endswith("/virtualNetworkLinks")]
    assert {str(link.parent.name) for link in links if link.parent} == set(private_zones())
    assert all(network.network.vnet in list(link.uses()) for link in links)


def test_an_endpoint_leads_to_its_service_and_has_entries_in_its_zones() -> None:
    endpoint, entries = _endpoints(_VAULT, "vault", _NETWORKS[0])
    used = list(endpoint.uses())
    assert _VAULT in used
    assert _NETWORKS[0].network.vnet in used
    assert _NETWORKS[0].zones["privatelink.vaultcore.azure.net"] in list(entries.uses())


def test_each_network_gets_an_endpoint_of_its_own() -> None:
    made = _endpoints(_VAULT, "vault", *_NETWORKS)
    assert [item.location for item in made if item.location] == ["eastus2", "centralus"]


def test_one_part_may_have_several_zones() -> None:
    account = _STAMP.resource("Microsoft.CognitiveServices/accounts")
    _, entries = _endpoints(account, "account", _NETWORKS[0])
    assert len(cast("Any", entries.properties)["privateDnsZoneConfigs"]) == 3


def test_a_part_that_the_service_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Microsoft.KeyVault/vaults has no part 'blob'"):
        _endpoints(_VAULT, "blob", _NETWORKS[0])
