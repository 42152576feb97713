"""Restore a backup to a new place, and hold what is there then against what was backed up."""

import contextlib
import hashlib
from collections.abc import AsyncIterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.compare_paths import MissingPaths
from textnlp.application.backups.create_backup import BLOBS_TREE
from textnlp.application.backups.read_content import Entry, read_entries, read_entry, split_lines
from textnlp.domain.backups.manifest import EntryKind, Manifest
from textnlp.domain.backups.record import damaged
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identifiers import moment_of_backup
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.database_dumper import TableShape
from textnlp.ports.database_loader import DatabaseLoad, DatabaseLoader, LedgerFigures

_MOST_SEQUENCES_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreTarget:
    """Where a backup is restored to; none of it may hold anything.

    Attributes:
        trees: collections of files by name; files of other trees raise `CONFLICT`.
        kept: prefixes of files that may be there, each beginning with the name of its tree.
    """

    database: DatabaseLoader | None = None
    trees: Mapping[str, BlobStore] = field(default_factory=dict[str, BlobStore])
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restoration:
    """What was restored, all of it read back and found to be what was backed up.

    Attributes:
        ledger: of the batches, None where there is no database in the backup.
        revisions: changes of structure that this version made to the restored database.
    """

    manifest: Manifest
    tables: int
    rows: int
    files: int
    size_bytes: int
    ledger: LedgerFigures | None
    revisions: tuple[str, ...]


async def find_backup(place: BackupPlace, *, by: datetime | None) -> Manifest:
    """Return the newest backup that shows a moment at or before `by`, the newest of all where None.

    Ids tell the moment to the millisecond. Raises `NOT_FOUND` where there is none, and `CONFLICT` or `FORBIDDEN` where
    that backup cannot be used: an older one is never taken in its place without being asked for.
    """
    for backup_id in await place.backup_ids():
        if by is None or moment_of_backup(backup_id) <= by:
            return await place.get_manifest(backup_id)
    moment = f"from {by.isoformat(timespec='seconds')} or before" if by else "at all"
    raise TextNLPError(
        f"There is no backup {moment}.",
        kind=ErrorKind.NOT_FOUND,
        facts=ErrorFacts(hint="List what there is: textnlp backup list."),
    )


async def restore_backup(place: BackupPlace, manifest: Manifest, target: RestoreTarget) -> Restoration:
    """Restore a backup, then verify it: hashes of tables and files, counts, the ledger, and referred blobs.

    The database appears last, in one transaction, once everything else was found right. Raises `CONFLICT` for a place
    that holds something, and for whatever is not as it was backed up.
    """
    await _require_empty(target)
    restoring = _Restoring(place, manifest, target)
    if target.database is None or manifest.revision is None:
        await restoring.run(None)
    else:
        async with target.database.loading(manifest.revision) as load:
            await restoring.run(load)
    revisions = await target.database.finish() if target.database and manifest.revision else ()
    return restoring.result(tuple(revisions))


async def _require_empty(target: RestoreTarget) -> None:
    for tree, store in target.trees.items():
        async with contextlib.aclosing(store.entries()) as infos:
            async for info in infos:
                if not f"{tree}/{info.path}".startswith(target.kept):
                    raise TextNLPError(
                        f"There are {tree} already, such as {info.path}; nothing is restored over them.",
                        kind=ErrorKind.CONFLICT,
                        facts=ErrorFacts(hint="Restore into a place that is empty."),
                    )
    if target.database is not None:
        await target.database.require_empty()


