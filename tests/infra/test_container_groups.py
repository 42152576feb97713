"""The container groups of one-off jobs, against the type of the resource that they become."""

from typing import Any

import pytest

from tests.factories.container_groups import container_group
from tests.infra import azure_types
from tests.infra.azure_types import AzureType
from textnlp.topology.catalog import TOPOLOGY

_TYPE = "Microsoft.ContainerInstance/containerGroups"
_TYPED = pytest.mark.skipif(azure_types.types_folder() is None, reason=azure_types.why_not())


def body() -> dict[str, Any]:
    """Return the body of the resource; type and version stand in its address."""
    document = container_group().document()
    return {name: value for name, value in document.items() if name not in {"apiVersion", "type"}}


def test_a_group_lies_in_a_subnet_that_is_delegated_to_its_type() -> None:
    document = container_group().document()
    assert document["type"] == _TYPE
    (subnet,) = [each.name for each in TOPOLOGY.subnets if each.delegated_to == _TYPE]
    assert subnet == "container-instances"


@_TYPED
def test_a_group_has_the_type_of_its_resource_in_the_version_that_it_names() -> None:
    folder = azure_types.types_folder()
    assert folder is not None
    version = container_group().document()["apiVersion"]
    assert (folder / f"{_TYPE.lower().replace('/', '_')}@{version}.json").is_file()
    assert AzureType(_TYPE).faults(body()) == []


@_TYPED
def test_planted_faults_are_found() -> None:
    wrong = body()
    wrong["properties"]["restartPolicy"] = "Sometimes"
    wrong["properties"]["containers"][0]["properties"]["resources"]["requests"]["memoryInGb"] = 1
    del wrong["properties"]["containers"][0]["properties"]["resources"]["requests"]["cpu"]
    found = "\n".join(AzureType(_TYPE).faults(wrong))
    for place in ("restartPolicy", "requests.memoryInGb", "requests.cpu"):
        assert place in found
