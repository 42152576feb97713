"""What is left in the folder of a version that was deleted."""

import shutil
from pathlib import Path

from textnlp.adapters.dataset_files.unfinished_folder import disk_errors
from textnlp.adapters.dataset_files.written_file import write_whole
from textnlp.domain.catalog.model import Tombstone
from textnlp.domain.catalog.record import decode_tombstone, encode_file
from textnlp.domain.catalog.refusals import version_is_gone
from textnlp.domain.datasets.layout import MANIFEST, TOMBSTONE


def read_manifest(folder: Path) -> bytes:
    """Return the bytes of a version's manifest; raises `GONE` for one that was deleted."""
    require_there(folder)
    with disk_errors(folder / MANIFEST):
        return (folder / MANIFEST).read_bytes()


def read_tombstone(folder: Path) -> Tombstone | None:
    """Return what is left of a version; None for one that was not deleted."""
    path = folder / TOMBSTONE
    with disk_errors(path):
        try:
            data = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
    return decode_tombstone(data, name=str(path))


def require_there(folder: Path) -> None:
    """Raise `GONE` for a version that was deleted, with who did so, when and why."""
    tombstone = read_tombstone(folder)
    if tombstone is not None:
        raise version_is_gone(tombstone)


def forget_dataset(folder: Path) -> None:
    """Remove the folder of a dataset with its tombstones; one in which a version is still there is left alone."""
    with disk_errors(folder):
        if folder.is_dir() and not any(folder.glob(f"v*/{MANIFEST}")):
            shutil.rmtree(folder)


def erase_version(folder: Path, tombstone: Tombstone) -> None:
    """Leave the tombstone in the folder and nothing else; what was begun before is completed.

    The tombstone comes first, so that from then on the version is gone for whoever reads it. The folder stays, and its
    number is never given again. A folder that is a link is replaced, and what it leads to is left alone.
    """
    with disk_errors(folder):
        if folder.is_symlink():
            folder.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / TOMBSTONE, encode_file(tombstone))
        for entry in folder.iterdir():
            if entry.name == TOMBSTONE:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
