import contextlib
from collections.abc import AsyncGenerator

import pytest

from tests.doubles.backup_database import MemoryDatabase
from tests.doubles.clock import ManualClock
from tests.factories.backups import NIGHT, make_blobs, make_database, make_place, make_sources
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.application.backups.create_backup import BackupSources
from textnlp.application.backups.keep_backups import BackupSet
from textnlp.application.backups.restore_backup import RestoreTarget
from textnlp.application.backups.run_drill import run_recovery_drill
from textnlp.domain.errors import ErrorKind, TextNLPError


async def test_a_drill_restores_a_copy_and_measures_what_a_loss_would_cost() -> None:
    clock, scratch = ManualClock(now=NIGHT), MemoryDatabase()
    database, blobs = make_database(50), await make_blobs(a=b"1")

    async def gather() -> BackupSources:
        return make_sources(database, blobs)

    @contextlib.asynccontextmanager
    async def open_targets() -> AsyncGenerator[tuple[RestoreTarget, RestoreTarget]]:
        await clock.advance(30)
        yield RestoreTarget(database=scratch, trees={"blobs": memory_blob_store()}), RestoreTarget()

    sets = [BackupSet(place=make_place(clock=clock), make_sources=gather)]
    first = await run_recovery_drill(sets, open_targets, clock=clock)
    assert first.age_before is None
    assert (first.recovery_time, first.recovery_point) == (30, 0)
    assert scratch.tables == database.tables
    scratch.tables = {}
    second = await run_recovery_drill(sets, open_targets, clock=clock)
    assert second.age_before == 30
    assert second.new_bytes == 0


async def test_a_drill_without_a_database_is_a_mistake() -> None:
    with pytest.raises(TextNLPError) as caught:
        await run_recovery_drill([], contextlib.nullcontext, clock=ManualClock())  # pyright: ignore[reportArgumentType]  is not asked
    assert caught.value.kind is ErrorKind.INTERNAL
