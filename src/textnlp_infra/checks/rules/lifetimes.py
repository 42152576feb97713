"""What has ended or soon will: Kubernetes versions, machine sizes, models.

What the topology declares has its end there; `lifetimes.json` knows what it does not declare.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from textnlp.topology.catalog import TOPOLOGY
from textnlp_infra.checks.finding import Finding
from textnlp_infra.checks.graph import Graph, found
from textnlp_infra.expansion.resource import ExpandedResource
from textnlp_infra.expansion.values import RuntimeValue

_FILE = Path(__file__).parents[2] / "lifetimes.json"
_CLUSTER = "Microsoft.ContainerService/managedClusters"
_DEPLOYMENT = "Microsoft.CognitiveServices/accounts/deployments"
_SIZE_KEYS = frozenset({"vmsize", "instancetype"})
_SIZE = re.compile(r"Standard_[A-Z]+\d+\w*")


def kubernetes_versions(graph: Graph) -> Iterator[Finding]:
    """Yield clusters whose version is supported no more, or soon will not be."""
    declared = TOPOLOGY.cluster
    known = {**_ends("kubernetes"), declared.kubernetes_version: declared.supported_until}
    for cluster in graph.of_type(_CLUSTER):
        version = str(cluster.properties.get("kubernetesVersion"))
        minor = ".".join(version.split(".")[:2])
        yield from _judged(graph, cluster, f"Kubernetes {version}", known.get(minor, ...), declared.kubernetes_version)


def machine_sizes(graph: Graph) -> Iterator[Finding]:
    """Yield machines of a size that cannot be had, or soon not any more."""
    declared = {size.name: size.retires_on for size in TOPOLOGY.machine_sizes}
    families = _ends("machine_families")
    for resource in graph.resources:
        for size in sorted(set(_sizes(resource.body))):
            family = (end for pattern, end in families.items() if re.fullmatch(pattern, size))
            end = declared[size] if size in declared else next(family, ...)
            yield from _judged(graph, resource, f"machine size {size}", end, " or ".join(sorted(declared)))


def model_versions(graph: Graph) -> Iterator[Finding]:
    """Yield deployments of a model that is gone, or soon will be."""
    declared = {(version.name, version.version): version.retires_on for version in TOPOLOGY.model_versions}
    offered = ", ".join(sorted({name for name, _ in declared}))
    retired = _ends("models")
    for deployment in graph.of_type(_DEPLOYMENT):
        name, version = str(deployment.get("properties.model.name")), str(deployment.get("properties.model.version"))
        end = declared[name, version] if (name, version) in declared else retired.get(name, ...)
        yield from _judged(graph, deployment, f"model {name} {version}", end, f"a version of {offered}")


def _judged(graph: Graph, resource: ExpandedResource, what: str, end: Any, instead: str) -> Iterator[Finding]:
    """Yield a finding for what ended, ends within the notice, or has an end that nobody knows (`...`)."""
    if end is ...:
        yield found(resource, f"nobody knows how long {what} lasts", f"write {instead}, or its end into lifetimes.json")
    elif end is not None and end - timedelta(days=TOPOLOGY.retirement_notice_days) <= graph.on:
        told = "ended" if end <= graph.on else "ends"
        yield found(resource, f"{what} {told} on {end.isoformat()}", f"write {instead}")


def _sizes(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, Any]", value).items():
            is_size = key.lower() in _SIZE_KEYS and isinstance(item, str) and not isinstance(item, RuntimeValue)
            if is_size and _SIZE.match(item):
                yield item
            yield from _sizes(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _sizes(item)


@cache
def _ends(kind: str) -> Mapping[str, date | None]:
    read = json.loads(_FILE.read_text(encoding="utf-8"))[kind]
    return {name: date.fromisoformat(end) if end else None for name, end in read.items()}
