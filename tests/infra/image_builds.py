"""Builds images with buildah, without a daemon, from a base that debootstrap makes."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.architecture.source_tree import ROOT

WANTED = "TEXTNLP_BUILD_IMAGES"
_TOOLS = ("buildah", "debootstrap")
_BASE = "localhost/textnlp-test-python"
_PACKAGES = "python3,python3-venv,ca-certificates"
_CERTIFICATES = "/etc/ssl/certs"


def why_not() -> str | None:
    """Return why images are not built here, or None where they are."""
    if not os.environ.get(WANTED):
        return f"builds images for minutes; set {WANTED}=1"
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        return f"needs {', '.join(missing)}: apt-get install buildah crun debootstrap"
    return None if os.geteuid() == 0 else "debootstrap needs root"


class ImageBuilder:
    """Builds and runs images in a store of its own, which goes with its folder."""

    def __init__(self, folder: Path) -> None:
        self._store = ["--root", str(folder / "store"), "--runroot", str(folder / "run"), "--storage-driver", "vfs"]
        self._folder = folder

    def make_base(self) -> None:
        """Make an image of Debian 12 with Python 3.11, which stands for the one that is pulled elsewhere."""
        root = self._folder / "debian"
        subprocess.run(
            [_found("debootstrap"), "--variant=minbase", f"--include={_PACKAGES}", "bookworm", root],
            check=True,
            capture_output=True,
        )
        container = self._buildah("from", "scratch").strip()
        self._buildah("copy", container, str(root), "/")
        self._buildah("config", f"--env=SSL_CERT_FILE={_CERTIFICATES}/ca-certificates.crt", container)
        self._buildah("commit", "--rm", container, _BASE)
        shutil.rmtree(root)

    def build(self, image: str) -> str:
        """Build a target of `docker/Dockerfile` and return its name."""
        name = f"localhost/textnlp-{image}"
        self._buildah(
            "bud",
            "--isolation=chroot",
            "--format=docker",
            "--network=host",
            f"--volume={_CERTIFICATES}:{_CERTIFICATES}:ro",
            f"--build-arg=PYTHON_IMAGE={_BASE}",
            f"--file={ROOT / 'docker' / 'Dockerfile'}",
            f"--target={image}",
            f"--tag={name}",
            f"--ignorefile={ROOT / '.dockerignore'}",
            str(ROOT),
        )
        return name

    def inspect(self, image: str, template: str) -> str:
        """Return what a Go template says of an image."""
        return self._buildah("inspect", "--type=image", f"--format={template}", image).strip()

    def run(self, image: str, *command: str) -> str:
        """Run a command in a container of the image, as its user, and return what it printed."""
        container = self._buildah("from", image).strip()
        try:
            return self._buildah("run", "--isolation=chroot", container, "--", *command)
        finally:
            self._buildah("rm", container)

    def _buildah(self, *arguments: str) -> str:
        done = subprocess.run(
            [_found("buildah"), *self._store, *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"buildah {' '.join(arguments)}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout


def _found(tool: str) -> str:
    path = shutil.which(tool)
    assert path is not None, tool
    return path
