"""The recovery region: where an environment stands ready, and what holds its processes back until it is needed."""

from collections.abc import Iterator

from tools.manifest_workload import Manifest, cluster_processes

from textnlp.process_runtime import ONE_OFFS
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.delivery import Environment
from textnlp.topology.regions import Region

_PAUSED = "autoscaling.keda.sh/paused-replicas"


def recovery_regions(environment: Environment) -> tuple[Region, ...]:
    """Return the regions in which an environment stands ready, the one that serves left out."""
    return TOPOLOGY.regions[1 : environment.region_count]


def recovery_overlay(environment: Environment, region: Region) -> str:
    """Return the name of the overlay by which an environment serves from another region."""
    return f"{environment.name}-{region.name}"


def standby(environment: Environment) -> Iterator[Manifest]:
    """Yield the patches by which no process of an environment runs.

    The database of the recovery region takes no writes until it is promoted: what ran would end, or take messages away
    from those who can work on them. An autoscaler leaves a deployment of no replicas alone; KEDA has to be told.
    """
    for process in cluster_processes():
        metadata = {"name": process.name, "namespace": environment.namespace}
        if process.name in ONE_OFFS:
            for version, kind in (("batch/v1", "Job"), ("networking.k8s.io/v1", "NetworkPolicy")):
                yield {"apiVersion": version, "kind": kind, "metadata": metadata, "$patch": "delete"}
            continue
        yield {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"replicas": 0}}
        if process.scales_on:
            paused = {**metadata, "annotations": {_PAUSED: "0"}}
            yield {"apiVersion": "keda.sh/v1alpha1", "kind": "ScaledObject", "metadata": paused}
