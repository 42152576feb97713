from tests.infra.estate_parts import faults, parts, properties
from textnlp_infra.components.cluster_access import build_cluster_access

_PARTS = parts()
_ACCESS = build_cluster_access(_PARTS.stamp, _PARTS.foundation.networks, _PARTS.registry)


def test_the_control_plane_may_touch_the_network_its_zone_and_the_identity_of_its_machines() -> None:
    held = {(str(grant.scope.name), grant.scope.type.rpartition("/")[2]) for grant in _ACCESS.grants if grant.scope}
    assert held == {
        ("vnet-textnlp-prod-eus2", "virtualNetworks"),
        ("private.eastus2.azmk8s.io", "privateDnsZones"),
        ("id-textnlp-prod-eus2-kubelet", "userAssignedIdentities"),
        ("crtextnlpprodeus2", "registries"),
    }


def test_a_role_lies_in_the_group_of_what_it_is_on() -> None:
    assert all(grant.scope and grant.group is grant.scope.group for grant in _ACCESS.grants)


def test_every_network_finds_the_api_server_by_name() -> None:
    links = [resource for resource in _ACCESS.resources if resource.parent is _ACCESS.zone]
    assert [link.name for link in links] == ["to-eastus2", "to-centralus"]
    assert all(properties(link)["registrationEnabled"] is False for link in links)


def test_the_published_types_find_nothing() -> None:
    assert faults((*_ACCESS.resources, *_ACCESS.grants)) == []
