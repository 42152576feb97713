"""Blobs in whatever obstore can reach: memory here, Azure Blob Storage in `azure_container`."""

import contextlib
import dataclasses
import functools
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.store import MemoryStore, ObjectStore

from textnlp.adapters.blobs.announcements import Announcements
from textnlp.adapters.blobs.failures import failed_condition, missing_blob
from textnlp.adapters.blobs.paths import is_unfinished, require_blob_path, require_prefix
from textnlp.adapters.blobs.threads import CallThreads
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.ports.blob_store import BlobInfo, BlobWriter

if TYPE_CHECKING:
    from obstore import ListStream, ObjectMeta, PutMode

_PART_BYTES = 8 << 20
_Result = TypeVar("_Result")


def memory_blob_store() -> "ObstoreBlobStore":
    """Make a store that is empty and lives as long as the process."""
    return ObstoreBlobStore(MemoryStore())


class ObstoreBlobStore:
    """Satisfies the `BlobStore` port with a store of obstore that checks conditions by itself.

    Calls go through obstore's blocking functions in threads. Its asynchronous ones complete on threads of their own
    that may still hold on to Python while the interpreter ends, which then aborts: with obstore 0.12.1 on Python 3.11
    between a quarter and a half of short processes exited with SIGABRT, none with the blocking functions (see also
    github.com/PyO3/pyo3-async-runtimes/issues/40). `watch` sees what is written through this very object.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._threads = CallThreads("blobs")
        self._announcements = Announcements()

    async def put(
        self,
        path: str,
        data: bytes,
        *,
        if_absent: bool = False,
        if_etag: str | None = None,
    ) -> BlobInfo:
        """Write a blob at once."""
        require_blob_path(path)
        mode: PutMode = "create" if if_absent else "overwrite"
        if if_etag is not None:
            mode = {"e_tag": f'"{if_etag}"'}
        try:
            written = await self._run(lambda: self._store.put(path, data, mode=mode, use_multipart=False), path)
        except TextNLPError as error:
            if error.kind is ErrorKind.CONFLICT:
                raise failed_condition(path, if_absent=if_etag is None) from error
            raise
        info = dataclasses.replace(await self.head(path), etag=_bare(written["e_tag"]), size_bytes=len(data))
        self._announcements.announce(info)
        return info

    @contextlib.asynccontextmanager
    async def open_writer(self, path: str) -> AsyncGenerator[BlobWriter]:
        """Write a large blob in pieces; parts of a block that raises are dropped with the unclosed writer."""
        require_blob_path(path)
        file = obstore.open_writer(self._store, path, buffer_size=_PART_BYTES)
        yield _PieceWriter(lambda data: self._run(functools.partial(file.write, data), path))
        await self._run(file.close, path)
        await self._announce(path)

    async def get(self, path: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Read a blob or a part of it; what lies beyond its end is left out."""
        require_blob_path(path)
        if offset < 0 or (length is not None and length < 0):
            raise invalid_input("The offset and length of a read are 0 or more.", field="offset")
        if offset == 0 and length is None:
            return await self._run(lambda: self._store.get(path).bytes().to_bytes(), path)
        info = await self.head(path)
        end = info.size_bytes if length is None else min(info.size_bytes, offset + length)
        if offset >= end:
            return b""
        return await self._run(lambda: self._store.get_range(path, start=offset, end=end).to_bytes(), path)

    async def stream(self, path: str, *, chunk_bytes: int = 1 << 20) -> AsyncGenerator[bytes]:
        """Read a blob in pieces."""
        require_blob_path(path)
        pieces = await self._run(lambda: iter(self._store.get(path).stream(min_chunk_size=chunk_bytes)), path)
        while piece := await self._run(lambda: next(pieces, None), path):
            view = memoryview(piece)
            for start in range(0, len(view), chunk_bytes):
                yield bytes(view[start : start + chunk_bytes])

    async def head(self, path: str) -> BlobInfo:
        """Tell what is known of a blob."""
        require_blob_path(path)
        return _info(await self._run(lambda: self._store.head(path), path))

    async def entries(self, prefix: str = "") -> AsyncGenerator[BlobInfo]:
        """List blobs whose path begins with `prefix`, sorted by path."""
        require_prefix(prefix)
        folder = prefix.rpartition("/")[0]
        found = await self._run(lambda: self._list(folder or None).collect(), prefix)
        for meta in sorted(found, key=lambda meta: meta["path"]):
            if meta["path"].startswith(prefix):
                yield _info(meta)

    async def move(self, path: str, to: str) -> BlobInfo:
        """Rename a blob, replacing one at `to`."""
        require_blob_path(path)
        require_blob_path(to)
        info = await self.head(path)
        if path == to:
            return info
        await self._run(lambda: self._store.rename(path, to), path)
        return await self._announce(to)

    async def delete(self, path: str) -> None:
        """Remove a blob, if it is there."""
        require_blob_path(path)
        try:
            await self._run(lambda: self._store.delete(path), path)
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise

    async def watch(self, prefix: str) -> AsyncGenerator[BlobInfo]:
        """Yield the blobs under `prefix`, then those written; hidden and temporary names are left out."""
        require_prefix(prefix)
        with self._announcements.subscribed(prefix) as written:
            told: dict[str, str] = {}
            async for info in self.entries(prefix):
                if not is_unfinished(info.path):
                    told[info.path] = info.etag
                    yield info
            while True:
                info = await written.get()
                if told.pop(info.path, None) != info.etag and not is_unfinished(info.path):
                    yield info

    async def check(self) -> None:
        """Return when the store answers."""
        await self._run(lambda: next(iter(self._list(None)), None), "")

    async def aclose(self) -> None:
        """Let the threads end."""
        self._threads.close()

    def _list(self, folder: str | None) -> "ListStream[Sequence[ObjectMeta]]":
        return self._store.list(folder)  # pyright: ignore[reportUnknownMemberType]  names arro3, which is not needed

    async def _announce(self, path: str) -> BlobInfo:
        info = await self.head(path)
        self._announcements.announce(info)
        return info

    async def _run(self, call: Callable[[], _Result], path: str) -> _Result:
        try:
            return await self._threads.run(call)
        except FileNotFoundError as exc:
            raise missing_blob(path) from exc
        except (AlreadyExistsError, PreconditionError) as exc:
            raise TextNLPError(f"The blob {path!r} is not as expected.", kind=ErrorKind.CONFLICT) from exc
        except BaseError as exc:
            raise TextNLPError(
                f"The blob store cannot be used: {str(exc).splitlines()[0]}",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Try again; if it stays so, look at the store and at the network."),
            ) from exc


@dataclass(frozen=True, slots=True)
class _PieceWriter:
    """Satisfies `BlobWriter`; what is not yet a whole part waits in memory."""

    send: Callable[[bytes], Awaitable[object]]

    async def write(self, data: bytes) -> None:
        """Append `data`."""
        await self.send(data)


def _info(meta: "ObjectMeta") -> BlobInfo:
    return BlobInfo(
        path=meta["path"],
        etag=_bare(meta["e_tag"]),
        size_bytes=meta["size"],
        modified_at=meta["last_modified"],
    )


def _bare(etag: str | None) -> str:
    """Return an ETag without the quotes that it has in a header and has not in a listing."""
    return (etag or "").strip('"')
