import dataclasses
from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.doubles.backup_database import BALANCED, MemoryDatabase
from tests.doubles.clock import ManualClock
from tests.doubles.moody_blobs import MoodyBlobs
from tests.factories.backups import NIGHT, make_blobs, make_database, make_place, make_sources
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import create_backup
from textnlp.application.backups.restore_backup import RestoreTarget, find_backup, restore_backup
from textnlp.application.backups.write_content import IndexWriter
from textnlp.domain.backups.addresses import manifest_path, object_path
from textnlp.domain.backups.manifest import EntryEnd, EntryKind, IndexLine, Manifest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.blob_store import BlobStore


async def contents(store: BlobStore) -> dict[str, bytes]:
    return {info.path: await store.get(info.path) async for info in store.entries()}


def empty_target() -> RestoreTarget:
    return RestoreTarget(database=MemoryDatabase(), trees={"blobs": memory_blob_store()}, kept=("blobs/backups/",))


async def backed_up() -> tuple[BackupPlace, MemoryDatabase, BlobStore, Manifest]:
    place, database = make_place(), make_database(3_000)
    blobs = await make_blobs(generations__a=b"a" * 9_000_000, generations__b=b"", c=b"three")
    return place, database, blobs, await create_backup(place, make_sources(database, blobs))


async def refusal(place: BackupPlace, manifest: Manifest, target: RestoreTarget) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await restore_backup(place, manifest, target)
    return caught.value


async def test_everything_comes_back_as_it_was() -> None:
    place, database, blobs, manifest = await backed_up()
    target = empty_target()
    restored = await restore_backup(place, manifest, target)
    there = target.database
    assert isinstance(there, MemoryDatabase)
    assert (there.tables, there.numbers, there.is_finished) == (database.tables, database.numbers, True)
    assert await contents(target.trees["blobs"]) == await contents(blobs)
    assert (restored.tables, restored.rows, restored.files) == (3, manifest.rows, 3)
    assert restored.ledger == BALANCED


async def test_what_was_changed_after_the_backup_is_not_in_it() -> None:
    place, database, _, manifest = await backed_up()
    before = list(database.tables["batch_rows"])
    database.tables["batch_rows"].clear()
    target = empty_target()
    await restore_backup(place, manifest, target)
    assert isinstance(target.database, MemoryDatabase)
    assert target.database.tables["batch_rows"] == before


async def test_the_backup_of_a_moment_is_the_newest_by_then() -> None:
    clock = ManualClock(now=NIGHT)
    place = make_place(clock=clock)
    taken: list[Manifest] = []
    for _ in range(3):
        taken.append(await create_backup(place, make_sources(make_database(1))))
        await clock.advance(timedelta(days=1).total_seconds())
    assert await find_backup(place, by=None) == taken[2]
    assert await find_backup(place, by=NIGHT + timedelta(days=1)) == taken[1]
    assert await find_backup(place, by=NIGHT + timedelta(hours=23)) == taken[0]
    with pytest.raises(TextNLPError, match="no backup from 2026-11-27T01") as caught:
        await find_backup(place, by=NIGHT - timedelta(minutes=1))
    assert caught.value.kind is ErrorKind.NOT_FOUND


async def test_a_damaged_backup_is_refused_and_none_is_taken_in_its_place() -> None:
    clock = ManualClock(now=NIGHT)
    place = make_place(clock=clock)
    await create_backup(place, make_sources(make_database(1)))
    await clock.advance(60)
    second = await create_backup(place, make_sources(make_database(1)))
    await place.store.put(manifest_path(place.root, second.id), b"nothing")
    with pytest.raises(TextNLPError, match=second.id):
        await find_backup(place, by=None)


async def test_nothing_is_restored_over_something() -> None:
    place, _, _, manifest = await backed_up()
    full = RestoreTarget(database=MemoryDatabase(tables={"batches": []}), trees={"blobs": memory_blob_store()})
    assert (await refusal(place, manifest, full)).kind is ErrorKind.CONFLICT
    full = RestoreTarget(database=MemoryDatabase(), trees={"blobs": await make_blobs(a=b"1")})
    assert "blobs already, such as a" in (await refusal(place, manifest, full)).message
    assert await contents(full.trees["blobs"]) == {"a": b"1"}


