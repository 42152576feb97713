"""The parts of a process's manifests that the topology says: what it asks for, how it is asked, how it grows."""

from collections.abc import Iterator
from typing import Any

from textnlp.process_runtime import ALIVE_SUFFIX, ONE_OFFS
from textnlp.topology import services
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.processes import Probe, Process, Resources

Manifest = dict[str, Any]

MODEL_SERVER = "model-server"
"""The container beside a worker that runs the model."""
DATA_FOLDER = "/var/lib/textnlp"
MODELS_FILE = "/etc/textnlp/models.yaml"
SETTINGS = "settings"
"""The config map of what differs between environments."""

LEAVE_SECONDS = 10
"""How long a replica that listens goes on answering after it was told to stop, until nobody sends to it any more."""
BESIDE_MODEL = Resources(cpu_millis=500, cpu_limit_millis=1_000, memory_mib=1_024, memory_limit_mib=2_048)
"""What a worker takes of the resources that it shares with a model server."""
CPU_TARGET_PERCENT = 70
_SCALE_DOWN_SECONDS = 300

_SETTINGS_OF: dict[str, tuple[str, ...]] = {
    services.CACHE: ("REDIS_URL",),
    services.BLOBS: ("TEXTNLP_BLOB_URL",),
    services.MESSAGES: ("TEXTNLP_QUEUE_URL",),
    services.EVENTS: ("TEXTNLP_EVENT_GRID_URL",),
    services.VAULT: ("TEXTNLP_KEY_VAULT_URL",),
    services.IDENTITY: ("TEXTNLP_ISSUER", "TEXTNLP_CLIENT_IDS"),
    services.LOGS: ("APPLICATIONINSIGHTS_CONNECTION_STRING",),
    services.DATABASE: ("DATABASE_HOST", "DATABASE_ROLES"),
}
_VALUES_OF: dict[str, tuple[tuple[str, str], ...]] = {
    services.CACHE: (("TEXTNLP_REDIS_AUTHENTICATION", "entra"),),
    services.DATABASE: (
        ("DATABASE_URL", "postgresql://$(DATABASE_ROLES)-{process}@$(DATABASE_HOST)/textnlp"),
        ("TEXTNLP_DATABASE_AUTHENTICATION", "entra"),
    ),
    services.MODEL_SERVICE: (("TEXTNLP_MODELS", MODELS_FILE), ("TEXTNLP_MODEL", "default")),
}


def cluster_processes() -> Iterator[Process]:
    """Yield the processes that have pods of their own."""
    return (p for p in TOPOLOGY.processes if p.host == services.CLUSTER_SERVICE and p.part_of is None)


def declared(process: Process) -> Manifest:
    """Return the patch that puts the declaration into the pods of a process."""
    is_job = process.name in ONE_OFFS
    pool = next(pool for pool in TOPOLOGY.node_pools if pool.name == process.pool)
    pod: Manifest = {
        "nodeSelector": dict(label.split("=", 1) for label in pool.labels),
        "terminationGracePeriodSeconds": process.drain_seconds + (LEAVE_SECONDS if process.port else 0),
        "containers": [_container(process)],
    }
    if pool.taints:
        pod["tolerations"] = [_toleration(taint) for taint in pool.taints]
    if len(process.images) > 1:
        pod["initContainers"] = [{"name": MODEL_SERVER, "resources": resources(_model_share(process))}]
    return {
        "apiVersion": "batch/v1" if is_job else "apps/v1",
        "kind": "Job" if is_job else "Deployment",
        "metadata": {"name": process.name},
        "spec": {"template": {"spec": pod}},
    }


def scaling(process: Process) -> Manifest:
    """Return what changes the number of replicas: the processor's load, or the messages that wait."""
    if not process.scales_on:
        return _by_load(process)
    triggers = [
        {
            "type": "azure-servicebus",
            "metadata": {
                "queueName": queue,
                "namespace": "replaced",
                "messageCount": str(process.messages_per_replica),
            },
            "authenticationRef": {"name": "scaler"},
        }
        for queue in process.scales_on
    ]
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": process.name},
        "spec": {
            "scaleTargetRef": {"name": process.name},
            "minReplicaCount": process.min_replicas,
            "maxReplicaCount": process.max_replicas,
            "cooldownPeriod": _SCALE_DOWN_SECONDS,
            "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _behaviour()}},
            "triggers": triggers,
        },
    }


