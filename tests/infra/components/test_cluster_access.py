from tests.infra.estate_parts import faults, parts
from textnlp_infra.components.cluster_access import api_server_zone, build_cluster_grants

_PARTS = parts()
_GRANTS = build_cluster_grants(_PARTS.networks, _PARTS.foundation.identities)


def test_the_control_plane_may_touch_networks_zones_and_the_identity_of_machines_and_no_more() -> None:
    assert [str(grant.scope.name) for grant in _GRANTS if grant.scope] == [
        "id-textnlp-prod-eus2-kubelet",
        "vnet-textnlp-prod-eus2",
        "private.eastus2.azmk8s.io",
        "vnet-textnlp-prod-cus",
        "private.centralus.azmk8s.io",
    ]


def test_a_region_has_the_name_of_its_api_server_in_a_zone_of_its_own() -> None:
    assert [str(api_server_zone(place).name) for place in _PARTS.networks] == [
        "private.eastus2.azmk8s.io",
        "private.centralus.azmk8s.io",
    ]


def test_the_published_types_find_nothing() -> None:
    assert faults(_GRANTS) == []
