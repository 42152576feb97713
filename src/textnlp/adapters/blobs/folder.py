"""The files of one folder, by the paths of blobs; blocking calls."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from textnlp.adapters.blobs.failures import failed_condition, missing_blob
from textnlp.adapters.blobs.paths import RESERVED_FOLDER, is_blob_name, require_blob_path, require_prefix
from textnlp.adapters.blobs.staging import StagedFile, Staging, folder_lock
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobInfo

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must hold for a write to take place."""

    if_absent: bool = False
    if_etag: str | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is any condition at all."""
        return self.if_absent or self.if_etag is not None


UNCONDITIONALLY = Condition()


class Folder:
    """Finds, lists and replaces files under a root, and nothing outside it, symbolic links included.

    A link that leads out of the root raises `INVALID_INPUT` when it is used and is left out of listings. (Whoever
    may write into the root can still exchange a folder for a link between the look and the use.) All else that goes
    wrong is raised as the `OSError` that it is.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.staging = Staging(self.root)

    def locate(self, path: str) -> Path:
        """Return where the entry `path` lies, which need not exist; its folder is inside the root."""
        require_blob_path(path)
        folder, _, name = path.rpartition("/")
        return self._inside(self.root / folder, path) / name

    def look(self, path: str) -> os.stat_result:
        """Return the facts of a blob's file; raise `NOT_FOUND` where there is none."""
        try:
            facts = self._inside(self.locate(path), path).stat()
        except (FileNotFoundError, NotADirectoryError):
            raise missing_blob(path) from None
        if not stat.S_ISREG(facts.st_mode):
            raise missing_blob(path)
        return facts

    def open(self, path: str) -> int:
        """Open a blob for reading and return the descriptor; raise `NOT_FOUND` where there is none."""
        self.look(path)
        try:
            return os.open(self._inside(self.locate(path), path), os.O_RDONLY)
        except FileNotFoundError:
            raise missing_blob(path) from None

    def commit(self, staged: Path, path: str, *, condition: Condition = UNCONDITIONALLY) -> BlobInfo:
        """Bring the file `staged` to `path` if the condition holds; raise `CONFLICT` otherwise.

        Commits with a condition exclude all others, in this process and others, so that what was looked at still
        holds when the file is renamed. Each version gets a later time of change than the one it replaces, because
        clocks of file systems tick slowly and numbers of files are used again: without that, two versions could
        have one etag.
        """
        target = self.locate(path)
        with folder_lock(self.root, exclusive=condition.is_set):
            before = self._facts_or_none(path)
            _require(condition, before, path)
            facts = staged.stat()
            # A nanosecond off tells those who watch that the file was renamed here whole: its bytes are older.
            changed_ns = facts.st_mtime_ns - 1
            if before is not None:
                changed_ns = max(changed_ns, before.st_mtime_ns + 1)
            with contextlib.suppress(PermissionError):
                os.utime(staged, ns=(facts.st_atime_ns, changed_ns))
            facts = staged.stat()
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                staged.replace(target)
            except IsADirectoryError:
                _remove_empty_folders(target)
                staged.replace(target)
        return blob_info(path, facts)

    def put(self, path: str, data: bytes, *, condition: Condition) -> BlobInfo:
        """Write a file apart and bring it to its place."""
        self.locate(path)
        file = StagedFile.create(self.staging.new_path())
        try:
            try:
                file.write(data)
            finally:
                file.close()
            return self.commit(file.path, path, condition=condition)
        except BaseException:
            file.discard()
            raise

    def move(self, path: str, to: str) -> BlobInfo:
        """Rename a file, replacing one at `to`; raise `NOT_FOUND` where there is none."""
        facts = self.look(path)
        return blob_info(path, facts) if path == to else self.commit(self.locate(path), to)

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            self.locate(path).unlink()

    def walk(self, prefix: str) -> Iterator[BlobInfo]:
        """Yield the blobs whose path begins with `prefix`, sorted by path; what vanishes meanwhile is left out."""
        require_prefix(prefix)
        folder, _, start = prefix.rpartition("/")
        yield from self._walk(self._inside(self.root / folder, prefix), f"{folder}/" if folder else "", start)

    def _walk(self, folder: str | Path, path: str, start: str) -> Iterator[BlobInfo]:
        for name, entry in _sorted_entries(folder):
            if not name.startswith(start) or not is_blob_name(entry.name) or path + name == f"{RESERVED_FOLDER}/":
                continue
            if name.endswith("/"):
                yield from self._walk(entry.path, path + name, "")
            elif (facts := self._facts_of_entry(entry)) is not None:
                yield blob_info(path + name, facts)

    def _facts_of_entry(self, entry: "os.DirEntry[str]") -> os.stat_result | None:
        try:
            if entry.is_symlink() and not self._is_inside(os.path.realpath(entry.path)):
                return None
            facts = entry.stat()
        except OSError:
            return None
        return facts if stat.S_ISREG(facts.st_mode) else None

    def _facts_or_none(self, path: str) -> os.stat_result | None:
        try:
            return self.look(path)
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return None

    def _inside(self, place: Path, path: str) -> Path:
        real = os.path.realpath(place)
        if not self._is_inside(real):
            raise TextNLPError(
                f"{path!r} leads out of the store through a symbolic link.",
                kind=ErrorKind.INVALID_INPUT,
                facts=ErrorFacts(hint=f"Remove the link, or put the files themselves into {self.root}.", field="path"),
            )
        return Path(real)

    def _is_inside(self, real: str) -> bool:
        return Path(real).is_relative_to(self.root)


def etag_of(facts: os.stat_result) -> str:
    """Return what changes with every version of a file: which file it is, its size, and when it was changed."""
    return f"{facts.st_ino:x}-{facts.st_size:x}-{facts.st_mtime_ns:x}"


def blob_info(path: str, facts: os.stat_result) -> BlobInfo:
    """Describe the blob `path` by the facts of its file."""
    return BlobInfo(
        path=path,
        etag=etag_of(facts),
        size_bytes=facts.st_size,
        modified_at=datetime.fromtimestamp(facts.st_mtime_ns / _NANOSECONDS, UTC),
    )


def _require(condition: Condition, before: os.stat_result | None, path: str) -> None:
    if condition.if_absent and before is not None:
        raise failed_condition(path, if_absent=True)
    if condition.if_etag is not None and (before is None or etag_of(before) != condition.if_etag):
        raise failed_condition(path, if_absent=False)


def _sorted_entries(folder: str | Path) -> list[tuple[str, "os.DirEntry[str]"]]:
    try:
        with os.scandir(folder) as entries:
            found = [
                (f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name, entry) for entry in entries
            ]
    except (FileNotFoundError, NotADirectoryError):
        return []
    # With the slash that follows it in paths, a folder sorts among its neighbours as its blobs do.
    return sorted(found, key=lambda pair: pair[0])


def _remove_empty_folders(top: Path) -> None:
    """Remove a folder in which there are only folders: to the store it does not exist."""
    for folder, _, _ in os.walk(top, topdown=False):
        Path(folder).rmdir()
