from tests.infra.components.edge_parts import edge
from tests.infra.estate_parts import body, of_type, properties

_CACHE = edge().components["gateway-cache"]


def test_it_finds_by_meaning_and_gives_nothing_up() -> None:
    (cluster,) = of_type(_CACHE, "redisEnterprise")
    (database,) = of_type(_CACHE, "databases")
    told = properties(database)
    assert told["modules"] == [{"name": "RediSearch"}]
    assert told["evictionPolicy"] == "NoEviction"
    assert told["clientProtocol"] == "Encrypted"
    assert body(cluster)["sku"] == {"name": "Balanced_B5"}
    assert properties(cluster)["publicNetworkAccess"] == "Disabled"


def test_its_key_is_known_to_resource_manager_alone() -> None:
    (used,) = of_type(_CACHE, "caches")
    connection = properties(used)["connectionString"]
    assert connection.startswith("[concat(reference(")
    assert "listKeys(" in connection
    assert connection.endswith(".primaryKey, ',ssl=True,abortConnect=False')]")
    (database,) = of_type(_CACHE, "databases")
    assert database in list(used.uses())


def test_every_network_has_a_way_to_it() -> None:
    assert len(of_type(_CACHE, "privateEndpoints")) == 2