class _Restoring:
    def __init__(self, place: BackupPlace, manifest: Manifest, target: RestoreTarget) -> None:
        self._place = place
        self._manifest = manifest
        self._target = target
        self._tables = self._rows = self._files = self._size_bytes = 0
        self._ledger: LedgerFigures | None = None

    def result(self, revisions: tuple[str, ...]) -> Restoration:
        return Restoration(
            manifest=self._manifest,
            tables=self._tables,
            rows=self._rows,
            files=self._files,
            size_bytes=self._size_bytes,
            ledger=self._ledger,
            revisions=revisions,
        )

    async def run(self, load: DatabaseLoad | None) -> None:
        async with contextlib.aclosing(read_entries(self._place, self._manifest)) as entries:
            async for entry in entries:
                await self._write(entry, load)
        async with contextlib.aclosing(read_entries(self._place, self._manifest)) as entries:
            await self._check(entries, load)
        if load is not None:
            self._ledger = await load.ledger()
            if self._ledger.unbalanced:
                raise damaged(f"The ledger of batch {self._ledger.unbalanced[0]} does not balance.")
        counted = (self._rows, self._files, self._size_bytes)
        if load is not None and counted != (self._manifest.rows, self._manifest.files, self._manifest.size_bytes):
            raise damaged(f"Backup {self._manifest.id} says that it holds more or less than was restored.")

    async def _write(self, entry: Entry, load: DatabaseLoad | None) -> None:
        self._size_bytes += entry.end.size_bytes
        async with contextlib.aclosing(read_entry(self._place, entry)) as chunks:
            if entry.kind is EntryKind.FILE:
                await self._write_file(entry, chunks)
            elif entry.kind is EntryKind.TABLE and load is not None:
                await load.fill(_shape(entry), chunks)
            elif entry.kind is EntryKind.SEQUENCES and load is not None:
                await load.advance(await _sequences(entry, chunks))

    async def _write_file(self, entry: Entry, chunks: AsyncIterable[bytes]) -> None:
        store = self._store_of(entry)
        async with store.open_writer(entry.name) as writer:
            async for chunk in chunks:
                await writer.write(chunk)

    async def _check(self, entries: AsyncIterable[Entry], load: DatabaseLoad | None) -> None:
        missing: MissingPaths | None = None
        async for entry in entries:
            if entry.kind is EntryKind.TABLE and load is not None:
                self._rows += await _compare(entry, load.rows(_shape(entry)))
                self._tables += 1
            elif entry.kind is EntryKind.REFERENCES:
                missing = MissingPaths(split_lines(read_entry(self._place, entry)))
            elif entry.kind is EntryKind.FILE:
                await _compare(entry, self._store_of(entry).stream(entry.name))
                self._files += 1
                if missing is not None and entry.tree == BLOBS_TREE:
                    await missing.note(entry.name)
        if missing is not None:
            await missing.end()
            if missing.count > self._manifest.missing_count:
                raise damaged(f"Rows refer to {missing.named[0]}, which is not in the backup.")

    def _store_of(self, entry: Entry) -> BlobStore:
        try:
            return self._target.trees[entry.tree]
        except KeyError:
            raise damaged(f"The backup holds {entry.label}, for which there is no place.") from None


async def _compare(entry: Entry, pieces: AsyncIterable[bytes]) -> int:
    """Hold restored bytes against their hash; return how many lines they have."""
    digest, size_bytes, line_feeds = hashlib.sha256(), 0, 0
    async for piece in pieces:
        digest.update(piece)
        size_bytes += len(piece)
        line_feeds += piece.count(b"\n")
    if (size_bytes, digest.hexdigest()) != (entry.end.size_bytes, entry.end.sha256):
        raise damaged(f"What was restored as {entry.label} is not what was backed up.")
    return line_feeds


async def _sequences(entry: Entry, chunks: AsyncIterable[bytes]) -> Mapping[str, int]:
    if entry.end.size_bytes > _MOST_SEQUENCES_BYTES:
        raise damaged("The positions of sequences are longer than any that were written.")
    data = b"".join([chunk async for chunk in chunks])
    try:
        return msgspec.json.decode(data, type=dict[str, int])
    except msgspec.DecodeError as exc:
        raise damaged("The positions of sequences cannot be read.") from exc


def _shape(entry: Entry) -> TableShape:
    return TableShape(name=entry.name, columns=entry.end.columns)
