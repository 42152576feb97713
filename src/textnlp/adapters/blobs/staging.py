"""How a file comes to its place in a folder of blobs: written apart, then renamed under a lock."""

import contextlib
import fcntl
import os
import secrets
import shutil
import threading
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from textnlp.adapters.blobs.paths import RESERVED_FOLDER


@contextlib.contextmanager
def folder_lock(folder: Path, *, exclusive: bool) -> Generator[None]:
    """Hold the lock of `folder`, shared or alone, among all threads and processes that do the same.

    Where the file system knows no locks, the block runs without one.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


class Staging:
    """A folder of this process for what is not completely written, beside those of other processes.

    It lies under the root, so that a rename brings a file to its place at once. Its owner holds a lock on it, which
    the operating system releases however the owner ends: by that `clean` knows what a killed process left behind.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parent = root / RESERVED_FOLDER
        self._folder: Path | None = None
        self._descriptor = -1
        self._opening = threading.Lock()

    def clean(self) -> None:
        """Remove what processes that are gone were writing; do nothing where that cannot be told."""
        if not self._parent.is_dir():
            return
        with contextlib.suppress(OSError), folder_lock(self._root, exclusive=True):
            for folder in self._parent.iterdir():
                if not folder.is_symlink() and is_abandoned(folder):
                    shutil.rmtree(folder, ignore_errors=True)

    def new_path(self) -> Path:
        """Return a path at which nothing is."""
        with self._opening:
            if self._folder is None:
                self._folder = self._open()
        return self._folder / secrets.token_hex(8)

    def close(self) -> None:
        """Remove the folder, and the one around it where it is the last."""
        with self._opening:
            if self._folder is None:
                return
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._descriptor)
            with contextlib.suppress(OSError):
                self._parent.rmdir()
            self._folder = None

    def _open(self) -> Path:
        # The lock of the root keeps `clean` of another process from seeing the folder before it is locked.
        with folder_lock(self._root, exclusive=True):
            folder = self._parent / secrets.token_hex(8)
            folder.mkdir(mode=0o700, parents=True)
            self._descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return folder


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file being written in the staging folder."""

    path: Path
    descriptor: int

    @classmethod
    def create(cls, path: Path) -> "StagedFile":
        """Make the file, empty, with the rights that the process gives to its files."""
        return cls(path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))

    def write(self, data: bytes) -> None:
        """Append `data`, all of it."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.descriptor, view) :]

    def close(self, *, durable: bool = False) -> None:
        """Close the file, with `durable` only after its bytes are on the disk."""
        try:
            if durable:
                os.fsync(self.descriptor)
        finally:
            os.close(self.descriptor)

    def discard(self) -> None:
        """Remove the file."""
        with contextlib.suppress(OSError):
            self.path.unlink()


def is_abandoned(folder: Path) -> bool:
    """Whether the process that a staging folder belongs to is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True
