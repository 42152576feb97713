"""What `manifest.json` says of a version of a dataset."""

import posixpath
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from textnlp.domain.datasets.layout import LINEAGE, MANIFEST, lines_path, table_path, turned_away_path
from textnlp.domain.datasets.model import DatasetCounts, ModelUse, ReasonCount, RowFate
from textnlp.domain.errors import invalid_input

FORMAT = 1


class DatasetFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of a version: its path with `/`, and how many rows it has where it has rows."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


class DatasetColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of the dataset, with its type in Parquet; `kind` is the recipe's, empty for a field of a seed."""

    name: str
    type: str
    kind: str


class DatasetVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a dataset, as its manifest describes it.

    Attributes:
        name: the dataset's.
        version: 1 for the first.
        counts: as the run counted them.
        splits: rows of each split.
        created: ISO 8601, when the run ended.
        stopped_by: the limit that ended the run before the target; None where none did.
        skipped: rows that an export could not take, by form.
        files: all files beside the manifest and its signature, by path.
        public_key: raw Ed25519 key in base64 that the signature is checked with.
    """

    format: Literal[1] = FORMAT
    name: str
    version: int
    fingerprint: str
    target: int
    created: str
    generator: str
    counts: DatasetCounts
    splits: dict[str, int]
    columns: list[DatasetColumn]
    reasons: list[ReasonCount]
    models: list[ModelUse]
    stopped_by: str | None
    extra: dict[str, Any]
    skipped: dict[str, int]
    files: list[DatasetFile]
    public_key: str

    def file(self, path: str) -> DatasetFile | None:
        """Return what is said of a file; None where it is not listed."""
        return next((file for file in self.files if file.path == path), None)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a version of a dataset, and the file that it is wrong with."""

    path: str
    message: str


def encode_manifest(version: DatasetVersion) -> bytes:
    """Return the bytes of a manifest, which are what is signed."""
    return msgspec.json.format(msgspec.json.encode(version), indent=1) + b"\n"


def decode_manifest(data: bytes) -> DatasetVersion:
    """Read a manifest; raises `INVALID_INPUT` for one that is damaged or of another form."""
    try:
        return msgspec.json.decode(data, type=DatasetVersion)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise invalid_input(f"{MANIFEST} cannot be read: {exc}") from exc


def is_plain_path(path: str) -> bool:
    """Tell whether a path stays below the folder that it is relative to."""
    parts = path.split("/")
    return posixpath.normpath(path) == path and not path.startswith("/") and ".." not in parts and "\0" not in path


def balance_faults(version: DatasetVersion, rows: Mapping[str, int]) -> list[Finding]:
    """Compare what the manifest counts with the rows of files by path; a missing file stands for none.

    Candidates that gave no row are counted as rejected, so that there may be fewer rejected rows than are counted.
    """
    faults: list[Finding] = []
    counts = version.counts
    rejected_path = turned_away_path(RowFate.REJECTED)
    wanted = {path(name): count for name, count in version.splits.items() for path in (lines_path, table_path)}
    wanted |= {turned_away_path(RowFate.FAILED): counts.failed, turned_away_path(RowFate.SURPLUS): counts.surplus}
    for path, count in wanted.items():
        if rows.get(path, 0) != count:
            faults.append(Finding(path=path, message=f"has {rows.get(path, 0):,} rows, the manifest counts {count:,}"))
    if sum(version.splits.values()) != counts.accepted:
        faults.append(Finding(path=MANIFEST, message="the splits do not add up to the accepted rows"))
    rejected = rows.get(rejected_path, 0)
    if rejected > counts.rejected:
        faults.append(
            Finding(path=rejected_path, message=f"has {rejected:,} rows, the manifest counts {counts.rejected:,}")
        )
    total = counts.accepted + rejected + counts.failed + counts.surplus
    found = rows.get(LINEAGE, 0)
    if found != total:
        faults.append(Finding(path=LINEAGE, message=f"has {found:,} rows for {total:,} of the dataset"))
    return faults
