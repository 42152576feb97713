import asyncio
import dataclasses
from datetime import timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.doubles.moody_blobs import MoodyBlobs
from tests.factories.backups import (
    KEY,
    NIGHT,
    OTHER_KEY,
    ROOT,
    make_blobs,
    make_database,
    make_place,
    make_sources,
)
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import BackupSources, create_backup, create_due_backup
from textnlp.application.backups.list_backups import list_backups, newest_backup
from textnlp.application.backups.verify_backup import verify_backup
from textnlp.domain.backups.retention import BackupClass
from textnlp.domain.errors import ErrorKind, TextNLPError


async def objects_in(place: BackupPlace) -> dict[str, int]:
    return {info.path: info.size_bytes async for info in place.objects()}


async def is_whole(place: BackupPlace, backup_id: str) -> bool:
    return not (await verify_backup(place, backup_id)).faults


async def test_a_backup_counts_what_is_in_it() -> None:
    place = make_place()
    blobs = await make_blobs(generations__a=b"one", generations__b=b"two", backups__old=b"left out")
    manifest = await create_backup(place, make_sources(make_database(100), blobs))
    assert (manifest.rows, manifest.files, manifest.revision) == (101, 2, "0016")
    assert manifest.taken_at == NIGHT
    assert manifest.key_id == place.sealer.key_id
    assert manifest.new_bytes == sum((await objects_in(place)).values())
    assert await is_whole(place, manifest.id)
    assert await newest_backup(place) == manifest


async def test_the_next_backup_stores_only_what_changed() -> None:
    place, database = make_place(), make_database(5_000)
    blobs = await make_blobs(generations__a=b"a" * 9_000_000, generations__b=b"two")
    first = await create_backup(place, make_sources(database, blobs))
    before = await objects_in(place)
    database.tables["batch_rows"].append(b"5000\tlast\n")
    await blobs.put("generations/c", b"three")
    second = await create_backup(place, make_sources(database, blobs))
    added = (await objects_in(place)).keys() - before.keys()
    assert second.rows == first.rows + 1
    assert len(added) <= 4
    assert second.new_bytes < first.new_bytes / 4
    assert await is_whole(place, first.id)
    assert await is_whole(place, second.id)


async def test_a_file_whose_version_is_the_same_is_not_read_again() -> None:
    place, blobs = make_place(), MoodyBlobs()
    await make_blobs(blobs, a=b"one", b=b"two")
    sources = make_sources(make_database(1), blobs)
    await create_backup(place, sources)
    assert blobs.read == ["a", "b"]
    await blobs.put("b", b"2")
    manifest = await create_backup(place, sources)
    assert blobs.read == ["a", "b", "b"]
    assert await is_whole(place, manifest.id)


async def test_a_file_of_which_an_object_is_gone_is_stored_again() -> None:
    place, blobs = make_place(), await make_blobs(a=b"one")
    first = await create_backup(place, make_sources(blobs=blobs))
    for path in await objects_in(place):
        await place.store.delete(path)
    second = await create_backup(place, make_sources(blobs=blobs))
    assert await is_whole(place, second.id)
    assert await is_whole(place, first.id)


async def test_a_turned_key_stores_everything_anew_and_opens_what_was_before() -> None:
    store, blobs = memory_blob_store(), await make_blobs(a=b"one")
    first = await create_backup(make_place(store), make_sources(blobs=blobs))
    turned = make_place(store, clock=ManualClock(now=NIGHT + timedelta(days=1)), keys=(OTHER_KEY, KEY))
    second = await create_backup(turned, make_sources(blobs=blobs))
    assert second.key_id != first.key_id
    assert second.new_bytes > 0
    assert await is_whole(turned, first.id)
    alone = make_place(store, keys=(OTHER_KEY,))
    assert await is_whole(alone, second.id)
    listed = await list_backups(alone)
    assert [each.manifest is not None for each in listed] == [True, False]
    assert "not among the keys" in listed[1].fault


