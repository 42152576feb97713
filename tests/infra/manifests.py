"""Manifests as the command line of Kubernetes builds them from k8s/."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.architecture.source_tree import ROOT

FOLDER = ROOT / "k8s"
_KUBECTL = Path(sys.executable).with_name("kubectl")
_WITH_PODS = ("Deployment", "DaemonSet", "Job")
_UNITS = {"Ki": 1 / 1_024, "Mi": 1, "Gi": 1_024}

Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Manifests:
    """What would be sent to a cluster."""

    all: tuple[Manifest, ...]

    def of(self, kind: str, namespace: str | None = None) -> list[Manifest]:
        """Return those of a kind, in one namespace or everywhere."""
        return [
            each for each in self.all if each["kind"] == kind and namespace in {None, each["metadata"].get("namespace")}
        ]

    def one(self, kind: str, name: str) -> Manifest:
        """Return the only one of a kind and name."""
        (found,) = [each for each in self.of(kind) if each["metadata"]["name"] == name]
        return found

    def has(self, kind: str, name: str, namespace: str | None) -> bool:
        """Whether there is one of this kind and name; `namespace` is None for what lies in none."""
        return any(
            each["metadata"]["name"] == name and each["metadata"].get("namespace") == namespace
            for each in self.of(kind)
        )

    def with_pods(self) -> Iterator[tuple[Manifest, Manifest]]:
        """Yield everything that makes pods, each with their specification."""
        for kind in _WITH_PODS:
            for each in self.of(kind):
                yield each, each["spec"]["template"]["spec"]


def containers(pod: Manifest) -> list[Manifest]:
    """Return all containers of a pod, the ones that begin first in front."""
    return [*pod.get("initContainers", []), *pod["containers"]]


def label(manifest: Manifest) -> str:
    """Name a manifest as a fault speaks of it."""
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def cpu_millis(quantity: str) -> int:
    """Return thousandths of a processor."""
    return int(quantity.removesuffix("m")) if quantity.endswith("m") else int(quantity) * 1_000


def memory_mib(quantity: str) -> float:
    """Return mebibytes."""
    return int(quantity[:-2]) * _UNITS[quantity[-2:]]


@cache
def _built(place: str) -> str:
    """Return all manifests of a folder as JSON, which is read again in a tenth of the time."""
    done = subprocess.run(
        [_KUBECTL, "kustomize", FOLDER / place], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.dumps(list(yaml.load_all(done.stdout, Loader=yaml.CSafeLoader)))


def build(place: str) -> Manifests:
    """Build a folder under k8s/; what is returned is the caller's own to change."""
    return Manifests(tuple(json.loads(_built(place))))
