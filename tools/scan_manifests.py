"""Have checkov look for insecure settings in what k8s/ builds; run by `make scan`.

The scanner has an environment of its own inside the project's, since its requirements are narrower than ours. A finding
needs a reason here, or it fails; so does a reason that no finding needs.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("overlays/dev", "overlays/prod", "canary/50", "ray")
CHECKOV = "checkov==3.3.30"
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a check may fail for the resources whose name, as the scanner writes it, fits one of the patterns."""

    check: str
    resources: tuple[str, ...]
    reason: str


REASONS = (
    Reason(
        "CKV_K8S_15", ("*",), "versions and digests are never given to another image; a pull at each start adds a risk"
    ),
    Reason("CKV_K8S_43", ("*",), "pipelines put digests in place of versions, which are what is committed"),
    Reason("CKV_K8S_23", ("DaemonSet.gpu-devices.device-plugin",), "the kubelet's folder of sockets is root's"),
    Reason("CKV_K8S_40", ("DaemonSet.gpu-devices.device-plugin",), "the kubelet's folder of sockets is root's"),
    Reason(
        "CKV_K8S_8",
        ("DaemonSet.gpu-devices.device-plugin", "Deployment.gateway.gateway-certificate"),
        "the kubelet itself notices when a plugin's socket is gone; a pod that holds a certificate does nothing",
    ),
    Reason(
        "CKV_K8S_9",
        ("*-worker", "DaemonSet.gpu-devices.device-plugin", "Deployment.gateway.gateway-certificate"),
        "no calls are sent to it that could be held back",
    ),
)


def faults(findings: Iterable[tuple[str, str, str]], reasons: Iterable[Reason] = REASONS) -> list[str]:
    """Return findings without a reason, and reasons without a finding: its check, its resource, and what it means."""
    left: list[str] = []
    used: set[Reason] = set()
    known = list(reasons)
    for check, resource, meaning in findings:
        fitting = [r for r in known if r.check == check and any(fnmatch(resource, each) for each in r.resources)]
        used.update(fitting)
        if not fitting:
            left.append(f"{check} {resource}: {meaning}; mend it, or say why not in tools/scan_manifests.py")
    left += [f"{each.check}: nothing needs its reason any more" for each in known if each not in used]
    return sorted(set(left))


def main() -> int:
    """Scan, print what is wrong, and return the exit code."""
    scanner = _scanner()
    with tempfile.TemporaryDirectory() as folder:
        for place in PLACES:
            built = _run(Path(sys.executable).with_name("kubectl"), "kustomize", ROOT / "k8s" / place)
            (Path(folder) / f"{place.replace('/', '-')}.yaml").write_text(built, encoding="utf-8")
        options = ("--framework", "kubernetes", "--quiet", "--compact", "--skip-download", "--soft-fail")
        report = json.loads(_run(scanner, "--directory", folder, *options, "--output", "json"))
    passed, found = _results(report)
    wrong = faults(found)
    print("\n".join(wrong) or f"{passed} checks passed; {len(found)} findings, each with a reason.")
    return 1 if wrong or not passed else 0


def _results(report: Any) -> tuple[int, list[tuple[str, str, str]]]:
    reports = cast("list[Mapping[str, Any]]", report if isinstance(report, list) else [report])
    failed = [each for one in reports for each in one["results"]["failed_checks"]]
    found = [(each["check_id"], each["resource"], each["check_name"]) for each in failed]
    return sum(one["summary"]["passed"] for one in reports), found


def _scanner() -> Path:
    """Return the scanner, after it was put into its environment where it is not there."""
    folder = Path(sys.prefix) / "scan"
    command, uv = folder / "bin" / "checkov", Path(sys.executable).with_name("uv")
    mark = folder / CHECKOV
    if not mark.exists():
        _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder)
        _run(uv, "pip", "install", "--quiet", "--python", folder / "bin" / "python", CHECKOV)
        mark.touch()
    return command


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        raise SystemExit(f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
