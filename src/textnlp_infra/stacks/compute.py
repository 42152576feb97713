"""The part of the platform that works: clusters, models, functions, workflows, jobs, and what draws their metrics."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textnlp.topology.containers import PRIMARY_ACCOUNT
from textnlp.topology.workloads import FUNCTIONS, TRAINING, WORKFLOW
from textnlp_infra.arm import Resource
from textnlp_infra.components.batch_compute import BatchCompute, batch_config, build_batch_compute
from textnlp_infra.components.cluster import BuiltCluster, build_cluster, cluster_config
from textnlp_infra.components.cluster_access import build_cluster_grants
from textnlp_infra.components.cluster_monitoring import ClusterMonitoring, build_cluster_monitoring
from textnlp_infra.components.database import DATABASE, Database
from textnlp_infra.components.directory import application_identifier
from textnlp_infra.components.events import Events
from textnlp_infra.components.federation import build_federation
from textnlp_infra.components.function_app import FunctionApp, build_function_app, function_app_config
from textnlp_infra.components.grafana import build_grafana
from textnlp_infra.components.identities import BATCH_POOL
from textnlp_infra.components.logic_app import LogicApp, build_logic_app, logic_app_config
from textnlp_infra.components.machine_learning import (
    MachineLearning,
    WorkspaceParts,
    build_machine_learning,
    machine_learning_config,
)
from textnlp_infra.components.messages import Messages
from textnlp_infra.components.models import Models, build_models, models_config
from textnlp_infra.components.private_names import PrivateNetwork
from textnlp_infra.components.service_addresses import ServiceAddresses
from textnlp_infra.components.storage import Storage
from textnlp_infra.policies import GATEWAY_ZONE
from textnlp_infra.stacks.foundation import Foundation


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlatformData:
    """What keeps the platform's data and carries its messages."""

    storage: Storage
    database: Database
    messages: Messages
    events: Events


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compute:
    """What works on the data.

    Attributes:
        clusters, models: by region.
        addresses: where processes find the platform's services.
        components: the resources by component.
    """

    clusters: Mapping[str, BuiltCluster]
    models: Mapping[str, Models]
    function_app: FunctionApp
    logic_app: LogicApp
    batch: BatchCompute
    machine_learning: MachineLearning
    addresses: ServiceAddresses
    components: Mapping[str, tuple[Resource, ...]]


def build_compute(foundation: Foundation, networks: tuple[PrivateNetwork, ...], data: PlatformData) -> Compute:
    """Build clusters and models in every region, and the rest in the one that serves."""
    workspace, identities = foundation.workspace, foundation.identities
    place = networks[0]
    models = {
        near.stamp.region.name: build_models(
            models_config(foundation.environment), near.stamp, networks=networks, workspace=workspace
        )
        for near in networks
    }
    clusters, around_clusters = _clusters(foundation, networks)
    addresses = _addresses(foundation, place, data, models)
    function_app = build_function_app(
        function_app_config(),
        place,
        identity=identities.by_name[FUNCTIONS],
        addresses=addresses,
        networks=networks,
        workspace=workspace,
    )
    logic_app = build_logic_app(
        logic_app_config(),
        place,
        identity=identities.by_name[WORKFLOW],
        addresses=addresses,
        networks=networks,
        workspace=workspace,
    )
    batch = _batch(foundation, place, networks)
    machine_learning = _machine_learning(foundation, place, networks)
    return Compute(
        clusters=clusters,
        models=models,
        function_app=function_app,
        logic_app=logic_app,
        batch=batch,
        machine_learning=machine_learning,
        addresses=addresses,
        components={
            "models": _all(model.resources for model in models.values()),
            **around_clusters,
            "functions": function_app.resources,
            "workflows": logic_app.resources,
            "batch": batch.resources,
            "machine-learning": machine_learning.resources,
        },
    )


def _clusters(
    foundation: Foundation, networks: tuple[PrivateNetwork, ...]
) -> tuple[dict[str, BuiltCluster], dict[str, tuple[Resource, ...]]]:
    identities, environment = foundation.identities, foundation.environment
    grants = build_cluster_grants(networks, identities)
    clusters: dict[str, BuiltCluster] = {}
    monitoring: list[ClusterMonitoring] = []
    credentials: dict[str, tuple[Resource, ...]] = {}
    for place in networks:
        region = place.stamp.region.name
        built = build_cluster(
            cluster_config(environment), place, identities=identities, grants=grants, workspace=foundation.workspace
        )
        clusters[region] = built
        monitoring.append(
            build_cluster_monitoring(
                place.stamp,
                cluster=built.cluster,
                insights=foundation.insights,
                networks=networks,
                workspace=foundation.workspace,
            )
        )
        credentials[f"federation-{region}"] = build_federation(
            identities, built.cluster, environment.namespace, after=_all(credentials.values())
        )
    grafana = build_grafana(
        networks[0].stamp,
        metrics=[told.metrics for told in monitoring],
        networks=networks,
        workspace=foundation.workspace,
    )
    return clusters, {
        "cluster-grants": grants,
        "cluster": _all(built.resources for built in clusters.values()),
        "cluster-monitoring": _all(told.resources for told in monitoring),
        **credentials,
        "grafana": grafana.resources,
    }


def _addresses(
    foundation: Foundation, place: PrivateNetwork, data: PlatformData, models: Mapping[str, Models]
) -> ServiceAddresses:
    region = place.stamp.region.name
    return ServiceAddresses(
        database=data.database.host,
        database_name=DATABASE,
        messages=data.messages.namespace,
        events=data.events.topic,
        blobs=data.storage.accounts[PRIMARY_ACCOUNT],
        vault=foundation.vaults[region].vault,
        models=models[region],
        gateway_host=f"{place.stamp.name('Microsoft.ApiManagement/service')}.{GATEWAY_ZONE}",
        audience=application_identifier(foundation.environment),
        watched_by=foundation.insights.components["api"],
    )


def _batch(foundation: Foundation, place: PrivateNetwork, networks: tuple[PrivateNetwork, ...]) -> BatchCompute:
    return build_batch_compute(
        batch_config(foundation.environment),
        place,
        identity=foundation.identities.by_name[BATCH_POOL],
        registry=foundation.registry.registry,
        networks=networks,
        workspace=foundation.workspace,
    )


def _machine_learning(
    foundation: Foundation, place: PrivateNetwork, networks: tuple[PrivateNetwork, ...]
) -> MachineLearning:
    parts = WorkspaceParts(
        vault=foundation.vaults[place.stamp.region.name].vault,
        insights=foundation.insights.components["generation"],
        registry=foundation.registry.registry,
    )
    return build_machine_learning(
        machine_learning_config(),
        place,
        parts=parts,
        training=foundation.identities.by_name[TRAINING],
        networks=networks,
        workspace=foundation.workspace,
    )


def _all(parts: Iterable[tuple[Resource, ...]]) -> tuple[Resource, ...]:
    return tuple(resource for part in parts for resource in part)
