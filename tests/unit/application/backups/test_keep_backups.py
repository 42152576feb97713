import asyncio
import dataclasses
from datetime import datetime, timedelta

import pytest

from tests.doubles.clock import ManualClock
from tests.doubles.moody_blobs import MoodyBlobs
from tests.factories.backups import NIGHT, make_blobs, make_database, make_place, make_sources
from textnlp.application.backups.create_backup import BackupSources
from textnlp.application.backups.keep_backups import BackupSet, create_all, keep_due_backups
from textnlp.domain.errors import ErrorKind, TextNLPError


def set_of(clock: ManualClock, sources: BackupSources | None = None) -> BackupSet:
    given = sources or make_sources(make_database(2))

    async def gather() -> BackupSources:
        return given

    return BackupSet(place=make_place(clock=clock), make_sources=gather)


async def moments(kept: BackupSet) -> list[datetime]:
    return [(await kept.place.get_manifest(each)).taken_at for each in await kept.place.backup_ids()]


async def test_a_night_that_was_missed_is_made_up_and_the_next_one_comes_in_time() -> None:
    clock = ManualClock(now=NIGHT + timedelta(hours=7))
    kept = set_of(clock)
    assert len(await keep_due_backups([kept])) == 1
    assert await keep_due_backups([kept]) == []
    await clock.advance(timedelta(hours=17).total_seconds())
    assert len(await keep_due_backups([kept])) == 1
    assert await moments(kept) == [NIGHT + timedelta(days=1), NIGHT + timedelta(hours=7)]


async def test_what_is_kept_no_longer_goes_with_the_backup_of_the_night() -> None:
    clock = ManualClock(now=NIGHT)
    kept = set_of(clock)
    for _ in range(40):
        await keep_due_backups([kept])
        await clock.advance(timedelta(days=1).total_seconds())
    assert 9 <= len(await moments(kept)) <= 13


async def test_of_two_processes_one_takes_the_backup_of_the_night() -> None:
    clock, gate = ManualClock(now=NIGHT), asyncio.Event()
    slow = set_of(clock, make_sources(make_database(1), await make_blobs(MoodyBlobs(gate=gate), a=b"1")))
    other = BackupSet(place=dataclasses.replace(slow.place), make_sources=slow.make_sources)
    first = asyncio.create_task(keep_due_backups([slow]))
    await asyncio.sleep(0.05)
    with pytest.raises(TextNLPError) as caught:
        await keep_due_backups([other])
    gate.set()
    assert caught.value.kind is ErrorKind.CONFLICT
    assert len(await first) == 1
    assert await keep_due_backups([other]) == []
    assert len(await moments(slow)) == 1


async def test_whoever_asks_for_it_gets_a_backup_of_each_kind_whenever_that_is() -> None:
    clock = ManualClock(now=NIGHT)
    sets = [set_of(clock), set_of(clock)]
    assert [each.taken_at for each in await create_all(sets)] == [NIGHT, NIGHT]
    await clock.advance(1)
    await create_all(sets)
    assert [len(await moments(each)) for each in sets] == [2, 2]
