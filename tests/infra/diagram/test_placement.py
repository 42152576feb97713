from functools import cache

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.coverage.covered import covered_resources
from textnlp_infra.diagram.placement import PlacedEstate, place


@cache
def _placed() -> PlacedEstate:
    return place(covered_resources())


def test_every_region_has_all_its_subnets() -> None:
    assert set(_placed().regions) == {region.name for region in TOPOLOGY.regions}
    for region in _placed().regions.values():
        assert set(region.subnets) == {subnet.name for subnet in TOPOLOGY.subnets}


def test_a_cluster_is_in_its_subnets_pool_by_pool() -> None:
    inside = _placed().regions["eastus2"].inside
    assert [part.label for part in inside["aks-system"]] == ["Kubernetes: system"]
    assert "Kubernetes: gpu" in [part.label for part in inside["aks-user"]]


def test_a_gateway_of_another_region_is_in_the_subnet_of_that_region() -> None:
    for region in _placed().regions.values():
        assert [part.label for part in region.inside["api-management"]] == ["API Management"]


def test_what_has_a_private_endpoint_is_behind_it_in_every_region() -> None:
    for region in _placed().regions.values():
        assert {"PostgreSQL", "Key Vault", "Service Bus", "Storage"} <= {part.label for part in region.linked}


def test_front_door_is_everywhere() -> None:
    assert "Front Door" in {part.label for part in _placed().everywhere}
