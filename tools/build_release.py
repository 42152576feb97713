"""Build all that a release is, into dist/: wheel, Azure templates, parts with licences, changes, and their hashes.

Run by `make release`. Images are built by the pipeline. The same commit gives the same bytes, the hashes included.
"""

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from tools.changelog import CHANGELOG, FRAGMENTS, TITLE, fragments, section
from tools.package_licences import packages

import textnlp

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
TEMPLATES = ROOT / "infra" / "rendered"
SUMS = "SHA256SUMS"

_UV = Path(sys.executable).parent / "uv"
_EXPORT = ("export", "--frozen", "--no-dev", "--all-extras", "--format", "cyclonedx1.5", "--quiet", "--no-header")


def build(folder: Path, *, moment: datetime) -> None:
    """Build everything into a folder; `moment` stands for the time of building."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"textnlp-{textnlp.__version__}"
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}
    subprocess.run([_UV, "build", "--wheel", "--out-dir", folder, "--quiet"], cwd=ROOT, env=environment, check=True)
    (folder / ".gitignore").unlink(missing_ok=True)
    (folder / f"{name}-azure-templates.tar.gz").write_bytes(archive(TEMPLATES, f"{name}-azure-templates"))
    exported = subprocess.run([_UV, *_EXPORT], cwd=ROOT, capture_output=True, check=True).stdout
    licences = {each.name: each.licence for each in packages()}
    document = with_licences(json.loads(exported), licences, moment=moment)
    (folder / f"{name}.cdx.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    (folder / f"{name}-changes.md").write_text(changes(moment.date()), encoding="utf-8")
    (folder / SUMS).write_text(sums(folder), encoding="utf-8")


def archive(folder: Path, name: str) -> bytes:
    """Return the files of a folder as a compressed archive of which the same files always give the same bytes."""
    output = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=output, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as files,
    ):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = tarfile.TarInfo(f"{name}/{path.relative_to(folder).as_posix()}")
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as content:
                files.addfile(entry, content)
    return output.getvalue()


def with_licences(document: dict[str, Any], licences: Mapping[str, str], *, moment: datetime) -> dict[str, Any]:
    """Return a CycloneDX document with the licence of each component that is known, and nothing in it by chance."""
    components: list[dict[str, Any]] = []
    for each in document["components"]:
        licence = licences.get(canonicalize_name(each["name"]))
        components.append(each if licence is None else {**each, "licenses": [{"expression": licence}]})
    metadata = document["metadata"] | {"timestamp": moment.isoformat()}
    parts = json.dumps(components, sort_keys=True)
    serial = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, parts)}"
    return document | {"metadata": metadata, "components": components, "serialNumber": serial}


def changes(released: date) -> str:
    """Return the changes of this version: from its fragments, or from the changelog where those are in it already."""
    found = fragments(FRAGMENTS)
    if found or not CHANGELOG.exists():
        return section(textnlp.__version__, found, released=released)
    first = CHANGELOG.read_text(encoding="utf-8").removeprefix(TITLE).strip().split("\n## ")[0]
    return f"{first.strip()}\n"


def sums(folder: Path) -> str:
    """Return the SHA-256 of each file in a folder as `sha256sum --check` reads it."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def _committed() -> datetime:
    told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, check=True, text=True)  # noqa: S607  whatever git is there
    return datetime.fromtimestamp(int(told.stdout), tz=UTC)


if __name__ == "__main__":
    build(DIST, moment=_committed())
    print(sums(DIST), end="")
