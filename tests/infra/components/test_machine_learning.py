import yaml

from tests.architecture.source_tree import ROOT
from tests.infra.estate_parts import body, faults, of_type, parts, properties
from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.components.machine_learning import (
    WorkspaceParts,
    build_machine_learning,
    machine_learning_config,
)

_PARTS = parts()
_FOUNDATION = _PARTS.foundation
_BUILT = build_machine_learning(
    machine_learning_config(),
    _PARTS.place,
    parts=WorkspaceParts(
        vault=_FOUNDATION.vaults["eastus2"].vault,
        insights=_FOUNDATION.insights.components["generation"],
        registry=_FOUNDATION.registry.registry,
    ),
    training=_FOUNDATION.identities.by_name["training"],
    networks=_PARTS.networks,
    workspace=_FOUNDATION.workspace,
)


def test_the_workspace_is_closed_and_reads_its_stores_by_identity() -> None:
    told = properties(_BUILT.workspace)
    assert told["publicNetworkAccess"] == "Disabled"
    assert told["systemDatastoresAuthMode"] == "Identity"
    for part in ("storageAccount", "keyVault", "applicationInsights", "containerRegistry"):
        assert told[part].startswith("[resourceId(")


def test_clusters_are_those_of_the_declaration_and_empty_at_rest() -> None:
    clusters = of_type(_BUILT.resources, "computes")
    assert [cluster.name for cluster in clusters] == [declared.name for declared in TOPOLOGY.training_clusters]
    for cluster, declared in zip(clusters, TOPOLOGY.training_clusters, strict=True):
        told = properties(cluster)["properties"]
        assert told["scaleSettings"]["minNodeCount"] == 0
        assert told["scaleSettings"]["nodeIdleTimeBeforeScaleDown"] == f"PT{declared.idle_seconds_before_scale_down}S"
        assert told["enableNodePublicIp"] is False
        assert told["subnet"]["id"].endswith("'machine-learning')]")
        assert properties(cluster)["disableLocalAuth"] is True


def test_images_are_built_where_there_is_no_gpu() -> None:
    assert properties(_BUILT.workspace)["imageBuildCompute"] == "cpu-batch"


def test_the_endpoint_is_the_one_that_deployments_name_and_leaves_their_traffic_alone() -> None:
    told = yaml.safe_load((ROOT / "ml" / "endpoint.yml").read_text())
    assert _BUILT.endpoint.name == told["name"]
    assert properties(_BUILT.endpoint) == {"authMode": "AADToken", "publicNetworkAccess": "Disabled"}
    assert body(_BUILT.endpoint)["identity"] == {"type": "SystemAssigned"}


def test_the_published_types_find_nothing() -> None:
    assert faults(_BUILT.resources) == []
