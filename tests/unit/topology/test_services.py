from textnlp.topology.services import SERVICES

_BY_NAME = {service.name: service for service in SERVICES}


def test_what_a_laptop_needs_to_run_has_something_there_to_do_it() -> None:
    for name in ("gateway", "models", "blobs", "database", "cache", "messages", "events", "vault", "identity", "logs"):
        assert _BY_NAME[name].on_laptop


def test_tiers_are_those_that_can_still_be_ordered() -> None:
    tiers = {name: service.tier for name, service in _BY_NAME.items()}
    assert tiers["edge"] == "Premium_AzureFrontDoor"
    assert tiers["application-gateway"] == "WAF_v2"
    assert tiers["gateway"] == "Premium"
    assert tiers["messages"] == "Premium"
    assert tiers["cache"].startswith("Balanced_")
    assert tiers["function-app"] == "FC1"


def test_the_gateway_has_a_unit_in_each_of_three_zones() -> None:
    assert _BY_NAME["gateway"].capacity == 3


def test_traffic_manager_stands_in_the_path_only_when_asked_for() -> None:
    assert _BY_NAME["break-glass-routing"].is_optional


def test_every_store_of_data_reaches_the_second_region_in_a_way_its_service_has() -> None:
    replicated = {name: service.replicated_by for name, service in _BY_NAME.items() if service.replicated_by}
    assert set(replicated) == {"blobs", "cache", "cluster", "database", "messages"}
    assert "read replica" in replicated["database"]
    assert "geo-replication" in replicated["cache"]
    assert "RA-GZRS" in replicated["blobs"]
    assert all(_BY_NAME[name].failover for name in replicated)
