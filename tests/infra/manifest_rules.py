"""What must hold between manifests whatever the topology says: references lead somewhere, pods have no privilege."""

from collections.abc import Iterator
from typing import Any

from tests.infra.manifests import Manifest, Manifests, containers, cpu_millis, label, memory_mib

_PRIVILEGED_NAMESPACES = {"gpu-devices"}
_PRIORITIES_BY_CLUSTER = {"system-node-critical"}


def security_faults(manifests: Manifests) -> Iterator[str]:
    """Yield pods that could do more than they must."""
    for owner, pod in manifests.with_pods():
        name = label(owner)
        if pod.get("automountServiceAccountToken") is not False:
            yield f"{name}: mounts a token for the cluster"
        if pod.get("securityContext", {}).get("seccompProfile") != {"type": "RuntimeDefault"}:
            yield f"{name}: may make any system call"
        if owner["metadata"]["namespace"] not in _PRIVILEGED_NAMESPACES:
            if pod["securityContext"].get("runAsNonRoot") is not True:
                yield f"{name}: may run as root"
            yield from (
                f"{name}: mounts {each['name']} of the machine" for each in pod["volumes"] if "hostPath" in each
            )
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.get(key):
                yield f"{name}: has {key}"
        for container in containers(pod):
            yield from _container_faults(f"{name} {container['name']}", container)


def _container_faults(name: str, container: Manifest) -> Iterator[str]:
    context = container.get("securityContext", {})
    if context.get("allowPrivilegeEscalation") is not False:
        yield f"{name}: may gain privileges"
    if context.get("readOnlyRootFilesystem") is not True:
        yield f"{name}: may write to its image"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield f"{name}: keeps capabilities"
    image = container["image"]
    if image.endswith(":latest") or (":" not in image.rsplit("/", 1)[-1] and "@sha256:" not in image):
        yield f"{name}: {image} names no version"
    for kind in ("requests", "limits"):
        if not {"cpu", "memory"} <= container.get("resources", {}).get(kind, {}).keys():
            yield f"{name}: {kind} lack cpu or memory"


def reference_faults(manifests: Manifests) -> Iterator[str]:
    """Yield names that lead nowhere."""
    for owner, pod in manifests.with_pods():
        yield from _pod_references(manifests, owner, pod)
    for each in (*manifests.of("HorizontalPodAutoscaler"), *manifests.of("ScaledObject")):
        target = each["spec"]["scaleTargetRef"]["name"]
        yield from _missing(manifests, each, "Deployment", target)
        for trigger in each["spec"].get("triggers", []):
            yield from _missing(manifests, each, "TriggerAuthentication", trigger["authenticationRef"]["name"])
    for claim in manifests.of("PersistentVolumeClaim"):
        if not manifests.has("PersistentVolume", claim["spec"]["volumeName"], None):
            yield f"{label(claim)}: there is no volume {claim['spec']['volumeName']}"
    for kind in ("PodDisruptionBudget", "NetworkPolicy"):
        for each in manifests.of(kind):
            selector = each["spec"].get("selector") or each["spec"]["podSelector"]
            if selector and not _selected(manifests, each["metadata"]["namespace"], selector["matchLabels"]):
                yield f"{label(each)}: selects no pod"
    yield from _route_faults(manifests)


def _pod_references(manifests: Manifests, owner: Manifest, pod: Manifest) -> Iterator[str]:
    account = pod.get("serviceAccountName")
    if account:
        yield from _missing(manifests, owner, "ServiceAccount", account)
    priority = pod["priorityClassName"]
    if priority not in _PRIORITIES_BY_CLUSTER and not manifests.has("PriorityClass", priority, None):
        yield f"{label(owner)}: there is no priority {priority}"
    for volume in pod["volumes"]:
        yield from _volume_faults(manifests, owner, volume)
    there = {volume["name"] for volume in pod["volumes"]}
    for container in containers(pod):
        mounted = [mount["name"] for mount in container.get("volumeMounts", [])]
        yield from (f"{label(owner)}: there is no volume {name}" for name in mounted if name not in there)
        sources = [each.get("valueFrom", {}).get("configMapKeyRef") for each in container.get("env", [])]
        for source in filter(None, sources):
            yield from _missing_keys(manifests, owner, source["name"], {source["key"]})
        yield from _probe_faults(owner, container)


def _volume_faults(manifests: Manifests, owner: Manifest, volume: Manifest) -> Iterator[str]:
    if "configMap" in volume:
        items = volume["configMap"].get("items", [])
        yield from _missing_keys(manifests, owner, volume["configMap"]["name"], {each["key"] for each in items})
    if "persistentVolumeClaim" in volume:
        yield from _missing(manifests, owner, "PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"])
    if "csi" in volume:
        wanted = volume["csi"]["volumeAttributes"]["secretProviderClass"]
        yield from _missing(manifests, owner, "SecretProviderClass", wanted)