def resources(size: Resources) -> Manifest:
    """Return requests and limits of a container."""
    asked: Manifest = {"cpu": f"{size.cpu_millis}m", "memory": f"{size.memory_mib}Mi"}
    most: Manifest = {"cpu": f"{size.cpu_limit_millis}m", "memory": f"{size.memory_limit_mib}Mi"}
    if size.gpu_count:
        asked["nvidia.com/gpu"] = most["nvidia.com/gpu"] = str(size.gpu_count)
    return {"requests": asked, "limits": most}


def _by_load(process: Process) -> Manifest:
    target = {"type": "Utilization", "averageUtilization": CPU_TARGET_PERCENT}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": process.name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": process.name},
            "minReplicas": process.min_replicas,
            "maxReplicas": process.max_replicas,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
            "behavior": _behaviour(),
        },
    }


def _behaviour() -> Manifest:
    return {"scaleDown": {"stabilizationWindowSeconds": _SCALE_DOWN_SECONDS}}


def _toleration(taint: str) -> Manifest:
    pair, _, effect = taint.partition(":")
    key, _, value = pair.partition("=")
    return {"key": key, "operator": "Equal", "value": value, "effect": effect}


def _container(process: Process) -> Manifest:
    own = BESIDE_MODEL if len(process.images) > 1 else _required(process)
    container: Manifest = {
        "name": process.name,
        "args": ["serve", process.name],
        "env": list(_environment(process)),
        "resources": resources(own),
    }
    if process.port:
        container["ports"] = [{"name": "http", "containerPort": process.port}]
        container["lifecycle"] = {"preStop": {"sleep": {"seconds": LEAVE_SECONDS}}}
    if process.liveness and process.readiness:
        first = {"httpGet": {"path": process.liveness.path, "port": "http"}}
        container["startupProbe"] = {**first, "periodSeconds": 2, "failureThreshold": 60, "timeoutSeconds": 5}
        container["livenessProbe"] = _asked(process.liveness)
        container["readinessProbe"] = _asked(process.readiness)
    elif process.name not in ONE_OFFS:
        sign = f"{DATA_FOLDER}/{process.name}{ALIVE_SUFFIX}"
        found = {"exec": {"command": ["test", "-e", sign]}}
        fresh = {"exec": {"command": ["sh", "-c", f"find {sign} -mmin -1 | grep -q ."]}}
        container["startupProbe"] = {**found, "periodSeconds": 2, "failureThreshold": 150, "timeoutSeconds": 5}
        container["livenessProbe"] = {**fresh, "periodSeconds": 30, "failureThreshold": 3, "timeoutSeconds": 5}
    return container


def _asked(probe: Probe) -> Manifest:
    return {
        "httpGet": {"path": probe.path, "port": "http"},
        "initialDelaySeconds": probe.initial_delay_seconds,
        "periodSeconds": probe.period_seconds,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }


def _environment(process: Process) -> Iterator[Manifest]:
    """Yield the settings of the services that a process uses, and of no other."""
    yield {"name": "TEXTNLP_LOG_FORMAT", "value": "json"}
    for service in process.uses:
        for name in _SETTINGS_OF.get(service, ()):
            yield {"name": name, "valueFrom": {"configMapKeyRef": {"name": SETTINGS, "key": name}}}
        for name, value in _VALUES_OF.get(service, ()):
            yield {"name": name, "value": value.replace("{process}", process.name)}


def _required(process: Process) -> Resources:
    if process.resources is None:
        raise ValueError(f"process '{process.name}' has no resources")
    return process.resources


def _model_share(process: Process) -> Resources:
    whole = _required(process)
    return Resources(
        cpu_millis=whole.cpu_millis - BESIDE_MODEL.cpu_millis,
        cpu_limit_millis=whole.cpu_limit_millis - BESIDE_MODEL.cpu_limit_millis,
        memory_mib=whole.memory_mib - BESIDE_MODEL.memory_mib,
        memory_limit_mib=whole.memory_limit_mib - BESIDE_MODEL.memory_limit_mib,
        gpu_count=whole.gpu_count,
    )
