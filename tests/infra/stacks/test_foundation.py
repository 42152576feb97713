from textnlp_infra.environments import environment
from textnlp_infra.stacks.foundation import build_foundation


def test_a_region_has_a_resource_group_and_a_network_of_its_own() -> None:
    stack = build_foundation(environment("prod")).stack
    assert [group.name for group in stack.groups()] == [
        "rg-textnlp-prod-eus2-foundation",
        "rg-textnlp-prod-cus-foundation",
    ]
    assert [unit.name for unit in stack.units if unit.name.startswith("network")] == [
        "network-eastus2",
        "network-centralus",
    ]


def test_an_environment_of_one_region_has_nothing_to_join() -> None:
    names = [unit.name for unit in build_foundation(environment("dev")).stack.units]
    assert "network-eastus2" in names
    assert not [name for name in names if name.startswith("peering") or name.endswith("centralus")]


def test_endpoints_of_a_stack_are_put_into_its_own_groups() -> None:
    foundation = build_foundation(environment("prod"))
    networks = foundation.private_networks(foundation.stamps)
    assert [network.stamp for network in networks] == list(foundation.stamps.values())
