"""The network policies of the cluster: everything is forbidden but the edges that the topology declares."""

from collections.abc import Iterable
from typing import Any

from tools.manifest_workload import Manifest, cluster_processes

from textnlp.topology import services
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.processes import Process

NAME_LABEL = "app.kubernetes.io/name"
PART_LABEL = "app.kubernetes.io/part-of"
PLATFORM = "textnlp"
GATEWAY_NAMESPACE = "gateway"
GATEWAY_PODS = {"gateway.networking.k8s.io/gateway-name": PLATFORM}
GATEWAY_PORT = 443

_PUBLIC = {services.IDENTITY}
"""What is called at public addresses; all else has a private endpoint."""
_NOT_PUBLIC = ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"]
_CONTROL_NAMESPACE, _CONTROL_PORT = "aks-istio-system", 15_012
"""Where the gateway's own control plane is, and listens."""


def ground_policies() -> list[Manifest]:
    """Return what holds for every pod of a namespace: nothing goes in or out, but questions for addresses of names."""
    names = {"kubernetes.io/metadata.name": "kube-system"}
    server = {"namespaceSelector": {"matchLabels": names}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
    asked = {"to": [server], "ports": [{"protocol": kind, "port": 53} for kind in ("UDP", "TCP")]}
    return [
        _policy("default-deny", {}, ["Ingress", "Egress"]),
        _policy("name-server", {}, ["Egress"], egress=[asked]),
    ]


def process_policy(process: Process) -> Manifest:
    """Return the edges of one process: the services that it uses, and the gateway's pods where it listens."""
    egress: list[Manifest] = []
    inside = [name for name in process.uses if name not in _PUBLIC]
    outside = [name for name in process.uses if name in _PUBLIC]
    if inside:
        egress.append({"to": _subnets("private-endpoints"), "ports": _ports(inside)})
    if outside:
        public = {"ipBlock": {"cidr": "0.0.0.0/0", "except": _NOT_PUBLIC}}
        egress.append({"to": [public], "ports": _ports(outside)})
    more: Manifest = {"egress": egress}
    if process.port:
        source = _pods(GATEWAY_NAMESPACE, GATEWAY_PODS)
        more["ingress"] = [{"from": [source], "ports": [{"protocol": "TCP", "port": process.port}]}]
    policy = _policy(process.name, {NAME_LABEL: process.name}, ["Ingress", "Egress"], **more)
    policy["metadata"]["annotations"] = {"textnlp.io/reaches": ", ".join(sorted(process.uses))}
    return policy


def gateway_policy() -> Manifest:
    """Return the edges of the gateway's pods: API Management in; the listening processes and the control plane out."""
    listening = [process for process in cluster_processes() if process.port]
    return _policy(
        PLATFORM,
        GATEWAY_PODS,
        ["Ingress", "Egress"],
        ingress=[{"from": _subnets("api-management"), "ports": [{"protocol": "TCP", "port": GATEWAY_PORT}]}],
        egress=[
            *(
                {
                    "to": [
                        {
                            "namespaceSelector": {"matchLabels": {PART_LABEL: PLATFORM}},
                            "podSelector": {"matchLabels": {NAME_LABEL: process.name}},
                        }
                    ],
                    "ports": [{"protocol": "TCP", "port": process.port}],
                }
                for process in listening
            ),
            {
                "to": [_pods(_CONTROL_NAMESPACE, {"app": "istiod"})],
                "ports": [{"protocol": "TCP", "port": _CONTROL_PORT}],
            },
        ],
    )


def _policy(name: str, labels: dict[str, str], kinds: list[str], **rules: Any) -> Manifest:
    selector = {"matchLabels": labels} if labels else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": selector, "policyTypes": kinds, **rules},
    }


def _pods(namespace: str, labels: dict[str, str]) -> Manifest:
    return {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
        "podSelector": {"matchLabels": labels},
    }


def _subnets(name: str) -> list[Manifest]:
    return [{"ipBlock": {"cidr": TOPOLOGY.subnet_cidr(name, region=region)}} for region in TOPOLOGY.regions]


def _ports(names: Iterable[str]) -> list[Manifest]:
    ports = {service.name: service.ports for service in TOPOLOGY.services}
    numbers = sorted({port for name in names for port in ports[name]})
    return [{"protocol": "TCP", "port": number} for number in numbers]
