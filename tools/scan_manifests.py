"""Have checkov look for insecure settings in what k8s/ builds; run by `make scan`."""

import sys
import tempfile
from pathlib import Path

from tools.checkov_scan import Reason, run, scan

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("overlays/dev", "overlays/prod", "overlays/prod-centralus", "standby", "canary/50", "ray")

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


def main() -> int:
    """Scan what is built, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        for place in PLACES:
            built = run(Path(sys.executable).with_name("kubectl"), "kustomize", ROOT / "k8s" / place)
            (Path(folder) / f"{place.replace('/', '-')}.yaml").write_text(built, encoding="utf-8")
        return scan(Path(folder), framework="kubernetes", reasons=REASONS, kept_in="tools/scan_manifests.py")


if __name__ == "__main__":
    sys.exit(main())
