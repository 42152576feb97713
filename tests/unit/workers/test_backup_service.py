import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import memory_platform
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.bootstrap.backup_hold import BackupHold
from textnlp.domain.backups.manifest import Manifest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import Settings
from textnlp.workers.backup_service import SETTLE_SECONDS, serve_backups

MORNING = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CountingHold(BackupHold):
    """Notes when it was asked, and fails with what it is given."""

    clock: ManualClock
    asked: list[datetime] = dataclasses.field(default_factory=list[datetime])
    failure: ErrorKind | None = None

    async def keep_due(self) -> Sequence[Manifest]:
        self.asked.append(self.clock.now())
        if self.failure is not None:
            raise TextNLPError("The place is away.", kind=self.failure)
        return []


def hold_on(clock: ManualClock, *, schedule: bool | None = True, failure: ErrorKind | None = None) -> CountingHold:
    settings = Settings(data_dir=Path("nowhere"), backup_schedule=schedule)
    database = PostgresDatabase("postgresql://nobody@127.0.0.1:1/none", clock=clock)
    return CountingHold(settings=settings, database=database, clock=clock, failure=failure)


@contextlib.asynccontextmanager
async def served(hold: CountingHold) -> AsyncGenerator[asyncio.Task[None]]:
    serving = asyncio.create_task(
        serve_backups(dataclasses.replace(memory_platform(), clock=hold.clock, backups=hold)),
    )
    await asyncio.sleep(0)
    yield serving
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_what_was_missed_is_made_up_once_the_start_has_settled() -> None:
    clock = ManualClock(now=MORNING)
    hold = hold_on(clock)
    async with served(hold):
        await clock.advance(SETTLE_SECONDS - 1)
        assert hold.asked == []
        await clock.advance(1)
        assert len(hold.asked) == 1


async def test_it_looks_at_the_very_minute_that_a_backup_is_due() -> None:
    clock = ManualClock(now=datetime(2026, 11, 27, 1, 47, 30, tzinfo=UTC))
    hold = hold_on(clock)
    async with served(hold):
        await clock.advance(900)
    assert datetime(2026, 11, 27, 2, 0, tzinfo=UTC) in hold.asked


@pytest.mark.parametrize(
    ("failure", "level"), [(ErrorKind.UNAVAILABLE, logging.WARNING), (ErrorKind.CONFLICT, logging.INFO)]
)
async def test_a_place_that_is_away_is_asked_again_later(
    failure: ErrorKind, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock = ManualClock(now=MORNING)
    hold = hold_on(clock, failure=failure)
    async with served(hold):
        await clock.advance(SETTLE_SECONDS + 700)
    assert len(hold.asked) == 3
    assert {record.levelno for record in caplog.records if "not taken" in record.message} == {level}


@pytest.mark.parametrize("schedule", [None, False])
async def test_a_process_that_takes_no_backups_does_nothing(*, schedule: bool | None) -> None:
    hold = hold_on(ManualClock(now=MORNING), schedule=schedule)
    async with served(hold) as serving:
        await asyncio.wait_for(serving, 1)
    assert hold.asked == []