async def test_backups_beside_the_new_blobs_are_left_alone() -> None:
    place, _, blobs, manifest = await backed_up()
    target = RestoreTarget(
        database=MemoryDatabase(), trees={"blobs": await make_blobs(backups__x=b"1")}, kept=("blobs/backups/",)
    )
    await restore_backup(place, manifest, target)
    assert await contents(target.trees["blobs"]) == {**await contents(blobs), "backups/x": b"1"}


async def test_an_object_that_was_changed_leaves_no_database() -> None:
    place, _, _, manifest = await backed_up()
    name = manifest.index.chunks[0]
    await place.store.put(object_path(place.root, name), b"changed")
    target = empty_target()
    assert name in (await refusal(place, manifest, target)).message
    assert isinstance(target.database, MemoryDatabase)
    assert target.database.tables == {}


async def test_a_ledger_that_does_not_balance_is_refused() -> None:
    place, _, _, manifest = await backed_up()
    target = empty_target()
    assert isinstance(target.database, MemoryDatabase)
    target.database.figures = dataclasses.replace(BALANCED, unbalanced=("batch_1",))
    assert "batch_1 does not balance" in (await refusal(place, manifest, target)).message
    assert target.database.tables == {}


async def test_blobs_that_come_out_changed_are_found() -> None:
    place, _, _, manifest = await backed_up()
    target = dataclasses.replace(empty_target(), trees={"blobs": MoodyBlobs(changing="c")})
    assert "is not what was backed up" in (await refusal(place, manifest, target)).message


async def test_blobs_that_were_missing_before_are_no_fault_and_others_are() -> None:
    place, database = make_place(), make_database(1)
    database.referred = ["a", "gone"]
    manifest = await create_backup(place, make_sources(database, await make_blobs(a=b"1")))
    assert manifest.missing == ("gone",)
    await restore_backup(place, manifest, empty_target())
    manifest = dataclasses.replace(manifest, missing=(), missing_count=0)
    assert "refer to gone" in (await refusal(place, manifest, empty_target())).message


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "a/../../b", "", "a\\b"])
async def test_a_path_that_leads_out_of_the_place_is_refused(name: str) -> None:
    place = make_place()
    manifest = await forged(place, [IndexLine(kind=EntryKind.FILE, tree="blobs", name=name)])
    error = await refusal(place, manifest, empty_target())
    assert error.kind is ErrorKind.INVALID_INPUT


async def test_a_tree_without_a_place_is_refused() -> None:
    place = make_place()
    manifest = await forged(place, [IndexLine(kind=EntryKind.FILE, tree="../blobs", name="a")])
    assert "no place" in (await refusal(place, manifest, empty_target())).message


async def test_an_index_that_is_out_of_order_or_stops_is_refused() -> None:
    place = make_place()
    manifest = await create_backup(place, make_sources(blobs=await make_blobs(a=b"1")))
    for index in (
        dataclasses.replace(manifest.index, sha256="0" * 64),
        dataclasses.replace(manifest.index, size_bytes=1),
        dataclasses.replace(manifest.index, chunks=()),
        dataclasses.replace(manifest.index, chunks=manifest.index.chunks * 2),
    ):
        changed = dataclasses.replace(manifest, index=index)
        assert (await refusal(place, changed, empty_target())).kind is ErrorKind.CONFLICT


async def forged(place: BackupPlace, lines: Sequence[IndexLine]) -> Manifest:
    """Return a backup whose index holds these lines for an empty file each, as whoever has the key could write it."""
    manifest = await create_backup(place, make_sources())
    index = IndexWriter(place)
    nothing = EntryEnd(size_bytes=0, sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    for line in lines:
        await index.add(line, nothing, [])
    return dataclasses.replace(manifest, index=await index.finish(), entries=len(lines), files=len(lines))
