"""The files that a path of a recipe leads to, on this machine or in the blob store."""

import asyncio
import os
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from textnlp.adapters.seed_files.scratch import disk_errors, unnamed_file
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore

MAX_FILES = 100_000

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file of seeds: the name that its seeds remember, relative to the folder asked for, and where it lies."""

    name: str
    place: Path | str
    size_bytes: int

    @property
    def suffix(self) -> str:
        """The ending of its name in small letters, with the dot."""
        return PurePosixPath(self.name.lower()).suffix

    def require_size(self, max_bytes: int) -> None:
        """Raise `TOO_LARGE` where it has more than `max_bytes`."""
        if self.size_bytes > max_bytes:
            raise TextNLPError(
                f"{self.name} has {self.size_bytes:,} bytes, the limit is {max_bytes:,}.",
                kind=ErrorKind.TOO_LARGE,
                facts=ErrorFacts(field="seeds.path"),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesWanted:
    """Which files of a folder are read: those with one of `suffixes`, in folders within it where `is_recursive`."""

    suffixes: Collection[str]
    is_recursive: bool


def find_local_files(path: Path, wanted: FilesWanted) -> list[FoundFile]:
    """Return the file `path`, or the wanted ones of the folder `path`, sorted by name.

    Hidden files and folders are left out, and links to folders are not followed. Raises `NOT_FOUND` where there is
    neither, `INVALID_INPUT` where nothing has a suffix that is known, naming what there is, or nothing may be read.
    """
    try:
        if path.is_file():
            return _known([_found(path, path.parent)], wanted, str(path))
        if path.is_dir():
            return _known([_found(file, path) for file in _walk(path, wanted)], wanted, str(path))
    except OSError as exc:
        raise _refused(f"{path} cannot be read: {exc.strerror}.") from exc
    raise _refused(f"There is no file or folder {path}.", kind=ErrorKind.NOT_FOUND)


async def find_blobs(path: str, blobs: BlobStore, wanted: FilesWanted) -> list[FoundFile]:
    """Return the blob `path`, the wanted ones of the folder `path`, or else those whose path begins with it, sorted.

    Raises as `find_local_files` does.
    """
    sizes: dict[str, int] = {}
    async with aclosing(blobs.entries(path)) as entries:
        async for info in entries:
            sizes[info.path] = info.size_bytes
            _require_few(len(sizes), path)
    if path in sizes:
        name = PurePosixPath(path).name
        return _known([FoundFile(name=name, place=path, size_bytes=sizes[path])], wanted, path)
    folder = f"{path.rstrip('/')}/"
    start = len(folder) if any(blob.startswith(folder) for blob in sizes) else path.rfind("/") + 1
    root = folder if start == len(folder) else path
    files = [
        FoundFile(name=blob[start:], place=blob, size_bytes=size)
        for blob, size in sizes.items()
        if blob.startswith(root) and _is_meant(blob[start:], wanted)
    ]
    if not files:
        raise _refused(f"There is no blob {path}, and none in a folder of this name.", kind=ErrorKind.NOT_FOUND)
    return _known(files, wanted, path)


@asynccontextmanager
async def open_found(file: FoundFile, blobs: BlobStore | None, *, aside: Path | None) -> AsyncGenerator[BinaryIO]:
    """Open a file for reading anywhere in it; a blob is first written to a file without a name in `aside`."""
    opened = await asyncio.to_thread(_open_local, file) if blobs is None else await _fetched(file, blobs, aside)
    try:
        yield opened
    finally:
        opened.close()


async def _fetched(file: FoundFile, blobs: BlobStore, aside: Path | None) -> BinaryIO:
    with disk_errors():
        copy = unnamed_file(aside)
    try:
        async with aclosing(blobs.stream(str(file.place))) as pieces:
            async for piece in pieces:
                with disk_errors():
                    await asyncio.to_thread(copy.write, piece)
        with disk_errors():
            copy.seek(0)
    except BaseException:
        copy.close()
        raise
    return copy


def _open_local(file: FoundFile) -> BinaryIO:
    try:
        return Path(file.place).open("rb")
    except OSError as exc:
        raise _refused(f"{file.name} cannot be opened: {exc.strerror}.") from exc


def _found(path: Path, folder: Path) -> FoundFile:
    # A name may hold bytes that are no UTF-8; seeds remember it with signs for them.
    name = os.fsencode(path.relative_to(folder).as_posix()).decode(errors="replace")
    return FoundFile(name=name, place=path, size_bytes=path.stat().st_size)


def _walk(folder: Path, wanted: FilesWanted) -> Iterator[Path]:
    count = 0
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if wanted.is_recursive and not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and (path := Path(root, name)).is_file():
                count += 1
                _require_few(count, str(folder))
                yield path


def _is_meant(name: str, wanted: FilesWanted) -> bool:
    parts = name.split("/")
    return (wanted.is_recursive or len(parts) == 1) and not any(part.startswith(".") for part in parts)


def _known(files: list[FoundFile], wanted: FilesWanted, path: str) -> list[FoundFile]:
    known = [file for file in files if file.suffix in wanted.suffixes]
    if not known:
        names = sorted(file.name for file in files)
        there = ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
        raise _refused(
            f"{path} holds nothing that can be read; there is {there or 'no file'}.",
            hint=f"Known endings are {', '.join(wanted.suffixes)}.",
        )
    return sorted(known, key=lambda file: file.name)


def _require_few(count: int, path: str) -> None:
    if count > MAX_FILES:
        raise _refused(f"{path} has more than {MAX_FILES:,} files.", kind=ErrorKind.TOO_LARGE)


def _refused(message: str, *, kind: ErrorKind = ErrorKind.INVALID_INPUT, hint: str | None = None) -> TextNLPError:
    return TextNLPError(message, kind=kind, facts=ErrorFacts(field="seeds.path", hint=hint))
