"""Write what comes as a stream of chunks into objects, and their names into the index of a backup."""

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.domain.backups.chunks import ByteCutter, RowCutter
from textnlp.domain.backups.manifest import CHUNKS_A_LINE, Content, EntryEnd, IndexLine
from textnlp.domain.backups.record import encode_line

_IN_FLIGHT = 4


class ObjectWriter:
    """Stores chunks, a few at once, and gives their names back in order; counts what was added."""

    def __init__(self, place: BackupPlace) -> None:
        self._place = place
        self._waiting: deque[asyncio.Task[tuple[str, int]]] = deque()
        self.new_bytes = 0

    async def add(self, plain: bytes, *, what: str) -> list[str]:
        """Begin to store a chunk, and return the names of those before it that are stored."""
        self._waiting.append(asyncio.create_task(self._place.put_object(plain)))
        self._place.progress(what, len(plain))
        return [await self._first()] if len(self._waiting) > _IN_FLIGHT else []

    async def drain(self) -> list[str]:
        """Wait for all chunks, and return their names."""
        return [await self._first() for _ in range(len(self._waiting))]

    async def close(self) -> None:
        """Give up what is not stored yet."""
        for task in self._waiting:
            task.cancel()
        await asyncio.gather(*self._waiting, return_exceptions=True)
        self._waiting.clear()

    async def _first(self) -> str:
        name, added = await self._waiting.popleft()
        self.new_bytes += added
        return name


class IndexWriter:
    """Writes the entries of a backup and, as one more content, the index that lists them."""

    def __init__(self, place: BackupPlace) -> None:
        self._objects = ObjectWriter(place)
        self._index_objects = ObjectWriter(place)
        self._cutter = ByteCutter()
        self._digest = hashlib.sha256()
        self._size_bytes = 0
        self._chunks: list[str] = []
        self.entries = 0
        self.rows = 0
        self.content_bytes = 0

    @property
    def new_bytes(self) -> int:
        """Bytes that were stored and had not been there."""
        return self._objects.new_bytes + self._index_objects.new_bytes

    async def write_rows(
        self, line: IndexLine, rows: AsyncIterator[bytes], *, columns: tuple[str, ...] = ()
    ) -> Content:
        """Store rows, each with its line feed; `line` says of what, and `columns` what is in them."""
        return await self._write(line, _cut(rows, RowCutter()), columns=columns)

    async def write_bytes(self, line: IndexLine, pieces: AsyncIterator[bytes], *, etag: str) -> Content:
        """Store the bytes of a file of which `etag` is the version."""
        return await self._write(line, _cut(pieces, ByteCutter()), etag=etag)

    async def add(self, line: IndexLine, end: EntryEnd, chunks: Sequence[str]) -> None:
        """Add an entry whose objects are all there."""
        last = max(0, len(chunks) - 1) // CHUNKS_A_LINE * CHUNKS_A_LINE
        for start in range(0, last, CHUNKS_A_LINE):
            await self._list(replace(line, chunks=tuple(chunks[start : start + CHUNKS_A_LINE])))
        await self._list(replace(line, chunks=tuple(chunks[last:]), end=end))
        self.entries += 1
        self.rows += end.rows
        self.content_bytes += end.size_bytes

    async def finish(self) -> Content:
        """Store the rest of the index; return where it is."""
        for chunk in self._cutter.end():
            self._chunks += await self._index_objects.add(chunk, what="index")
        self._chunks += await self._index_objects.drain()
        return Content(size_bytes=self._size_bytes, sha256=self._digest.hexdigest(), chunks=tuple(self._chunks))

    async def close(self) -> None:
        """Give up what is not stored yet."""
        await self._objects.close()
        await self._index_objects.close()

    async def _write(
        self, line: IndexLine, chunks: AsyncGenerator[bytes], *, columns: tuple[str, ...] = (), etag: str = ""
    ) -> Content:
        digest, size_bytes, line_feeds, names = hashlib.sha256(), 0, 0, list[str]()
        async with contextlib.aclosing(chunks):
            async for chunk in chunks:
                digest.update(chunk)
                size_bytes += len(chunk)
                line_feeds += chunk.count(b"\n") if columns else 0
                names += await self._objects.add(chunk, what=line.name)
        names += await self._objects.drain()
        sha256 = digest.hexdigest()
        end = EntryEnd(size_bytes=size_bytes, sha256=sha256, rows=line_feeds, columns=columns, etag=etag)
        await self.add(line, end, names)
        return Content(size_bytes=size_bytes, sha256=sha256, chunks=tuple(names))

    async def _list(self, line: IndexLine) -> None:
        data = encode_line(line)
        self._digest.update(data)
        self._size_bytes += len(data)
        for chunk in self._cutter.add(data):
            self._chunks += await self._index_objects.add(chunk, what="index")


async def _cut(pieces: AsyncIterator[bytes], cutter: RowCutter | ByteCutter) -> AsyncGenerator[bytes]:
    async for piece in pieces:
        for chunk in cutter.add(piece):
            yield chunk
    for chunk in cutter.end():
        yield chunk
