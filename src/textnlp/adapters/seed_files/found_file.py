"""The files that a path of a recipe leads to, on this machine or in the blob store."""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Collection, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore

MAX_FILES = 100_000


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


def find_local_files(path: Path, *, suffixes: Collection[str], is_recursive: bool) -> list[FoundFile]:
    """Return the file `path`, or those of the folder `path` with one of `suffixes`, sorted by name.

    Hidden files and folders are left out, and links to folders are not followed. Raises `NOT_FOUND` where there is
    neither, `INVALID_INPUT` where no file has a suffix that is known.
    """
    if path.is_file():
        found = [FoundFile(name=path.name, place=path, size_bytes=path.stat().st_size)]
        return _known(found, suffixes, str(path), is_folder=False)
    if not path.is_dir():
        raise TextNLPError(
            f"There is no file or folder {path}.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(field="seeds.path"),
        )
    files = (
        FoundFile(name=file.relative_to(path).as_posix(), place=file, size_bytes=file.stat().st_size)
        for file in _walk(path, is_recursive=is_recursive)
    )
    return _known(files, suffixes, str(path), is_folder=True)


async def find_blobs(path: str, blobs: BlobStore, *, suffixes: Collection[str]) -> list[FoundFile]:
    """Return the blob `path`, those of the folder `path`, or else those whose path begins with it, sorted by name.

    Only those with one of `suffixes` are meant. Raises as `find_local_files` does.
    """
    found: dict[str, int] = {}
    async with aclosing(blobs.entries(path)) as entries:
        async for info in entries:
            found[info.path] = info.size_bytes
            _require_few(len(found), path)
    if not found:
        raise TextNLPError(
            f"There is no blob that begins with {path}.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(field="seeds.path"),
        )
    if path in found:
        single = FoundFile(name=PurePosixPath(path).name, place=path, size_bytes=found[path])
        return _known([single], suffixes, path, is_folder=False)
    folder = f"{path.rstrip('/')}/"
    inside = {blob: size for blob, size in found.items() if blob.startswith(folder)}
    start = len(folder) if inside else path.rfind("/") + 1
    files = [FoundFile(name=blob[start:], place=blob, size_bytes=size) for blob, size in (inside or found).items()]
    return _known(files, suffixes, path, is_folder=True)


@asynccontextmanager
async def open_found(file: FoundFile, blobs: BlobStore | None) -> AsyncGenerator[BinaryIO]:
    """Open a file for reading anywhere in it; a blob is first written aside, to a file without a name."""
    if isinstance(file.place, Path):
        local = await asyncio.to_thread(_open_local, file.place, file.name)
        try:
            yield local
        finally:
            local.close()
        return
    with tempfile.TemporaryFile(prefix="textnlp-seeds-") as aside:
        if blobs is not None:
            async with aclosing(blobs.stream(file.place)) as pieces:
                async for piece in pieces:
                    await asyncio.to_thread(aside.write, piece)
        aside.seek(0)
        yield cast("BinaryIO", aside)


def _open_local(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as exc:
        raise TextNLPError(
            f"{name} cannot be opened: {exc.strerror}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="seeds.path"),
        ) from exc


def _walk(folder: Path, *, is_recursive: bool) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if is_recursive and not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and (path := Path(root, name)).is_file():
                yield path


def _known(files: Iterable[FoundFile], suffixes: Collection[str], path: str, *, is_folder: bool) -> list[FoundFile]:
    known: list[FoundFile] = []
    for file in files:
        if file.suffix in suffixes:
            known.append(file)
            _require_few(len(known), path)
    if not known:
        what = "has no file that can be read" if is_folder else "is no file that can be read"
        raise TextNLPError(
            f"{path} {what}.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(field="seeds.path", hint=f"Known endings are {', '.join(suffixes)}."),
        )
    return sorted(known, key=lambda file: file.name)


def _require_few(count: int, path: str) -> None:
    if count > MAX_FILES:
        raise TextNLPError(
            f"{path} has more than {MAX_FILES:,} files.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(field="seeds.path"),
        )
