"""The optional Ray cluster; its own definition is published by KubeRay, its pods are those of Kubernetes."""

import tomllib
from collections.abc import Callable, Mapping

import pytest

from tests.architecture.source_tree import ROOT
from tests.infra.kubernetes_schemas import is_builtin, pod_template_faults, schema_faults
from tests.infra.manifest_rules import isolation_faults, reference_faults, security_faults
from tests.infra.manifests import Manifest, Manifests, build, cpu_millis, memory_mib
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.node_pools import CPU_POOL


def groups(manifests: Manifests) -> list[Manifest]:
    spec = manifests.one("RayCluster", "textnlp")["spec"]
    return [spec["headGroupSpec"], *spec["workerGroupSpecs"]]


def with_pods(manifests: Manifests) -> Manifests:
    """Return the manifests with what the operator makes of the cluster in place of it, and the priorities it names."""
    made = [
        {
            "kind": "Deployment",
            "metadata": {"name": group.get("groupName", "head"), "namespace": "ray"},
            "spec": {"template": group["template"]},
        }
        for group in groups(manifests)
    ]
    return Manifests((*manifests.all, *made, *build("overlays/prod").of("PriorityClass")))


def faults(manifests: Manifests) -> list[str]:
    whole = with_pods(manifests)
    return [
        *(fault for each in manifests.all if is_builtin(each) for fault in schema_faults(each)),
        *(fault for group in groups(manifests) for fault in pod_template_faults(group["template"])),
        *security_faults(whole),
        *reference_faults(whole),
        *isolation_faults(whole),
    ]


def test_the_cluster_of_ray_is_as_closed_as_the_rest() -> None:
    assert faults(build("ray")) == []


def test_ray_is_of_the_version_that_was_locked() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    (version,) = [each["version"] for each in locked if each["name"] == "ray"]
    assert build("ray").one("RayCluster", "textnlp")["spec"]["rayVersion"] == version


def test_the_quota_holds_the_most_machines_and_each_fits_one_of_the_pool() -> None:
    manifests = build("ray")
    head, workers = groups(manifests)
    hard = manifests.one("ResourceQuota", "ray")["spec"]["hard"]
    pool = next(pool for pool in TOPOLOGY.node_pools if pool.name == CPU_POOL)
    machine = next(size for size in TOPOLOGY.machine_sizes if size.name == pool.machine_size)
    for kind in ("requests", "limits"):
        ours = [group["template"]["spec"]["containers"][0]["resources"][kind] for group in (head, workers)]
        cpus, memories = [cpu_millis(each["cpu"]) for each in ours], [memory_mib(each["memory"]) for each in ours]
        assert cpus[0] + workers["maxReplicas"] * cpus[1] <= cpu_millis(hard[f"{kind}.cpu"])
        assert memories[0] + workers["maxReplicas"] * memories[1] <= memory_mib(hard[f"{kind}.memory"])
        assert max(cpus) < machine.cpu_count * 1_000
        assert max(memories) < machine.memory_gib * 1_024


def _container(manifests: Manifests) -> Manifest:
    return groups(manifests)[1]["template"]["spec"]["containers"][0]


PLANTED: Mapping[str, Callable[[Manifests], object]] = {
    "spec/containers/0: Additional properties": lambda m: _container(m).update(probe={}),
    "machines ray-worker: may write to its image": lambda m: _container(m)["securityContext"].pop(
        "readOnlyRootFilesystem"
    ),
    "machines: there is no volume cache": lambda m: _container(m)["volumeMounts"].append(
        {"name": "cache", "mountPath": "/cache"}
    ),
    "nothing denies what no policy allows": lambda m: m.one("NetworkPolicy", "default-deny")["spec"].update(
        ingress=[{}]
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_mistake_is_found(fault: str) -> None:
    manifests = build("ray")
    PLANTED[fault](manifests)
    found = faults(manifests)
    assert any(fault in each for each in found), found
