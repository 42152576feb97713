"""Locks between processes that end with the process that holds them, however it ends."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """A lock on a file (`flock`), held by the open file itself: a child that inherits it holds it too.

    Instances on the same path exclude each other, in one process as well as between several.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def descriptor(self) -> int:
        """The open file, to be handed to a child; raises `ValueError` while nothing is locked."""
        if self._descriptor is None:
            raise ValueError(f"{self._path} is not locked")
        return self._descriptor

    @property
    def is_held(self) -> bool:
        """Whether this instance holds the lock."""
        return self._descriptor is not None

    def try_lock(self, *, exclusive: bool) -> bool:
        """Take the lock, or change how it is held, without waiting; a failed change gives the lock up."""
        operation = (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB
        if self._descriptor is None:
            self._descriptor = _open(self._path)
        try:
            fcntl.flock(self._descriptor, operation)
        except BlockingIOError:
            self.unlock()
            return False
        return True

    def unlock(self) -> None:
        """Let go; a child that inherited the lock keeps it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_locked(path: Path) -> bool:
    """Whether some process holds the lock on `path` exclusively."""
    probe = FileLock(path)
    is_free = probe.try_lock(exclusive=False)
    probe.unlock()
    return not is_free


def _open(path: Path) -> int:
    """Open for writing, which network file systems ask of an exclusive lock, or else for reading."""
    flags = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, os.O_RDWR | flags, 0o644)
    except PermissionError:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
