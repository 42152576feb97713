"""Azure Machine Learning: a workspace for people and pipelines, clusters that are empty at rest, one endpoint.

The deployments behind the endpoint name versions of a registered model, which exist only after a training: they are
made with the files of the folder `ml/`, and the endpoint's traffic with them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.node_pools import TrainingCluster
from textnlp_infra.arm import Resource, Value
from textnlp_infra.components.identities import system_assigned, user_assigned
from textnlp_infra.components.private_names import PrivateNetwork, private_endpoints
from textnlp_infra.components.working_storage import WorkingStorage, build_working_storage
from textnlp_infra.components.workspace import diagnostics
from textnlp_infra.policies import CLOSED
from textnlp_infra.roles import Role, assign_role

_WORKSPACE = "Microsoft.MachineLearningServices/workspaces"
_DOORS = ("blob", "file", "queue", "table")
ENDPOINT = "textnlp-generate"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLearningConfig:
    """What a workspace has.

    Attributes:
        builds_images_on: the cluster that builds images, as the registry is closed to everybody outside.
    """

    clusters: tuple[TrainingCluster, ...]
    builds_images_on: str
    endpoint: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkspaceParts:
    """What a workspace is made over: where secrets are, what watches it, where its images come from."""

    vault: Resource
    insights: Resource
    registry: Resource


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MachineLearning:
    """The workspace, and the endpoint that answers with a registered model."""

    workspace: Resource
    endpoint: Resource
    resources: tuple[Resource, ...]


def machine_learning_config() -> MachineLearningConfig:
    """Return the clusters of the topology; images are built where there is no GPU."""
    gpus = {size.name: size.gpu_count for size in TOPOLOGY.machine_sizes}
    plain = next(cluster.name for cluster in TOPOLOGY.training_clusters if not gpus[cluster.machine_size])
    return MachineLearningConfig(clusters=TOPOLOGY.training_clusters, builds_images_on=plain, endpoint=ENDPOINT)


def build_machine_learning(
    config: MachineLearningConfig,
    place: PrivateNetwork,
    *,
    parts: WorkspaceParts,
    training: Resource,
    networks: Iterable[PrivateNetwork],
    workspace: Resource,
) -> MachineLearning:
    """Build the workspace in the region that serves; jobs read and write as `training`."""
    doors = tuple(networks)
    storage = build_working_storage("ml", place.stamp, doors=_DOORS, networks=doors, workspace=workspace)
    made = _workspace(config, place, parts, storage)
    clusters = [_cluster(made, cluster, place, training) for cluster in config.clusters]
    endpoint = _inside(
        made,
        "onlineEndpoints",
        config.endpoint,
        {"authMode": "AADToken", "publicNetworkAccess": CLOSED},
        identity=system_assigned(),
        resource_kind="Managed",
    )
    return MachineLearning(
        workspace=made,
        endpoint=endpoint,
        resources=(
            *storage.resources,
            made,
            *clusters,
            endpoint,
            assign_role(Role.BLOB_CONTRIBUTOR, storage.account, to=made),
            assign_role(Role.BLOB_CONTRIBUTOR, storage.account, to=training),
            assign_role(Role.ACR_PULL, parts.registry, to=training),
            diagnostics(made, workspace),
            *private_endpoints(made, ["amlworkspace"], doors),
        ),
    )


def _workspace(
    config: MachineLearningConfig, place: PrivateNetwork, parts: WorkspaceParts, storage: WorkingStorage
) -> Resource:
    return place.stamp.resource(
        _WORKSPACE,
        {
            "friendlyName": "TextNLP",
            "storageAccount": storage.account.id,
            "keyVault": parts.vault.id,
            "applicationInsights": parts.insights.id,
            "containerRegistry": parts.registry.id,
            "publicNetworkAccess": CLOSED,
            "systemDatastoresAuthMode": "Identity",
            "imageBuildCompute": config.builds_images_on,
            "managedNetwork": {"isolationMode": "Disabled"},
            "hbiWorkspace": False,
            "v1LegacyMode": False,
        },
        kind="Default",
        sku={"name": "Basic", "tier": "Basic"},
        identity=system_assigned(),
    )


def _cluster(made: Resource, cluster: TrainingCluster, place: PrivateNetwork, training: Resource) -> Resource:
    machines: dict[str, Value] = {
        "vmSize": cluster.machine_size,
        "vmPriority": "Dedicated",
        "osType": "Linux",
        "enableNodePublicIp": False,
        "remoteLoginPortPublicAccess": "Disabled",
        "subnet": {"id": place.network.subnet_id("machine-learning")},
        "scaleSettings": {
            "minNodeCount": cluster.min_count,
            "maxNodeCount": cluster.max_count,
            "nodeIdleTimeBeforeScaleDown": f"PT{cluster.idle_seconds_before_scale_down}S",
        },
    }
    properties: dict[str, Value] = {
        "computeType": "AmlCompute",
        "computeLocation": place.stamp.region.name,
        "disableLocalAuth": True,
        "properties": machines,
    }
    return _inside(made, "computes", cluster.name, properties, identity=user_assigned(training))


def _inside(
    made: Resource,
    kind: str,
    name: str,
    properties: Mapping[str, Value],
    *,
    identity: Mapping[str, Value],
    resource_kind: str | None = None,
) -> Resource:
    """Return a part of the workspace that has, unlike most children, a place and an identity of its own."""
    return Resource(
        type=f"{made.type}/{kind}",
        name=name,
        group=made.group,
        parent=made,
        location=made.location,
        tags=made.tags,
        identity=identity,
        kind=resource_kind,
        properties=properties,
    )
