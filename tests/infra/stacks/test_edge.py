from tests.infra.components.edge_parts import edge


def test_a_component_is_built_for_each_step_of_a_call() -> None:
    assert set(edge().components) >= {
        "front-door",
        "front-door-way",
        "application-gateway",
        "gateway",
        "gateway-apis",
        "gateway-backends",
        "cluster-host",
    }
    assert set(edge().components) == set(edge("dev").components)


def test_there_is_a_gateway_in_every_region() -> None:
    assert list(edge().application_gateways) == ["eastus2", "centralus"]
    assert list(edge("dev").application_gateways) == ["eastus2"]


def test_what_may_be_left_out_is_added_and_changes_nothing_else() -> None:
    added = set(edge(has_options=True).components) - set(edge().components)
    assert added == {"break-glass-routing", "vpn"}
