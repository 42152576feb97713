"""A folder that appears when it is complete, and not before."""

import contextlib
import errno
import hashlib
import io
import os
import shutil
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import Self

from typing_extensions import Buffer

from textnlp.domain.datasets.manifest import DatasetFile
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

_BUFFER_BYTES = 1 << 18


class HashedFile(io.RawIOBase):
    """A file that is written from front to back, with the facts that a manifest needs."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._file = path.open("xb", buffering=_BUFFER_BYTES)
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self.rows: int | None = None

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.size_bytes

    def write(self, data: Buffer, /) -> int:
        """Append bytes."""
        piece = bytes(data)
        self._digest.update(piece)
        self._file.write(piece)
        self.size_bytes += len(piece)
        return len(piece)

    def add(self, data: bytes, *, rows: int = 1) -> None:
        """Append bytes that stand for rows."""
        self.write(data)
        self.rows = (self.rows or 0) + rows

    def end(self) -> None:
        """Bring what was written to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close the file without waiting for the disk, which may be full."""
        with contextlib.suppress(OSError):
            self._file.close()

    def facts(self, path: str) -> DatasetFile:
        """Return what a manifest says of it."""
        return DatasetFile(path=path, bytes=self.size_bytes, sha256=self._digest.hexdigest(), rows=self.rows)


class UnfinishedFolder:
    """Takes the files of `folder` under a hidden name, `.<name>.partial`, until `publish` renames it.

    Leaving the block without `publish` removes it. Raises `CONFLICT` where `folder` is there already; errors of the
    disk become `UNAVAILABLE`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder.with_name(f".{folder.name}.partial")
        self._files: dict[str, DatasetFile] = {}
        self._open: list[HashedFile] = []

    def __enter__(self) -> Self:
        if os.path.lexists(self._folder):
            raise _there_already(self._folder)
        with disk_errors(self.path):
            if self.path.is_symlink():
                self.path.unlink()
            elif self.path.exists():
                shutil.rmtree(self.path)
            self.path.mkdir(parents=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for file in self._open:
            file.abandon()
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def files(self) -> list[DatasetFile]:
        """The files that are complete, by path."""
        return [self._files[path] for path in sorted(self._files)]

    def start(self, path: str) -> HashedFile:
        """Begin a file, which `end` completes."""
        place = self.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        file = HashedFile(place)
        self._open.append(file)
        return file

    def end(self, path: str, file: HashedFile) -> None:
        """Complete a file."""
        file.end()
        self._open.remove(file)
        self._files[path] = file.facts(path)

    @contextlib.contextmanager
    def open(self, path: str) -> Generator[HashedFile]:
        """Write a file in a block."""
        file = self.start(path)
        yield file
        self.end(path, file)

    def put(self, path: str, data: bytes) -> None:
        """Write a file at once."""
        with self.open(path) as file:
            file.write(data)

    def publish(self) -> None:
        """Give the folder its name, durably and with everything that is in it."""
        with disk_errors(self._folder):
            for place, _, _ in os.walk(self.path):
                _sync_folder(Path(place))
            try:
                self.path.rename(self._folder)
            except OSError as exc:
                if exc.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}:
                    raise _there_already(self._folder) from exc
                raise
            _sync_folder(self._folder.parent)


@contextlib.contextmanager
def disk_errors(path: Path) -> Generator[None]:
    """Turn errors of the disk into `UNAVAILABLE`, naming `path`."""
    try:
        yield
    except OSError as exc:
        raise TextNLPError(
            f"{path} cannot be used: {exc.strerror or type(exc).__name__}.",
            kind=ErrorKind.UNAVAILABLE,
            facts=ErrorFacts(hint="Look whether the disk has space and the folder may be written to."),
        ) from exc


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _there_already(folder: Path) -> TextNLPError:
    return TextNLPError(f"{folder} is there already.", kind=ErrorKind.CONFLICT)
