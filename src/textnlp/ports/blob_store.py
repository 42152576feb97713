"""Blobs: named bytes in one flat name space, written whole or not at all."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class BlobInfo:
    """What is known of a blob without reading it; `etag` changes with every write."""

    path: str
    etag: str
    size_bytes: int
    modified_at: datetime


class BlobWriter(Protocol):
    """Takes the bytes of a blob that is being written."""

    async def write(self, data: bytes) -> None:
        """Append `data`."""
        ...


class BlobStore(Protocol):
    """Reads and writes blobs.

    Paths are relative, with `/` between parts; a path that is absolute, empty, or has a part `.`, `..` or one with
    a control character or backslash raises `INVALID_INPUT`, so nothing outside the store can be reached. A blob that is
    not there raises `NOT_FOUND`; a failed condition `CONFLICT`; a full or failing store `UNAVAILABLE`.
    """

    async def put(
        self,
        path: str,
        data: bytes,
        *,
        if_absent: bool = False,
        if_etag: str | None = None,
    ) -> BlobInfo:
        """Write a blob at once: a reader sees the old bytes or the new, never a mixture."""
        ...

    def open_writer(self, path: str) -> AbstractAsyncContextManager[BlobWriter]:
        """Write a large blob in pieces; it appears when the block ends well, and never when it raises."""
        ...

    async def get(self, path: str, *, offset: int = 0, length: int | None = None) -> bytes:
        """Read a blob, or `length` bytes of it from `offset`."""
        ...

    def stream(self, path: str, *, chunk_bytes: int = 1 << 20) -> AsyncGenerator[bytes]:
        """Read a blob in pieces of about `chunk_bytes`."""
        ...

    async def head(self, path: str) -> BlobInfo:
        """Tell what is known of a blob."""
        ...

    def entries(self, prefix: str = "") -> AsyncGenerator[BlobInfo]:
        """List blobs whose path begins with `prefix`, a whole folder or the start of a name, sorted by path."""
        ...

    async def move(self, path: str, to: str) -> BlobInfo:
        """Rename a blob, replacing one at `to`."""
        ...

    async def delete(self, path: str) -> None:
        """Remove a blob; removing one that is not there is harmless."""
        ...

    def watch(self, prefix: str) -> AsyncGenerator[BlobInfo]:
        """Yield each blob under `prefix` once it is completely written: first those already there, then new ones.

        A blob written again with other bytes is yielded again. Runs until it is closed.
        """
        ...

    async def check(self) -> None:
        """Return when blobs can be written; raise `UNAVAILABLE` with what to do otherwise."""
        ...

    async def aclose(self) -> None:
        """Free connections; closing twice is harmless."""
        ...
