from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import of_type, properties
from textnlp.topology.services import VPN


def test_it_is_left_out_unless_asked_for() -> None:
    assert VPN not in edge().components


def test_two_machines_carry_in_the_subnet_of_their_name() -> None:
    (gateway,) = of_type(edge(has_options=True).components[VPN], "virtualNetworkGateways")
    told = properties(gateway)
    assert told["sku"] == {"name": "VpnGw1AZ", "tier": "VpnGw1AZ"}
    assert told["activeActive"] is True
    assert len(told["ipConfigurations"]) == 2
    assert all("GatewaySubnet" in item["properties"]["subnet"]["id"] for item in told["ipConfigurations"])
