from tests.infra.estate_parts import body, faults, of_type, parts, properties
from textnlp_infra.components.working_storage import WorkingStorage, build_working_storage


def _built(name: str = "prod", container: str = "code") -> WorkingStorage:
    made = parts(name)
    return build_working_storage(
        "func",
        made.stamp,
        doors=("blob", "queue"),
        networks=made.networks,
        workspace=made.foundation.workspace,
        container=container,
    )


def test_no_key_opens_it_and_nothing_from_outside_reaches_it() -> None:
    told = properties(_built().account)
    assert told["allowSharedKeyAccess"] is told["allowBlobPublicAccess"] is False
    assert told["publicNetworkAccess"] == "Disabled"
    assert told["networkAcls"]["defaultAction"] == "Deny"


def test_every_network_has_a_way_to_the_doors_that_are_used() -> None:
    endpoints = [str(item.name).rpartition("-")[2] for item in of_type(_built().resources, "privateEndpoints")]
    assert endpoints == ["blob", "blob", "queue", "queue"]


def test_a_container_is_there_only_where_it_is_asked_for() -> None:
    container = _built().container
    assert container
    assert (container.name, properties(container)) == ("code", {"publicAccess": "None"})
    assert not of_type(_built(container="").resources, "/containers")


def test_it_is_copied_between_zones_where_the_environment_is() -> None:
    assert body(_built().account)["sku"] == {"name": "Standard_ZRS"}
    assert body(_built("dev").account)["sku"] == {"name": "Standard_LRS"}


def test_the_published_types_find_nothing() -> None:
    assert faults(_built().resources) == []
