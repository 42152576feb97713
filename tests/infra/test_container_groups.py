"""The container groups of one-off jobs, against the type of the resource that they become."""

from typing import Any

from tests.factories.container_groups import container_group
from tests.infra.azure_types import SCHEMAS, TYPED, body_faults
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.checks.published_types import FOLDER

_TYPE = "Microsoft.ContainerInstance/containerGroups"


def body() -> dict[str, Any]:
    """Return the body of the resource; type and version stand in its address."""
    document = container_group().document()
    return {name: value for name, value in document.items() if name not in {"apiVersion", "type"}}


def test_a_group_lies_in_a_subnet_that_is_delegated_to_its_type() -> None:
    document = container_group().document()
    assert document["type"] == _TYPE
    (subnet,) = [each.name for each in TOPOLOGY.subnets if each.delegated_to == _TYPE]
    assert subnet == "container-instances"


@TYPED
def test_a_group_has_the_type_of_its_resource_in_the_version_that_it_names() -> None:
    version = container_group().document()["apiVersion"]
    assert (SCHEMAS / FOLDER / f"{_TYPE.lower().replace('/', '_')}@{version}.json").is_file()
    assert body_faults(_TYPE, body()) == []


@TYPED
def test_planted_faults_are_found() -> None:
    wrong = body()
    wrong["properties"]["restartPolicy"] = "Sometimes"
    wrong["properties"]["containers"][0]["properties"]["resources"]["requests"]["memoryInGb"] = 1
    del wrong["properties"]["containers"][0]["properties"]["resources"]["requests"]["cpu"]
    found = "\n".join(body_faults(_TYPE, wrong))
    for place in ("restartPolicy", "requests.memoryInGb", "requests.cpu"):
        assert place in found
