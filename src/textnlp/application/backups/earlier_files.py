"""The files of the backup before, so that what did not change is not read again."""

import asyncio
from collections.abc import AsyncGenerator

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.read_content import Entry, read_entries
from textnlp.domain.backups.manifest import EntryKind, Manifest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobInfo

_CHECKED_AT_ONCE = 8
_UNUSABLE = frozenset({ErrorKind.CONFLICT, ErrorKind.FORBIDDEN})


class EarlierFiles:
    """Walks the files of a backup beside those that are there, both sorted, in memory that does not grow with either.

    A backup before that is damaged, or sealed with another key, is as none: everything is read then.
    """

    def __init__(self, place: BackupPlace, manifest: Manifest | None) -> None:
        self._place = place
        usable = manifest is not None and manifest.key_id == place.sealer.key_id
        self._entries = read_entries(place, manifest) if manifest is not None and usable else None
        self._next: Entry | None = None

    async def same(self, tree: str, info: BlobInfo) -> Entry | None:
        """Return the entry of a file whose version is the same, with all its objects there; None where there is none.

        Files are asked for in the order of their trees and paths.
        """
        wanted = (tree, info.path)
        while self._entries is not None and (self._next is None or _key(self._next) < wanted):
            await self._advance(self._entries)
        entry = self._next
        if entry is None or _key(entry) != wanted:
            return None
        is_same = entry.end.etag == info.etag and entry.end.size_bytes == info.size_bytes
        return entry if is_same and await self._has_all(entry.chunks) else None

    async def aclose(self) -> None:
        """Stop reading."""
        if self._entries is not None:
            await self._entries.aclose()

    async def _advance(self, entries: AsyncGenerator[Entry]) -> None:
        try:
            self._next = await anext(entries, None)
            while self._next is not None and self._next.kind is not EntryKind.FILE:
                self._next = await anext(entries, None)
        except TextNLPError as error:
            if error.kind not in _UNUSABLE:
                raise
            self._next = None
        if self._next is None:
            await entries.aclose()
            self._entries = None

    async def _has_all(self, chunks: tuple[str, ...]) -> bool:
        for start in range(0, len(chunks), _CHECKED_AT_ONCE):
            asked = (self._place.has_object(name) for name in chunks[start : start + _CHECKED_AT_ONCE])
            if not all(await asyncio.gather(*asked)):
                return False
        return True


def _key(entry: Entry) -> tuple[str, str]:
    return entry.tree, entry.name
