"""Read a backup back: the lines of its index, and the bytes of its entries, each held against its hash."""

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from dataclasses import dataclass

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.domain.backups.manifest import MOST_LINE_BYTES, EntryEnd, EntryKind, IndexLine, Manifest
from textnlp.domain.backups.record import damaged, decode_line

_IN_FLIGHT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of an index, with the objects that hold it."""

    kind: EntryKind
    tree: str
    name: str
    chunks: tuple[str, ...]
    end: EntryEnd

    @property
    def label(self) -> str:
        """Say what it is, in words."""
        return f"{self.kind.value} {self.tree + '/' if self.tree else ''}{self.name}"


async def read_objects(place: BackupPlace, names: Iterable[str], *, what: str) -> AsyncGenerator[bytes]:
    """Yield what objects hold, in order, a few being fetched ahead; raise `CONFLICT` naming one that is not whole."""
    left, waiting = iter(names), deque[asyncio.Task[bytes]]()
    try:
        while True:
            while len(waiting) < _IN_FLIGHT and (name := next(left, None)) is not None:
                waiting.append(asyncio.create_task(place.get_object(name)))
            if not waiting:
                return
            plain = await waiting.popleft()
            place.progress(what, len(plain))
            yield plain
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


async def read_entry(place: BackupPlace, entry: Entry) -> AsyncGenerator[bytes]:
    """Yield the bytes of an entry; raise `CONFLICT` naming it where they are not those that were backed up.

    That is told at the end, so what was done with the bytes must not count before.
    """
    digest, size_bytes = hashlib.sha256(), 0
    async with contextlib.aclosing(read_objects(place, entry.chunks, what=entry.name)) as chunks:
        async for chunk in chunks:
            digest.update(chunk)
            size_bytes += len(chunk)
            yield chunk
    if size_bytes != entry.end.size_bytes or digest.hexdigest() != entry.end.sha256:
        raise damaged(f"The {entry.label} is not as it was backed up: its hash or length is another.")


async def read_entries(place: BackupPlace, manifest: Manifest) -> AsyncGenerator[Entry]:
    """Yield the entries of a backup in order, each once; raise `CONFLICT` where the index is not as it was written."""
    reading, entries = _Reading(), 0
    lines = _lines(read_objects(place, manifest.index.chunks, what="index"), reading.hash)
    async with contextlib.aclosing(lines):
        async for data in lines:
            entry = reading.add(decode_line(data))
            if entry is not None:
                entries += 1
                yield entry
    is_whole = reading.is_at(manifest) and entries == manifest.entries
    if not is_whole:
        raise damaged(f"The index of backup {manifest.id} is not as it was written.")


class _Reading:
    """Puts the lines of an index together to entries."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._size_bytes = 0
        self._open: IndexLine | None = None
        self._chunks: list[str] = []

    def hash(self, data: bytes) -> None:
        self._digest.update(data)
        self._size_bytes += len(data)

    def add(self, line: IndexLine) -> Entry | None:
        """Take a line; return the entry that it ends, if it ends one."""
        before = self._open
        if before is not None and (before.kind, before.tree, before.name) != (line.kind, line.tree, line.name):
            raise damaged(f"The index stops within {before.kind.value} {before.name!a}.")
        self._open = line
        self._chunks += line.chunks
        if line.end is None:
            return None
        chunks, self._chunks, self._open = tuple(self._chunks), [], None
        return Entry(kind=line.kind, tree=line.tree, name=line.name, chunks=chunks, end=line.end)

    def is_at(self, manifest: Manifest) -> bool:
        """Tell whether all was read that the manifest tells of, and nothing else."""
        read = (self._size_bytes, self._digest.hexdigest())
        return self._open is None and read == (manifest.index.size_bytes, manifest.index.sha256)


async def split_lines(chunks: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
    """Yield lines without their line feeds; raise `CONFLICT` for one that is too long."""
    rest = b""
    async for chunk in chunks:
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line
        if len(rest) > MOST_LINE_BYTES:
            raise damaged("A line is longer than any that was written.")
    if rest:
        raise damaged("The last line is cut off.")


async def _lines(chunks: AsyncGenerator[bytes], hashed: Callable[[bytes], None]) -> AsyncGenerator[bytes]:
    async def noted() -> AsyncGenerator[bytes]:
        async with contextlib.aclosing(chunks):
            async for chunk in chunks:
                hashed(chunk)
                yield chunk

    async with contextlib.aclosing(noted()) as passing, contextlib.aclosing(split_lines(passing)) as lines:
        async for line in lines:
            yield line
