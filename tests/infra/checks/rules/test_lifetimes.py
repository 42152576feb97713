from datetime import date
from typing import Any

import pytest

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.checks.graph import Graph
from textnlp_infra.checks.rules.lifetimes import kubernetes_versions, machine_sizes, model_versions
from textnlp_infra.environments import environment
from textnlp_infra.expansion.resource import ExpandedResource

_DAY = date(2026, 11, 27)
_CLUSTER = "Microsoft.ContainerService/managedClusters"
_DEPLOYMENT = "Microsoft.CognitiveServices/accounts/deployments"


def _graph(kind: str, properties: dict[str, Any], *, on: date = _DAY) -> Graph:
    resource = ExpandedResource(
        id="/x",
        type=kind,
        api_version="1",
        name="x",
        body={"properties": properties},
        stack="s",
        unit="u",
        group="g",
        scope=None,
        depends_on=(),
        asked=frozenset(),
    )
    return Graph(resources=(resource,), environment=environment("prod"), on=on)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("1.28", "nobody knows how long Kubernetes 1.28 lasts"),
        ("1.33.5", "Kubernetes 1.33.5 ended on 2026-07-31"),
        ("1.34", "Kubernetes 1.34 ends on 2026-11-30"),
    ],
)
def test_a_kubernetes_version_that_ended_or_soon_will_is_found(version: str, told: str) -> None:
    (finding,) = kubernetes_versions(_graph(_CLUSTER, {"kubernetesVersion": version}))
    assert finding.what == told
    assert f"write {TOPOLOGY.cluster.kubernetes_version}" in finding.advice


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ("Standard_NC6s_v3", "machine size Standard_NC6s_v3 ended on 2025-09-30"),
        ("Standard_NV12s_v3", "machine size Standard_NV12s_v3 ended on 2026-09-30"),
        ("Standard_X1_v9", "nobody knows how long machine size Standard_X1_v9 lasts"),
    ],
)
def test_a_machine_size_that_cannot_be_had_is_found_wherever_it_stands(size: str, told: str) -> None:
    (finding,) = machine_sizes(_graph(_CLUSTER, {"agentPoolProfiles": [{"vmSize": size}]}))
    assert finding.what == told


@pytest.mark.parametrize(
    ("name", "version", "told"),
    [
        ("gpt-35-turbo", "0613", "model gpt-35-turbo 0613 ended on 2025-02-13"),
        ("gpt-4", "turbo-2024-04-09", "model gpt-4 turbo-2024-04-09 ended on 2026-07-07"),
        ("gpt-5.2", "1", "model gpt-5.2 1 ends on 2026-12-12"),
        ("gpt-9", "1", "nobody knows how long model gpt-9 1 lasts"),
    ],
)
def test_a_model_that_is_gone_or_soon_will_be_is_found(name: str, version: str, told: str) -> None:
    (finding,) = model_versions(_graph(_DEPLOYMENT, {"model": {"name": name, "version": version}}))
    assert finding.what == told


def test_what_the_topology_declares_lasts_until_its_notice() -> None:
    declared = TOPOLOGY.model_deployments[0]
    body = {"model": {"name": declared.model, "version": declared.version}}
    assert list(model_versions(_graph(_DEPLOYMENT, body))) == []
    assert list(model_versions(_graph(_DEPLOYMENT, body, on=date(2027, 2, 20))))
    pools = [{"vmSize": pool.machine_size} for pool in TOPOLOGY.node_pools]
    assert list(machine_sizes(_graph(_CLUSTER, {"agentPoolProfiles": pools}))) == []
    cluster = {"kubernetesVersion": TOPOLOGY.cluster.kubernetes_version}
    assert list(kubernetes_versions(_graph(_CLUSTER, cluster))) == []
