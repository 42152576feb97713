from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import of_type, properties
from textnlp.topology.services import BREAK_GLASS_ROUTING


def test_it_is_left_out_unless_asked_for() -> None:
    assert BREAK_GLASS_ROUTING not in edge().components


def test_everyone_goes_to_front_door_until_somebody_breaks_the_glass() -> None:
    (profile,) = of_type(edge(has_options=True).components[BREAK_GLASS_ROUTING], "trafficmanagerprofiles")
    told = properties(profile)
    assert told["trafficRoutingMethod"] == "Priority"
    endpoints = [(item["name"], item["properties"]["endpointStatus"]) for item in told["endpoints"]]
    assert endpoints == [("front-door", "Enabled"), ("eastus2", "Disabled"), ("centralus", "Disabled")]
    assert [item["properties"]["priority"] for item in told["endpoints"]] == [1, 2, 3]
