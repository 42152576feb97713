"""Blobs as the files of one local folder."""

import contextlib
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from textnlp.adapters.blobs.failures import failure_of
from textnlp.adapters.blobs.folder import Condition, Folder, blob_info
from textnlp.adapters.blobs.folder_watch import FolderWatch
from textnlp.adapters.blobs.paths import require_blob_path, require_prefix
from textnlp.adapters.blobs.settling import DEFAULT_PATIENCE, Patience
from textnlp.adapters.blobs.staging import StagedFile
from textnlp.adapters.blobs.threads import CallThreads
from textnlp.domain.errors import invalid_input
from textnlp.ports.blob_store import BlobInfo, BlobWriter
from textnlp.ports.clock import Clock

_LISTED_AT_ONCE = 500
_WRITTEN_AT_ONCE = 1 << 20
_READ_AT_ONCE = 1 << 30
_PROBE = bytes(4096)
_Result = TypeVar("_Result")


def local_blob_store(root: Path, *, clock: Clock, patience: Patience = DEFAULT_PATIENCE) -> "LocalFolderBlobStore":
    """Open the folder `root`, making it where it is missing, and remove what killed writers left in it.

    Raises `UNAVAILABLE` with what to do where the folder cannot be made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise failure_of(exc, path="", root=str(root)) from exc
    folder = Folder(root)
    folder.staging.clean()
    return LocalFolderBlobStore(folder, clock=clock, patience=patience)


class LocalFolderBlobStore:
    """Satisfies the `BlobStore` port; several processes may use one folder.

    A folder differs from an object store in one thing: no blob can lie below another, so that writing `a/b` where
    `a` is a blob raises `CONFLICT`. Files are opened by nobody but the operating system, so what people copy into
    the folder are blobs too; `watch` waits until such a file is completely written.
    """

    def __init__(self, folder: Folder, *, clock: Clock, patience: Patience = DEFAULT_PATIENCE) -> None:
        self._folder = folder
        self._clock = clock
        self._patience = patience
        self._threads = CallThreads("blobs")

    async def put(
        self,
        path: str,
        data: bytes,
        *,
        if_absent: bool = False,
        if_etag: str | None = None,
    ) -> BlobInfo:
        """Write a blob at once: apart first, then renamed to its place."""
        condition = Condition(if_absent=if_absent, if_etag=if_etag)
        return await self._run(partial(self._folder.put, path, data, condition=condition), path)

    @contextlib.asynccontextmanager
    async def open_writer(self, path: str) -> AsyncGenerator[BlobWriter]:
        """Write a large blob in pieces; its bytes are on the disk before it appears."""
        file = await self._run(partial(_stage, self._folder, path), path)
        writer = _StagedWriter(file, lambda call: self._run(call, path))
        is_open = True
        try:
            yield writer
            await writer.flush()
            is_open = False
            await self._run(partial(file.close, durable=True), path)
            await self._run(partial(self._folder.commit, file.path, path), path)
        except BaseException:
            if is_open:
                file.close()
            file.discard()
            raise

    async def get(self, path: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Read a blob or a part of it; what lies beyond its end is left out."""
        if offset < 0 or (length is not None and length < 0):
            raise invalid_input("The offset and length of a read are 0 or more.", field="offset")
        return await self._run(partial(_read, self._folder, path, offset, length), path)

    async def stream(self, path: str, *, chunk_bytes: int = 1 << 20) -> AsyncGenerator[bytes]:
        """Read a blob in pieces, all of the version that it had at the beginning."""
        descriptor = await self._run(partial(self._folder.open, path), path)
        try:
            while piece := await self._run(partial(os.read, descriptor, chunk_bytes), path):
                yield piece
        finally:
            os.close(descriptor)

    async def head(self, path: str) -> BlobInfo:
        """Tell what is known of a blob."""
        return blob_info(path, await self._run(partial(self._folder.look, path), path))

    async def entries(self, prefix: str = "") -> AsyncGenerator[BlobInfo]:
        """List blobs whose path begins with `prefix`, sorted by path.

        Files whose names cannot be paths of blobs, links that lead out of the folder, and what is neither file nor
        folder are left out.
        """
        require_prefix(prefix)
        walk = self._folder.walk(prefix)
        while infos := await self._run(lambda: list(islice(walk, _LISTED_AT_ONCE)), prefix):
            for info in infos:
                yield info

    async def move(self, path: str, to: str) -> BlobInfo:
        """Rename a blob, replacing one at `to`."""
        require_blob_path(to)
        return await self._run(partial(self._folder.move, path, to), path)

    async def delete(self, path: str) -> None:
        """Remove a blob, if it is there; its folder stays."""
        await self._run(partial(self._folder.remove, path), path)

    async def watch(self, prefix: str) -> AsyncGenerator[BlobInfo]:
        """Yield the blobs under `prefix`, then those that come; hidden and temporary names are left out.

        The folder of the prefix is made where it is missing, so that people find where to put their files.
        """
        require_prefix(prefix)
        watch = FolderWatch(
            self._folder,
            prefix,
            clock=self._clock,
            threads=self._threads,
            patience=self._patience,
        )
        with _failures_told(prefix, self._folder):
            async with contextlib.aclosing(watch.run()) as infos:
                async for info in infos:
                    yield info

    async def check(self) -> None:
        """Return when the folder takes a small file; raise `UNAVAILABLE` with what to do otherwise."""
        await self._run(partial(_probe, self._folder), "")

    async def aclose(self) -> None:
        """Remove what is not completely written, and let the threads end."""
        self._folder.staging.close()
        self._threads.close()

    async def _run(self, call: Callable[[], _Result], path: str) -> _Result:
        with _failures_told(path, self._folder):
            return await self._threads.run(call)


class _StagedWriter:
    """Satisfies `BlobWriter`; small pieces are joined, for each write is a call to a thread."""

    def __init__(self, file: StagedFile, run: Callable[[Callable[[], None]], Awaitable[None]]) -> None:
        self._file = file
        self._run = run
        self._waiting = bytearray()

    async def write(self, data: bytes) -> None:
        """Append `data`."""
        self._waiting += data
        if len(self._waiting) >= _WRITTEN_AT_ONCE:
            await self.flush()

    async def flush(self) -> None:
        """Hand what waits to the operating system."""
        if self._waiting:
            waiting, self._waiting = self._waiting, bytearray()
            await self._run(partial(self._file.write, bytes(waiting)))


@contextlib.contextmanager
def _failures_told(path: str, folder: Folder) -> Generator[None]:
    try:
        yield
    except OSError as exc:
        raise failure_of(exc, path=path, root=str(folder.root)) from exc


def _stage(folder: Folder, path: str) -> StagedFile:
    folder.locate(path)
    return StagedFile.create(folder.staging.new_path())


def _read(folder: Folder, path: str, offset: int, length: int | None) -> bytes:
    descriptor = folder.open(path)
    try:
        size = max(0, os.fstat(descriptor).st_size - offset)
        wanted = size if length is None else min(size, length)
        pieces: list[bytes] = []
        while wanted and (piece := os.pread(descriptor, min(wanted, _READ_AT_ONCE), offset)):
            pieces.append(piece)
            offset += len(piece)
            wanted -= len(piece)
    finally:
        os.close(descriptor)
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _probe(folder: Folder) -> None:
    file = StagedFile.create(folder.staging.new_path())
    try:
        file.write(_PROBE)
    finally:
        file.close()
        file.discard()
