"""Write the parts of k8s/ that are made from the topology.

Run by `make reference`. With `--check` nothing is written; the exit code is 1 when a file is not what it says.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from tools.manifest_ground import CANARY_OF, canary_weights, models_file, namespace, quota, volumes
from tools.manifest_network import gateway_policy, ground_policies, process_policy
from tools.manifest_standby import recovery_overlay, recovery_regions, standby
from tools.manifest_workload import cluster_processes, declared, scaling

from textnlp.process_runtime import ONE_OFFS
from textnlp.topology.catalog import TOPOLOGY

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "k8s"
RENEW = "make reference"
_HEADER = f"# Made from the topology. To renew: {RENEW}\n"
_MODEL_HOST = "OPENAI_HOST="
_WIDTH = 120


def rendered(folder: Path = FOLDER) -> dict[str, str]:
    """Return the text of every file that is made from the topology, by its path under `folder`.

    Raises `ValueError` where an overlay does not say where its models are.
    """
    return {path: _HEADER + _text(documents) for path, documents in _documents(folder)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or compare the files; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    is_check = parser.parse_args(arguments).check
    files = rendered()
    stale = [path for path, text in files.items() if not (FOLDER / path).is_file() or _read(path) != text]
    for path in [] if is_check else stale:
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(files[path], encoding="utf-8")
    verb = "Not what the topology says" if is_check else "Wrote"
    for path in stale:
        print(f"{verb}: k8s/{path}")
    return 1 if is_check and stale else 0


def _read(path: str) -> str:
    return (FOLDER / path).read_text(encoding="utf-8")


def _documents(folder: Path) -> Iterator[tuple[str, Sequence[Any]]]:
    for process in cluster_processes():
        pods = f"base/{process.name}/server" if process.name == CANARY_OF else f"base/{process.name}"
        yield f"{pods}/declared.yaml", [declared(process)]
        if process.name not in ONE_OFFS:
            yield f"{pods}/scaling.yaml", [scaling(process)]
        yield f"base/{process.name}/network.yaml", [process_policy(process)]
    yield "base/shared/quota.yaml", [quota()]
    yield "base/shared/network.yaml", ground_policies()
    yield "base/shared/volumes.yaml", [each for share in TOPOLOGY.file_shares for each in volumes(share)]
    yield "base/gateway/network.yaml", [*ground_policies(), gateway_policy()]
    for percentage in TOPOLOGY.canary_percentages:
        yield f"canary/{percentage}/weights.yaml", [[canary_weights(percentage)]]
    for environment in TOPOLOGY.environments:
        yield f"overlays/{environment.name}/workloads/namespace.yaml", [namespace(environment)]
        regions = recovery_regions(environment)
        for overlay in (environment.name, *(recovery_overlay(environment, region) for region in regions)):
            host = _model_host(folder / "overlays" / overlay / "estate" / "estate.env")
            for name, has_model_server in (("hosted", False), ("served", True)):
                models = models_file(host, has_model_server=has_model_server)
                yield f"overlays/{overlay}/workloads/models-{name}.yaml", [models]
        if regions:
            yield "standby/processes.yaml", list(standby(environment))


def _model_host(path: Path) -> str:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith(_MODEL_HOST):
            return line.removeprefix(_MODEL_HOST)
    raise ValueError(f"{path}: has no line {_MODEL_HOST}HOST, where Azure OpenAI is")


class _Plain(yaml.SafeDumper):
    """Writes every value where it stands, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the library's signature
        return True


def _text(documents: Sequence[Any]) -> str:
    dumped = (yaml.dump(each, Dumper=_Plain, sort_keys=False, width=_WIDTH, allow_unicode=True) for each in documents)
    return "---\n".join(dumped)


if __name__ == "__main__":
    sys.exit(main())