async def test_nothing_that_was_backed_up_can_be_read_in_the_place() -> None:
    place, blobs = make_place(), await make_blobs(prompts__secret_name=b"a secret text")
    await create_backup(place, make_sources(make_database(3), blobs))
    async for info in place.store.entries():
        data = await place.store.get(info.path)
        assert b"secret" not in data
        assert b"secret" not in info.path.encode()


async def test_blobs_that_rows_refer_to_and_that_are_gone_are_named() -> None:
    database = make_database(1)
    database.referred = ["files/1", "files/2", "files/2", "files/3", "files/9"]
    blobs = await make_blobs(files__1=b"", files__3=b"3", other=b"")
    manifest = await create_backup(make_place(), make_sources(database, blobs))
    assert (manifest.missing, manifest.missing_count) == (("files/2", "files/9"), 2)


async def test_a_blob_that_goes_while_files_are_read_is_left_out_and_named() -> None:
    database = make_database(1)
    database.referred = ["b"]
    blobs = await make_blobs(MoodyBlobs(vanishing="b"), a=b"1", b=b"2", c=b"3")
    manifest = await create_backup(make_place(), make_sources(database, blobs))
    assert (manifest.files, manifest.missing) == (2, ("b",))


async def test_a_backup_that_fails_does_not_exist_and_the_next_one_goes_on_from_its_objects() -> None:
    place, database = make_place(), make_database(3_000)
    failing = make_sources(database, await make_blobs(MoodyBlobs(failing="a"), a=b"1"))
    with pytest.raises(TextNLPError, match="disk"):
        await create_backup(place, failing)
    assert await place.backup_ids() == []
    left = await objects_in(place)
    assert left
    manifest = await create_backup(place, make_sources(database, await make_blobs(a=b"1")))
    assert left.keys() < (await objects_in(place)).keys()
    assert await is_whole(place, manifest.id)


async def test_a_second_backup_at_once_is_refused() -> None:
    place, gate = make_place(), asyncio.Event()
    slow = make_sources(make_database(1), await make_blobs(MoodyBlobs(gate=gate), a=b"1"))
    first = asyncio.create_task(create_backup(place, slow))
    await asyncio.sleep(0.05)
    with pytest.raises(TextNLPError, match="Another process") as caught:
        await create_backup(place, make_sources(make_database(1)))
    gate.set()
    assert caught.value.kind is ErrorKind.CONFLICT
    manifest = await first
    assert await place.backup_ids() == [manifest.id]


async def test_the_backup_of_a_night_is_taken_once() -> None:
    clock = ManualClock(now=NIGHT)
    place, gathered = make_place(clock=clock), 0

    async def gather() -> BackupSources:
        nonlocal gathered
        gathered += 1
        return make_sources(make_database(1))

    assert await create_due_backup(place, gather) is not None
    assert await create_due_backup(place, gather) is None
    await clock.advance(timedelta(hours=23).total_seconds())
    assert await create_due_backup(place, gather) is None
    await clock.advance(timedelta(hours=3).total_seconds())
    assert await create_due_backup(place, gather) is not None
    assert gathered == 2


async def test_backups_are_listed_newest_first_with_what_they_are_kept_for() -> None:
    clock = ManualClock(now=NIGHT)
    place = make_place(clock=clock)
    for _ in range(9):
        await create_backup(place, make_sources(make_database(1)))
        await clock.advance(timedelta(days=1).total_seconds())
    listed = await list_backups(place)
    assert [each.id for each in listed] == sorted((each.id for each in listed), reverse=True)
    assert listed[0].classes == tuple(BackupClass)
    assert sum(BackupClass.DAILY in each.classes for each in listed) == 7
    assert not listed[7].classes or BackupClass.DAILY not in listed[7].classes


async def test_a_place_without_retention_lists_without_classes() -> None:
    place = make_place()
    place = dataclasses.replace(place, policy=dataclasses.replace(place.policy, retention=None))
    await create_backup(place, make_sources(make_database(1)))
    assert [each.classes for each in await list_backups(place)] == [()]
    assert place.root == ROOT
