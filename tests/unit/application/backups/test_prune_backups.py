from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.backups import make_blobs, make_database, make_place, make_sources
from textnlp.adapters.clock.system import SystemClock
from textnlp.application.backups.backup_place import BackupPlace
from textnlp.application.backups.create_backup import create_backup
from textnlp.application.backups.hold_lease import hold_lease
from textnlp.application.backups.prune_backups import GRACE, Pruning, prune_backups
from textnlp.application.backups.verify_backup import verify_backup
from textnlp.domain.backups.addresses import manifest_path, object_path
from textnlp.domain.backups.manifest import Manifest
from textnlp.domain.errors import ErrorKind, TextNLPError

DAY_SECONDS = timedelta(days=1).total_seconds()


def after_the_store() -> ManualClock:
    """Return a clock that is ahead of the store's own by more than the grace time."""
    return ManualClock(now=datetime.now(UTC) + GRACE + timedelta(days=1))


async def objects_of(place: BackupPlace) -> set[str]:
    return {info.path async for info in place.objects()}


async def nights(place: BackupPlace, clock: ManualClock, count: int, *, rows: int = 5) -> list[Manifest]:
    taken: list[Manifest] = []
    for night in range(count):
        taken.append(await create_backup(place, make_sources(make_database(rows + night))))
        await clock.advance(DAY_SECONDS)
    return taken


async def test_what_is_kept_for_nothing_goes_with_the_objects_that_only_it_had() -> None:
    clock = after_the_store()
    place = make_place(clock=clock)
    taken = await nights(place, clock, 30)
    before = await objects_of(place)
    pruned = await prune_backups(place)
    assert len(pruned.removed) >= 15
    assert {*pruned.kept, *pruned.removed} == {each.id for each in taken}
    assert pruned.objects == len(before - await objects_of(place)) > 0
    assert await place.backup_ids() == list(pruned.kept)
    for backup_id in pruned.kept:
        assert not (await verify_backup(place, backup_id)).faults


async def test_a_rehearsal_removes_nothing_and_tells_the_same() -> None:
    clock = after_the_store()
    place = make_place(clock=clock)
    await nights(place, clock, 15)
    ids, objects = await place.backup_ids(), await objects_of(place)
    rehearsed = await prune_backups(place, is_rehearsal=True)
    assert (await place.backup_ids(), await objects_of(place)) == (ids, objects)
    done = await prune_backups(place)
    assert rehearsed.is_rehearsal
    assert [rehearsed.kept, rehearsed.removed, rehearsed.objects] == [done.kept, done.removed, done.objects]


async def test_objects_that_are_not_a_day_old_stay() -> None:
    place = make_place(clock=SystemClock())
    name, _ = await place.put_object(b"of a backup that was never finished")
    assert (await prune_backups(place)).objects == 0
    assert await place.has_object(name)
    later = make_place(place.store, clock=after_the_store())
    assert (await prune_backups(later)).objects == 1
    assert not await place.has_object(name)


async def test_what_lies_among_the_objects_and_is_none_stays() -> None:
    place = make_place(clock=after_the_store())
    await place.store.put(f"{place.root}/objects/notes.txt", b"mine")
    assert (await prune_backups(place)).objects == 0
    assert await place.store.get(f"{place.root}/objects/notes.txt") == b"mine"


async def test_the_last_good_backup_is_never_removed_however_many_damaged_ones_follow() -> None:
    clock = after_the_store()
    place = make_place(clock=clock)
    taken = await nights(place, clock, 12)
    for manifest in taken[1:]:
        await place.store.delete(object_path(place.root, manifest.index.chunks[0]))
    pruned = await prune_backups(place)
    assert pruned.kept == (taken[0].id,)
    assert pruned.removed == ()
    assert set(pruned.damaged) == {each.id for each in taken[1:]}
    assert not (await verify_backup(place, taken[0].id)).faults


async def test_a_backup_of_which_an_object_is_missing_keeps_the_others_that_it_has() -> None:
    clock = after_the_store()
    place = make_place(clock=clock)
    blobs = await make_blobs(a=b"one", b=b"two")
    manifest = await create_backup(place, make_sources(blobs=blobs))
    gone, *_ = sorted(await objects_of(place) - {object_path(place.root, manifest.index.chunks[0])})
    await place.store.delete(gone)
    left = await objects_of(place)
    pruned = await prune_backups(place)
    assert pruned.damaged == (manifest.id,)
    assert await objects_of(place) == left


async def test_while_a_manifest_cannot_be_read_no_object_is_removed() -> None:
    clock = after_the_store()
    place = make_place(clock=clock)
    taken = await nights(place, clock, 10)
    await place.store.put(manifest_path(place.root, taken[4].id), b"nothing")
    objects = await objects_of(place)
    pruned = await prune_backups(place)
    assert taken[4].id in pruned.withheld
    assert pruned.damaged == (taken[4].id,)
    assert await objects_of(place) == objects


async def test_nothing_is_removed_while_somebody_writes() -> None:
    place = make_place(clock=after_the_store())
    async with hold_lease(place):
        with pytest.raises(TextNLPError) as caught:
            await prune_backups(place)
    assert caught.value.kind is ErrorKind.CONFLICT
    assert isinstance(await prune_backups(place), Pruning)


async def test_five_years_leave_what_was_declared_and_each_of_it_is_whole() -> None:
    clock = ManualClock(now=datetime(2027, 1, 3, 2, 0, tzinfo=UTC))
    place, database = make_place(clock=clock), make_database(3)
    for week in range(5 * 52):
        database.tables["batch_rows"].append(f"{week}\tof this week\n".encode())
        await create_backup(place, make_sources(database))
        if week % 4 == 0:
            await prune_backups(place)
        await clock.advance(7 * DAY_SECONDS)
    pruned = await prune_backups(place)
    taken = [(await place.get_manifest(each)).taken_at for each in pruned.kept]
    assert [(first - second).days for first, second in pairwise(taken[:7])] == [7] * 6
    assert {(at.year, at.month) for at in taken} >= {(2031, month) for month in range(2, 13)}
    assert {at.year for at in taken} == {2027, 2028, 2029, 2030, 2031}
    assert len(taken) <= 7 + 4 + 12 + 5
    for backup_id in pruned.kept:
        assert not (await verify_backup(place, backup_id)).faults