def _probe_faults(owner: Manifest, container: Manifest) -> Iterator[str]:
    names = {port["name"] for port in container.get("ports", [])}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        port = container.get(probe, {}).get("httpGet", {}).get("port")
        if port is not None and port not in names:
            yield f"{label(owner)}: {probe} asks at {port}, which is no port of {container['name']}"


def _route_faults(manifests: Manifests) -> Iterator[str]:
    for route in manifests.of("HTTPRoute"):
        spec, namespace = route["spec"], route["metadata"]["namespace"]
        for parent in spec["parentRefs"]:
            gateways = [
                g for g in manifests.of("Gateway", parent["namespace"]) if g["metadata"]["name"] == parent["name"]
            ]
            listeners = {each["name"]: each for gateway in gateways for each in gateway["spec"]["listeners"]}
            listener = listeners.get(parent["sectionName"])
            if listener is None:
                yield f"{label(route)}: there is no listener {parent['name']}/{parent['sectionName']}"
            elif spec["hostnames"] != [listener["hostname"]]:
                yield f"{label(route)}: {spec['hostnames']} is not where the listener listens"
        for rule in spec["rules"]:
            if sum(each["weight"] for each in rule["backendRefs"]) != 100:
                yield f"{label(route)}: the weights do not make 100"
            for each in rule["backendRefs"]:
                yield from _backend_faults(manifests, route, each, namespace)


def _backend_faults(manifests: Manifests, route: Manifest, backend: Manifest, namespace: str) -> Iterator[str]:
    services = [s for s in manifests.of("Service", namespace) if s["metadata"]["name"] == backend["name"]]
    if not services or backend["port"] not in {port["port"] for port in services[0]["spec"]["ports"]}:
        yield f"{label(route)}: there is no service {backend['name']} with port {backend['port']}"
    elif backend["weight"] and not _selected(manifests, namespace, services[0]["spec"]["selector"]):
        yield f"{label(route)}: {backend['name']} takes calls and has no pods"


def room_faults(manifests: Manifests) -> Iterator[str]:
    """Yield pods that the limits of their namespace keep out, and volumes that only one of them may have."""
    for limits in manifests.of("LimitRange"):
        most = limits["spec"]["limits"][0]["max"]
        for owner, pod in manifests.with_pods():
            if owner["metadata"]["namespace"] != limits["metadata"]["namespace"]:
                continue
            for container in containers(pod):
                asked: dict[str, Any] = container["resources"]["limits"]
                is_large = cpu_millis(asked["cpu"]) > cpu_millis(most["cpu"])
                if is_large or memory_mib(asked["memory"]) > memory_mib(most["memory"]):
                    yield f"{label(owner)} {container['name']}: {asked} is more than the limit range lets in"


def isolation_faults(manifests: Manifests) -> Iterator[str]:
    """Yield namespaces with pods in which everything may be called."""
    kinds = {"Ingress", "Egress"}
    for namespace in sorted({owner["metadata"]["namespace"] for owner, _ in manifests.with_pods()}):
        closed = [
            each
            for each in manifests.of("NetworkPolicy", namespace)
            if not each["spec"]["podSelector"]
            and set(each["spec"]["policyTypes"]) == kinds
            and not each["spec"].keys() & {"ingress", "egress"}
        ]
        if not closed:
            yield f"namespace {namespace}: nothing denies what no policy allows"
        if not manifests.has("Namespace", namespace, None):
            yield f"namespace {namespace}: is not made"


def _selected(manifests: Manifests, namespace: str, wanted: dict[str, str]) -> bool:
    made_elsewhere = not any(key.startswith(("app.kubernetes.io/", "textnlp.io/")) for key in wanted)
    return made_elsewhere or any(
        wanted.items() <= owner["spec"]["template"]["metadata"]["labels"].items()
        for owner, _ in manifests.with_pods()
        if owner["metadata"]["namespace"] == namespace
    )


def _missing(manifests: Manifests, owner: Manifest, kind: str, name: str) -> Iterator[str]:
    if not manifests.has(kind, name, owner["metadata"]["namespace"]):
        yield f"{label(owner)}: there is no {kind} {name} beside it"


def _missing_keys(manifests: Manifests, owner: Manifest, name: str, keys: set[str]) -> Iterator[str]:
    found = [m for m in manifests.of("ConfigMap", owner["metadata"]["namespace"]) if m["metadata"]["name"] == name]
    held = set(found[0]["data"]) if found else set[str]()
    for key in sorted(keys - held):
        yield f"{label(owner)}: {key} is not in the config map {name}"
