"""A blob store whose calls are seen in traces."""

import contextlib
from collections.abc import AsyncGenerator

from textnlp.ports.blob_store import BlobInfo, BlobStore, BlobWriter
from textnlp.ports.tracer import Span, Tracer
from textnlp.topology.spans import BLOB_BYTES, BLOB_OPERATION, BLOB_PATH, PEER

_PART = "blobs"


class TracedBlobStore:
    """Satisfies `BlobStore` over another one, which it owns; lists and watches are in no trace."""

    def __init__(self, store: BlobStore, *, tracer: Tracer) -> None:
        self._store = store
        self._tracer = tracer

    async def put(self, path: str, data: bytes, *, if_absent: bool = False, if_etag: str | None = None) -> BlobInfo:
        """Write."""
        with self._call("put", path) as span:
            span.note({BLOB_BYTES: len(data)})
            return await self._store.put(path, data, if_absent=if_absent, if_etag=if_etag)

    @contextlib.asynccontextmanager
    async def open_writer(self, path: str) -> AsyncGenerator[BlobWriter]:
        """Write in pieces; the call lasts from the first to the last."""
        with self._call("put", path):
            async with self._store.open_writer(path) as writer:
                yield writer

    async def get(self, path: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Read."""
        with self._call("get", path) as span:
            data = await self._store.get(path, offset=offset, length=length)
            span.note({BLOB_BYTES: len(data)})
            return data

    async def stream(self, path: str, *, chunk_bytes: int = 1 << 20) -> AsyncGenerator[bytes]:
        """Read in pieces; the call lasts from the first to the last."""
        with self._call("get", path):
            async for piece in self._store.stream(path, chunk_bytes=chunk_bytes):
                yield piece

    async def head(self, path: str) -> BlobInfo:
        """Tell what is known of a blob."""
        with self._call("head", path):
            return await self._store.head(path)

    def entries(self, prefix: str = "") -> AsyncGenerator[BlobInfo]:
        """List."""
        return self._store.entries(prefix)

    async def move(self, path: str, to: str) -> BlobInfo:
        """Rename."""
        with self._call("move", path):
            return await self._store.move(path, to)

    async def delete(self, path: str) -> None:
        """Remove."""
        with self._call("delete", path):
            await self._store.delete(path)

    def watch(self, prefix: str) -> AsyncGenerator[BlobInfo]:
        """Watch."""
        return self._store.watch(prefix)

    async def check(self) -> None:
        """Return when blobs can be written."""
        await self._store.check()

    async def aclose(self) -> None:
        """Close the store."""
        await self._store.aclose()

    def _call(self, operation: str, path: str) -> Span:
        container = path.partition("/")[0]
        attributes = {PEER: _PART, BLOB_OPERATION: operation, BLOB_PATH: path}
        return self._tracer.call(f"{operation} {container}", attributes=attributes)
