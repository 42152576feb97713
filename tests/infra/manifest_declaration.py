"""Whether built manifests say what the topology says; what they are made from is not trusted here."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Any

from tests.infra.manifests import Manifest, Manifests, containers, cpu_millis, memory_mib
from textnlp.process_runtime import ONE_OFFS
from textnlp.topology import services
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.node_pools import NodePool
from textnlp.topology.processes import Probe, Process

_GPU = "nvidia.com/gpu"
_CPU_SHARE, _MEMORY_SHARE = 0.9, 0.75
"""What a machine has left for pods, at least: the cluster keeps up to a tenth of its processors and a quarter of its
memory."""


def own_processes() -> list[Process]:
    """Return the processes that have pods of their own."""
    return [p for p in TOPOLOGY.processes if p.host == services.CLUSTER_SERVICE and p.part_of is None]


def declaration_faults(manifests: Manifests, namespace: str, *, full_size: bool = True) -> Iterator[str]:
    """Yield where the manifests of an environment and the topology differ.

    An environment that is not of full size may have fewer replicas than the topology says, never other queues.
    """
    for process in own_processes():
        kind = "Job" if process.name in ONE_OFFS else "Deployment"
        if not manifests.has(kind, process.name, namespace):
            yield f"{process.name}: there is no {kind} of it in {namespace}"
            continue
        pod = manifests.one(kind, process.name)["spec"]["template"]["spec"]
        yield from _pod_faults(process, pod)
        yield from _resource_faults(process, pod)
        yield from _identity_faults(manifests, process, namespace)
        yield from _edge_faults(manifests, process, namespace)
        yield from _share_faults(manifests, process, pod)
        if process.name not in ONE_OFFS:
            yield from _scaling_faults(manifests, process, full_size=full_size)
    yield from _quota_faults(manifests, namespace)


def capacity_faults(manifests: Manifests, namespace: str, pools: Iterable[NodePool]) -> Iterator[str]:
    """Yield pools whose machines cannot carry the most replicas of all that the namespace may run on them."""
    sizes = {size.name: size for size in TOPOLOGY.machine_sizes}
    wanted = [
        (_most_replicas(manifests, owner), pod) for owner, pod in manifests.with_pods() if _is_in(owner, namespace)
    ]
    for pool in pools:
        size = sizes[pool.machine_size]
        held = [(count, _requests(pod)) for count, pod in wanted if _goes_to(pod, pool)]
        room = (size.cpu_count * 1_000 * _CPU_SHARE, size.memory_gib * 1_024 * _MEMORY_SHARE, size.gpu_count or 1)
        for place, what in enumerate(("cpu", "memory", "gpu")):
            machines = sum(count * asked[place] for count, asked in held) / room[place]
            if machines > pool.max_count:
                yield f"pool {pool.name}: {what} takes {machines:.1f} machines, it has {pool.max_count}"


def connections_at_most(manifests: Manifests) -> int:
    """Return how many connections to the database the most replicas open, those outside the cluster included."""
    inside = sum(
        _most_replicas(manifests, owner) * TOPOLOGY.process(owner["metadata"]["name"]).database_connections
        for owner, _ in manifests.with_pods()
        if owner["metadata"]["name"] in {process.name for process in own_processes()}
    )
    outside = (process for process in TOPOLOGY.processes if process.host != services.CLUSTER_SERVICE)
    return inside + sum(process.max_replicas * process.database_connections for process in outside)


def _is_in(owner: Manifest, namespace: str) -> bool:
    return owner["metadata"]["namespace"] == namespace


def _goes_to(pod: Manifest, pool: NodePool) -> bool:
    return [f"{key}={value}" for key, value in pod["nodeSelector"].items()] == list(pool.labels)


def _most_replicas(manifests: Manifests, owner: Manifest) -> int:
    for kind, field in (("HorizontalPodAutoscaler", "maxReplicas"), ("ScaledObject", "maxReplicaCount")):
        for each in manifests.of(kind):
            if each["spec"]["scaleTargetRef"]["name"] == owner["metadata"]["name"]:
                return each["spec"][field]
    return 1


def _requests(pod: Manifest) -> tuple[int, float, int]:
    asked = [each["resources"]["requests"] for each in containers(pod)]
    return (
        sum(cpu_millis(each["cpu"]) for each in asked),
        sum(memory_mib(each["memory"]) for each in asked),
        sum(int(each.get(_GPU, 0)) for each in asked),
    )


def _pod_faults(process: Process, pod: Manifest) -> Iterator[str]:
    (main,) = pod["containers"]
    if main["args"] != ["serve", process.name]:
        yield f"{process.name}: runs {main['args']}"
    images = [each["image"].rsplit("/", 1)[-1].split(":")[0] for each in (main, *pod.get("initContainers", []))]
    if images != [f"textnlp-{image}" for image in process.images]:
        yield f"{process.name}: runs the images {images}"
    pool = next(pool for pool in TOPOLOGY.node_pools if pool.name == process.pool)
    if [f"{key}={value}" for key, value in pod["nodeSelector"].items()] != list(pool.labels):
        yield f"{process.name}: does not go to pool {pool.name}"
    tolerated = {f"{each['key']}={each['value']}:{each['effect']}" for each in pod.get("tolerations", [])}
    if tolerated != set(pool.taints):
        yield f"{process.name}: tolerates {tolerated}"
    stops = main.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    if pod["terminationGracePeriodSeconds"] < process.drain_seconds + stops:
        yield f"{process.name}: is killed before it has drained"
    if process.port and not stops:
        yield f"{process.name}: stops while calls are still sent to it"
    ports = [port["containerPort"] for port in main.get("ports", [])]
    if ports != [process.port] * bool(process.port):
        yield f"{process.name}: listens at {ports}"
    for name, probe in (("livenessProbe", process.liveness), ("readinessProbe", process.readiness)):
        yield from _probe_faults(process, main, name, probe)
    if process.name not in ONE_OFFS and not {"startupProbe", "livenessProbe"} <= main.keys():
        yield f"{process.name}: nobody asks whether it works"


def _probe_faults(process: Process, main: Manifest, name: str, probe: Probe | None) -> Iterator[str]:
    if probe is None:
        return
    told = main.get(name, {})
    said = (told.get("httpGet", {}).get("path"), told.get("initialDelaySeconds"), told.get("periodSeconds"))
    if said != (probe.path, probe.initial_delay_seconds, probe.period_seconds):
        yield f"{process.name}: {name} is {said}"


def _resource_faults(process: Process, pod: Manifest) -> Iterator[str]:
    size = process.resources
    assert size
    told = [each["resources"] for each in containers(pod)]
    sums = (
        sum(cpu_millis(each["requests"]["cpu"]) for each in told),
        sum(cpu_millis(each["limits"]["cpu"]) for each in told),
        sum(memory_mib(each["requests"]["memory"]) for each in told),
        sum(memory_mib(each["limits"]["memory"]) for each in told),
        sum(int(each["limits"].get(_GPU, 0)) for each in told),
    )
    declared = (size.cpu_millis, size.cpu_limit_millis, size.memory_mib, size.memory_limit_mib, size.gpu_count)
    if sums != declared:
        yield f"{process.name}: takes {sums}, the topology says {declared}"
    if any(each["requests"].get(_GPU) != each["limits"].get(_GPU) for each in told):
        yield f"{process.name}: asks for other devices than it is held to"


def _identity_faults(manifests: Manifests, process: Process, namespace: str) -> Iterator[str]:
    if not manifests.has("ServiceAccount", process.name, namespace):
        yield f"{process.name}: has no account in {namespace}, and its federated credential names that one"
        return
    account = manifests.one("ServiceAccount", process.name)
    client = account["metadata"].get("annotations", {}).get("azure.workload.identity/client-id", "")
    if len(client) != len("00000000-0000-0000-0000-000000000000"):
        yield f"{process.name}: its account has the identity {client!r}"
    kind = "Job" if process.name in ONE_OFFS else "Deployment"
    template = manifests.one(kind, process.name)["spec"]["template"]
    if template["spec"]["serviceAccountName"] != process.name:
        yield f"{process.name}: runs as {template['spec']['serviceAccountName']}"
    if template["metadata"]["labels"].get("azure.workload.identity/use") != "true":
        yield f"{process.name}: gets no token of its identity"


def _share_faults(manifests: Manifests, process: Process, pod: Manifest) -> Iterator[str]:
    """Yield shares that are mounted elsewhere than declared, otherwise, or by whom they are not for."""
    claims = {v["name"]: v["persistentVolumeClaim"] for v in pod["volumes"] if "persistentVolumeClaim" in v}
    mounted = {
        (claims[mount["name"]]["claimName"], mount["mountPath"], mount.get("readOnly", False))
        for container in containers(pod)
        for mount in container["volumeMounts"]
        if mount["name"] in claims
    }
    shares = [share for share in TOPOLOGY.file_shares if process.name in share.read_by]
    if mounted != {(share.name, share.mount_path, True) for share in shares}:
        yield f"{process.name}: mounts the shares {sorted(mounted)}"
    for share in shares:
        volume = manifests.one("PersistentVolume", f"textnlp-{share.name}")["spec"]
        told = volume["csi"]["volumeAttributes"]
        said = (told["shareName"], told["protocol"], volume["capacity"]["storage"])
        if said != (share.name, share.protocol.lower(), f"{share.size_gib}Gi"):
            yield f"share {share.name}: its volume is {said}"


def _edge_faults(manifests: Manifests, process: Process, namespace: str) -> Iterator[str]:
    """Yield what a process reaches besides the services that it uses, and what of these it does not reach."""
    selector = {"matchLabels": {"app.kubernetes.io/name": process.name}}
    policies = [p["spec"] for p in manifests.of("NetworkPolicy", namespace) if p["spec"]["podSelector"] == selector]
    if not policies:
        yield f"{process.name}: no policy lets it out"
        return
    ports = {service.name: service.ports for service in TOPOLOGY.services}
    private = {port for name in process.uses if name != services.IDENTITY for port in ports[name]}
    public = set(ports[services.IDENTITY]) if services.IDENTITY in process.uses else set[int]()
    endpoints = {TOPOLOGY.subnet_cidr("private-endpoints", region=region) for region in TOPOLOGY.regions}
    wanted = {(cidr, port) for cidr in endpoints for port in private} | {("public", port) for port in public}
    reached = {edge for spec in policies for edge in _reached(spec)}
    for cidr, port in sorted(reached ^ wanted):
        verb = "reaches" if (cidr, port) in reached else "cannot reach"
        yield f"{process.name}: {verb} {cidr} port {port}"
    let_in = [rule for spec in policies for rule in spec.get("ingress", [])]
    gateway = {"kubernetes.io/metadata.name": "gateway"}
    for rule in let_in:
        sources = [each.get("namespaceSelector", {}).get("matchLabels") for each in rule.get("from", [])]
        if sources != [gateway] or [each["port"] for each in rule["ports"]] != [process.port]:
            yield f"{process.name}: lets in {rule}"
    if bool(let_in) != bool(process.port):
        yield f"{process.name}: is called by {len(let_in)} rules"


def _reached(spec: Manifest) -> Iterator[tuple[str, int]]:
    for rule in spec.get("egress", []):
        for target in rule["to"]:
            block: dict[str, Any] = target.get("ipBlock", {"cidr": "pods"})
            is_public = block["cidr"] == "0.0.0.0/0" and _leaves_private_out(block.get("except", []))
            for port in rule["ports"]:
                yield ("public" if is_public else block["cidr"]), port["port"]


def _leaves_private_out(excepted: list[str]) -> bool:
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16")
    return all(any(IPv4Network(each).subnet_of(IPv4Network(one)) for one in excepted) for each in private)


def _scaling_faults(manifests: Manifests, process: Process, *, full_size: bool) -> Iterator[str]:
    kind = "ScaledObject" if process.scales_on else "HorizontalPodAutoscaler"
    names = ("minReplicaCount", "maxReplicaCount") if process.scales_on else ("minReplicas", "maxReplicas")
    found = [each for each in manifests.of(kind) if each["metadata"]["name"] == process.name]
    if len(found) != 1:
        yield f"{process.name}: {len(found)} {kind} change its replicas"
        return
    spec = found[0]["spec"]
    least, most = (spec[name] for name in names)
    is_like = (least, most) == (process.min_replicas, process.max_replicas)
    is_smaller = least <= process.min_replicas and most <= process.max_replicas
    if not (is_like if full_size else is_smaller):
        yield f"{process.name}: has {least} to {most} replicas"
    triggers = [(each["metadata"]["queueName"], each["metadata"]["messageCount"]) for each in spec.get("triggers", [])]
    if triggers != [(queue, str(process.messages_per_replica)) for queue in process.scales_on]:
        yield f"{process.name}: grows with {triggers}"


def _quota_faults(manifests: Manifests, namespace: str) -> Iterator[str]:
    quotas = manifests.of("ResourceQuota", namespace)
    if not quotas:
        yield f"namespace {namespace}: has no quota"
        return
    hard = quotas[0]["spec"]["hard"]
    held = [(p.max_replicas, p.resources) for p in own_processes() if p.resources]
    needed = {
        "requests.cpu": sum(count * size.cpu_millis for count, size in held),
        "limits.cpu": sum(count * size.cpu_limit_millis for count, size in held),
        "requests.memory": sum(count * size.memory_mib for count, size in held),
        "limits.memory": sum(count * size.memory_limit_mib for count, size in held),
        f"requests.{_GPU}": sum(count * size.gpu_count for count, size in held),
        "pods": sum(count for count, _ in held),
    }
    read = {"cpu": cpu_millis, "memory": memory_mib}
    for name, least in needed.items():
        there = read.get(name.rsplit(".", 1)[-1], int)(hard[name])
        if there < least:
            yield f"namespace {namespace}: the quota has {there} {name}, its processes may take {least}"
