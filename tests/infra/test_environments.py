from dataclasses import replace

import pytest

from textnlp.domain.errors import TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.environments import ENVIRONMENTS, environment


def test_there_is_one_for_each_that_the_topology_declares() -> None:
    assert [known.name for known in ENVIRONMENTS] == [declared.name for declared in TOPOLOGY.environments]
    assert [len(known.regions) for known in ENVIRONMENTS] == [d.region_count for d in TOPOLOGY.environments]


def test_production_is_built_as_declared() -> None:
    sizes = environment("prod").sizes
    assert sizes.database is TOPOLOGY.database_server
    assert sizes.node_pools == TOPOLOGY.node_pools
    assert dict(sizes.storage_redundancy)["primary"] == "Standard_RAGZRS"
    assert (sizes.gateway, sizes.gateway_units) == ("Premium", 3)


def test_development_rests_at_no_machines_but_the_clusters_own() -> None:
    pools = environment("dev").sizes.node_pools
    assert [pool.name for pool in pools] == [pool.name for pool in TOPOLOGY.node_pools]
    assert sum(pool.min_count for pool in pools) == 1


def test_an_unknown_environment_is_refused_with_those_there_are() -> None:
    with pytest.raises(TextNLPError, match="there is no environment 'test'; there are dev, prod"):
        environment("test")


def test_a_suffix_is_one_that_names_can_end_with() -> None:
    assert environment("prod", suffix="x1").suffix == "x1"
    with pytest.raises(TextNLPError, match="at most four"):
        environment("prod", suffix="too-long")


def test_a_host_is_a_name_below_a_domain() -> None:
    assert replace(environment("prod"), host="api.example.com").host == "api.example.com"
    for host in ("example.com", "https://api.example.com", "API.example.com", "api.example.com/"):
        with pytest.raises(TextNLPError, match="is no name"):
            replace(environment("prod"), host=host)


def test_only_services_that_may_be_left_out_are_asked_for() -> None:
    assert environment("prod").optional_services == frozenset()
    assert replace(environment("prod"), optional_services=frozenset({"vpn"})).optional_services == {"vpn"}
    with pytest.raises(TextNLPError, match="'gateway' is no optional service; these are: break-glass-routing, vpn"):
        replace(environment("prod"), optional_services=frozenset({"gateway"}))
