"""What the pods of an environment stand on: namespace, quota, the models that are asked, and the share of a canary."""

from collections.abc import Iterator
from typing import Any

from tools.manifest_network import PART_LABEL, PLATFORM
from tools.manifest_workload import Manifest, cluster_processes

from textnlp.process_runtime import ONE_OFFS
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.delivery import Environment
from textnlp.topology.file_shares import FileShare
from textnlp.topology.models import GPT_MINI
from textnlp.topology.processes import Process, Resources

MODEL_SERVER_URL = "http://127.0.0.1:8001/v1"
"""Where a worker finds the model server of its own pod."""
DEFAULT_ALIAS = "default"
CANARY_OF = "api"
"""The process of which a new version first takes a share of the calls."""

_SERVED_MODEL = "vllm"
_BATCH_SKU = "Batch"
_SURGE_PERCENT = 25
"""Replicas that a roll-out adds, of those that share no device."""
_POD_SECURITY = "pod-security.kubernetes.io"


def namespace(environment: Environment) -> Manifest:
    """Return the namespace of an environment's processes, in which only pods without any privilege are let in."""
    version = f"v{TOPOLOGY.cluster.kubernetes_version}"
    security = {f"{_POD_SECURITY}/{mode}": "restricted" for mode in ("enforce", "audit", "warn")}
    versions = {f"{_POD_SECURITY}/{mode}-version": version for mode in ("enforce", "audit", "warn")}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": environment.namespace,
            "labels": {
                PART_LABEL: PLATFORM,
                "textnlp.io/applied": "first",
                "textnlp.io/environment": environment.name,
                **security,
                **versions,
            },
        },
    }


def quota() -> Manifest:
    """Return a quota that lets every process have its most replicas, with those of a roll-out and of a canary."""
    held = list(_most_replicas())
    gpus = sum(count * size.gpu_count for count, size in held)
    hard = {
        "pods": str(sum(count for count, _ in held)),
        "requests.cpu": f"{sum(count * size.cpu_millis for count, size in held)}m",
        "limits.cpu": f"{sum(count * size.cpu_limit_millis for count, size in held)}m",
        "requests.memory": f"{sum(count * size.memory_mib for count, size in held)}Mi",
        "limits.memory": f"{sum(count * size.memory_limit_mib for count, size in held)}Mi",
        "requests.nvidia.com/gpu": str(gpus),
        "persistentvolumeclaims": str(len(TOPOLOGY.file_shares)),
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    }
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": PLATFORM}, "spec": {"hard": hard}}


def volumes(share: FileShare) -> list[Manifest]:
    """Return the volume of a share, and the claim by which pods mount it; the account is known once it is there.

    NFS has no key: the network says who may mount it. What goes over it is encrypted.
    """
    name, size = f"{PLATFORM}-{share.name}", f"{share.size_gib}Gi"
    attributes = {
        "protocol": share.protocol.lower(),
        "encryptInTransit": "true",
        "resourceGroup": "replaced",
        "storageAccount": "replaced",
        "shareName": share.name,
    }
    common: Manifest = {"accessModes": ["ReadOnlyMany"], "storageClassName": ""}
    volume = {
        "capacity": {"storage": size},
        **common,
        "persistentVolumeReclaimPolicy": "Retain",
        "mountOptions": ["nconnect=4", "noresvport", "actimeo=30"],
        "csi": {
            "driver": "file.csi.azure.com",
            "readOnly": True,
            "volumeHandle": name,
            "volumeAttributes": attributes,
        },
    }
    claim = {**common, "volumeName": name, "resources": {"requests": {"storage": size}}}
    return [
        {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": volume},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": share.name}, "spec": claim},
    ]


def models_file(host: str, *, has_model_server: bool) -> dict[str, Any]:
    """Return the models file of processes that ask Azure OpenAI at `host`, and a model server beside them or not."""
    deployments: dict[str, Any] = {
        each.name: {
            "base_url": f"https://{host}/openai/v1",
            "model": each.name,
            "authentication": "entra",
            "direct": True,
            **({"batches": "azure"} if each.sku.endswith(_BATCH_SKU) else {}),
        }
        for each in TOPOLOGY.model_deployments
    }
    alias: dict[str, Any] = {"deployments": [{"name": GPT_MINI}]}
    if has_model_server:
        deployments[_SERVED_MODEL] = {"base_url": MODEL_SERVER_URL, "model": DEFAULT_ALIAS, "server": "vllm"}
        alias = {"deployments": [{"name": _SERVED_MODEL}], "fallback": [GPT_MINI]}
    return {"deployments": deployments, "models": {DEFAULT_ALIAS: alias}}


def canary_weights(percentage: int) -> Manifest:
    """Return the patch that gives a canary its share of the calls."""
    port = TOPOLOGY.process(CANARY_OF).port
    shares = ((CANARY_OF, 100 - percentage), (f"{CANARY_OF}-canary", percentage))
    backends = [{"name": name, "port": port, "weight": weight} for name, weight in shares]
    return {"op": "replace", "path": "/spec/rules/0/backendRefs", "value": backends}


def _most_replicas() -> Iterator[tuple[int, Resources]]:
    for process in cluster_processes():
        if process.resources:
            versions = 2 if process.name == CANARY_OF else 1
            yield versions * _with_surge(process), process.resources


def _with_surge(process: Process) -> int:
    if process.name in ONE_OFFS or (process.resources and process.resources.gpu_count):
        return process.max_replicas
    return process.max_replicas + -(-process.max_replicas * _SURGE_PERCENT // 100)
