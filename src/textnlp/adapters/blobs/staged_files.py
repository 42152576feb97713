"""Half-written files in folders of this machine whose writers are gone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from textnlp.adapters.blobs.paths import RESERVED_FOLDER
from textnlp.adapters.blobs.staging import is_abandoned
from textnlp.domain.inspection.model import Leftover, LeftoverKind

_PARTIAL_FOLDERS = "*/.*.partial"
"""How versions of datasets lie beside their folder while they are written."""


def abandoned_writes(blobs_root: Path, datasets_root: Path, *, now: datetime, allowed: timedelta) -> list[Leftover]:
    """Return what killed writers left longer ago than `allowed`, without removing anything."""
    staging = blobs_root / RESERVED_FOLDER
    found = [folder for folder in _entries(staging, "*") if is_abandoned(folder)]
    found += _entries(datasets_root, _PARTIAL_FOLDERS)
    old = [(folder, since) for folder in found if (since := _changed_at(folder)) is not None and now - since > allowed]
    return [
        Leftover(kind=LeftoverKind.STAGED_FILES, place=str(folder), count=_count(folder), since=since)
        for folder, since in old
    ]


def _entries(root: Path, pattern: str) -> list[Path]:
    return sorted(entry for entry in root.glob(pattern) if entry.is_dir() and not entry.is_symlink())


def _changed_at(folder: Path) -> datetime | None:
    """Return when the folder was changed last, None where it is gone by now."""
    try:
        return datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except OSError:
        return None


def _count(folder: Path) -> int:
    return sum(not entry.is_dir() for entry in folder.rglob("*"))
