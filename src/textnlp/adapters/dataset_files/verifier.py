"""Whether a version of a dataset is what was signed; needs nothing but its folder."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from textnlp.adapters.dataset_files.signature import signature_findings
from textnlp.domain.datasets.layout import MANIFEST, SIGNATURE
from textnlp.domain.datasets.manifest import (
    DatasetFile,
    DatasetVersion,
    Finding,
    balance_faults,
    decode_manifest,
    is_plain_path,
)
from textnlp.domain.errors import TextNLPError

_PIECE_BYTES = 1 << 20


def verify_version(folder: Path, *, public_key: str | None = None) -> list[Finding]:
    """Return what is wrong with the files of a version, each with the file that it is wrong with; nothing if none.

    Looks at the signature, at every file's size, hash and rows, at files that are missing or not listed, and at
    whether the counts add up. Without `public_key` (raw Ed25519 in base64) the manifest's own is used, so that a
    dataset that somebody else signed anew passes.
    """
    manifest, signature = _content(folder / MANIFEST), _content(folder / SIGNATURE)
    if manifest is None or signature is None:
        return [
            Finding(path=name, message="is missing")
            for name, data in ((MANIFEST, manifest), (SIGNATURE, signature))
            if data is None
        ]
    try:
        version = decode_manifest(manifest)
    except TextNLPError as exc:
        return [Finding(path=MANIFEST, message=exc.message)]
    findings = signature_findings(manifest, signature, public_key=public_key or version.public_key)
    if public_key is not None and public_key != version.public_key:
        findings.append(Finding(path=MANIFEST, message="names another public key than the one that is expected"))
    rows: dict[str, int] = {}
    for file in version.files:
        found, count = _compare(folder, file)
        if found is not None:
            findings.append(found)
        if count is not None:
            rows[file.path] = count
    findings += _unlisted(folder, version)
    wrong = {finding.path for finding in findings}
    return findings + [fault for fault in balance_faults(version, rows) if fault.path not in wrong]


def _compare(folder: Path, file: DatasetFile) -> tuple[Finding | None, int | None]:
    """Return what is wrong with a file, and how many rows it has."""
    if not is_plain_path(file.path):
        return Finding(path=MANIFEST, message=f"lists {file.path!r}, which lies outside the dataset"), None
    path = folder / file.path
    size = _size(path)
    if size != file.bytes:
        message = "is missing" if size is None else f"has {size:,} bytes instead of {file.bytes:,}"
        return Finding(path=file.path, message=message), None
    try:
        digest, lines = _digest(path)
    except OSError as exc:
        return Finding(path=file.path, message=f"cannot be read: {exc.strerror}"), None
    if digest != file.sha256:
        return Finding(path=file.path, message="was changed: its hash is another"), None
    rows = lines if path.suffix == ".jsonl" else _table_rows(path) if path.suffix == ".parquet" else file.rows
    is_wrong = file.rows is not None and rows != file.rows
    return Finding(path=file.path, message=f"has other rows than {file.rows:,}") if is_wrong else None, rows


def _digest(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file, and how many lines it has."""
    digest = hashlib.sha256()
    lines = 0
    with path.open("rb") as content:
        while piece := content.read(_PIECE_BYTES):
            digest.update(piece)
            lines += piece.count(b"\n")
    return digest.hexdigest(), lines


def _table_rows(path: Path) -> int | None:
    import pyarrow.parquet as pq  # noqa: PLC0415  sixty megabytes that only tables need

    parquet: Any = pq
    try:
        return parquet.read_metadata(path).num_rows
    except (OSError, ValueError):
        return None


def _unlisted(folder: Path, version: DatasetVersion) -> list[Finding]:
    known = {file.path for file in version.files} | {MANIFEST, SIGNATURE}
    return [Finding(path=path, message="is not listed") for path in _walk(folder) if path not in known]


def _walk(folder: Path) -> Iterator[str]:
    """Yield everything below a folder that is no folder itself, links included."""
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*names, *links]):
            yield (Path(place) / name).relative_to(folder).as_posix()


def _size(path: Path) -> int | None:
    """Return the size of a file; a link is none, since what it leads to may change."""
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _content(path: Path) -> bytes | None:
    if _size(path) is None:
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None
