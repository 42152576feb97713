"""Take a backup: the database as it is at one moment, then the files that belong to it."""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.compare_paths import MissingPaths
from textnlp.application.backups.earlier_files import EarlierFiles
from textnlp.application.backups.hold_lease import Lease, hold_lease
from textnlp.application.backups.list_backups import newest_backup
from textnlp.application.backups.read_content import read_objects, split_lines
from textnlp.application.backups.write_content import IndexWriter
from textnlp.domain.backups.manifest import FORMAT, Content, EntryKind, IndexLine, Manifest
from textnlp.domain.backups.schedule import is_due
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import new_backup_id
from textnlp.ports.blob_store import BlobInfo, BlobStore
from textnlp.ports.database_dumper import DatabaseDump, DatabaseDumper

BLOBS_TREE = "blobs"
"""The tree of files that rows of the database refer to."""

MakeSources = Callable[[], Awaitable["BackupSources"]]
"""Gathers what is backed up, when it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSources:
    """What is backed up.

    Attributes:
        version: of the platform.
        trees: collections of files by name.
        left_out: prefixes of files that are not backed up, each beginning with the name of its tree.
    """

    version: str
    database: DatabaseDumper | None = None
    trees: Mapping[str, BlobStore] = field(default_factory=dict[str, BlobStore])
    left_out: tuple[str, ...] = ()


async def create_backup(place: BackupPlace, sources: BackupSources) -> Manifest:
    """Take a backup and return its manifest, which is written last: before that there is no backup.

    The database is read as it is at one moment, and the files after it. Blobs are written before rows that refer to
    them, so every blob that the rows of that moment refer to is there by then; a blob that was deleted between the two
    is named in the manifest. Files that came later are in the backup too, and nothing refers to them.

    Raises `CONFLICT` while another process writes backups, and what the sources raise.
    """
    async with hold_lease(place) as lease:
        return await _create(place, sources, lease=lease, previous=await newest_backup(place))


async def create_due_backup(place: BackupPlace, make_sources: MakeSources) -> Manifest | None:
    """Take a backup where that of the last night is missing, as `create_backup` does; return None otherwise.

    Of several processes that do so at once, one takes it; the others get `CONFLICT`, and None the next time.
    """
    starts_at = place.policy.starts_at
    if starts_at is None or not _is_missing(place, starts_at, await newest_backup(place)):
        return None
    async with hold_lease(place) as lease:
        previous = await newest_backup(place)
        if not _is_missing(place, starts_at, previous):
            return None
        return await _create(place, await make_sources(), lease=lease, previous=previous)


def _is_missing(place: BackupPlace, starts_at: str, newest: Manifest | None) -> bool:
    return is_due(place.clock.now(), starts_at, newest.taken_at if newest else None)


async def _create(place: BackupPlace, sources: BackupSources, *, lease: Lease, previous: Manifest | None) -> Manifest:
    taken_at = place.clock.now()
    index = IndexWriter(place)
    try:
        revision, references = await _write_database(index, sources.database)
        before = EarlierFiles(place, previous)
        async with contextlib.aclosing(before):
            files = _Files(place, sources, before=before, references=references)
            await files.write(index)
        content = await index.finish()
    finally:
        await index.close()
    manifest = Manifest(
        format=FORMAT,
        id=new_backup_id(taken_at),
        kind=place.kind,
        taken_at=taken_at,
        finished_at=place.clock.now(),
        version=sources.version,
        key_id=place.sealer.key_id,
        revision=revision,
        index=content,
        entries=index.entries,
        rows=index.rows,
        files=files.count,
        size_bytes=index.content_bytes,
        new_bytes=index.new_bytes,
        missing=files.missing.named,
        missing_count=files.missing.count,
    )
    await lease.renew()
    await place.put_manifest(manifest)
    return manifest


async def _write_database(index: IndexWriter, database: DatabaseDumper | None) -> tuple[str | None, Content | None]:
    """Write the tables, sequences and references; return the structure, and where the references are."""
    if database is None:
        return None, None
    async with database.snapshot() as dump:
        for table in await dump.tables():
            line = IndexLine(kind=EntryKind.TABLE, name=table.name)
            async with contextlib.aclosing(dump.rows(table)) as rows:
                await index.write_rows(line, rows, columns=table.columns)
        line = IndexLine(kind=EntryKind.REFERENCES, name="references")
        async with contextlib.aclosing(dump.references()) as paths:
            references = await index.write_rows(line, paths)
        line = IndexLine(kind=EntryKind.SEQUENCES, name="sequences")
        await index.write_rows(line, _sequences(dump))
        return dump.revision, references


async def _sequences(dump: DatabaseDump) -> AsyncGenerator[bytes]:
    yield msgspec.json.encode(dict(await dump.sequences()), order="sorted") + b"\n"


class _Files:
    """Writes the trees, and looks for referred blobs that are not in theirs."""

    def __init__(
        self, place: BackupPlace, sources: BackupSources, *, before: EarlierFiles, references: Content | None
    ) -> None:
        self._sources = sources
        self._before = before
        chunks = read_objects(place, references.chunks if references else (), what="references")
        self.missing = MissingPaths(split_lines(chunks))
        self.count = 0

    async def write(self, index: IndexWriter) -> None:
        for tree, store in sorted(self._sources.trees.items()):
            async with contextlib.aclosing(store.entries()) as infos:
                async for info in infos:
                    if f"{tree}/{info.path}".startswith(self._sources.left_out):
                        continue
                    if await self._write_file(index, tree, info) and tree == BLOBS_TREE:
                        await self.missing.note(info.path)
        await self.missing.end()

    async def _write_file(self, index: IndexWriter, tree: str, info: BlobInfo) -> bool:
        """Write a file, or list its objects again where it is as it was; return whether it was still there."""
        line = IndexLine(kind=EntryKind.FILE, name=info.path, tree=tree)
        before = await self._before.same(tree, info)
        if before is not None:
            await index.add(line, before.end, before.chunks)
            self.count += 1
            return True
        try:
            async with contextlib.aclosing(self._sources.trees[tree].stream(info.path)) as pieces:
                await index.write_bytes(line, pieces, etag=info.etag)
        except TextNLPError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            return False
        self.count += 1
        return True
