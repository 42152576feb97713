from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.subnet_rules import SUBNET_RULES

_WITHOUT = {"GatewaySubnet", "AzureFirewallSubnet"}
"""Subnets in which Azure takes no group of rules."""


def test_every_subnet_has_rules_where_azure_takes_them() -> None:
    assert set(SUBNET_RULES) == {subnet.name for subnet in TOPOLOGY.subnets} - _WITHOUT


def test_every_subnet_keeps_out_what_it_does_not_name() -> None:
    for subnet, rules in SUBNET_RULES.items():
        inbound = [rule for rule in rules if rule.direction == "Inbound"]
        assert (inbound[-1].access, inbound[-1].source, inbound[-1].ports) == ("Deny", "*", ("*",)), subnet


def test_the_rules_of_a_subnet_have_names_of_their_own() -> None:
    for subnet, rules in SUBNET_RULES.items():
        names = [rule.name for rule in rules]
        assert len(set(names)) == len(names), subnet


def test_nothing_comes_in_on_an_unencrypted_port() -> None:
    for subnet, rules in SUBNET_RULES.items():
        assert not [rule for rule in rules if rule.source == "Internet" and "80" in rule.ports], subnet
