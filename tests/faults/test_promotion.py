"""The database's region is lost in the middle of a batch, and its copy is promoted, as the runbook says."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine, until
from tests.acceptance.mortal_platform import MortalPlatform
from tests.acceptance.platform_load import create_batch, ended_batch
from tests.doubles.openai_server import OpenAIStub, StubOptions
from tests.faults.replicated_database import ReplicatedDatabase

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ROWS = 600
AWAY_SECONDS = 3


@pytest.fixture
def pair() -> Iterator[ReplicatedDatabase]:
    database = ReplicatedDatabase()
    try:
        database.start()
        yield database
    finally:
        database.close()


async def test_a_batch_goes_on_with_the_promoted_copy_and_nothing_is_lost_or_doubled(
    pair: ReplicatedDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = CommandLine(tmp_path / "data", more={"DATABASE_URL": pair.url})
    async with OpenAIStub(StubOptions(latency_seconds=0.05)) as stub:
        platform = MortalPlatform(commands, stub, concurrency=8)
        url = await platform.start()
        batch_id = await create_batch(url, rows=ROWS)
        await until(lambda: pair.stored_rows("primary") >= ROWS // 4)
        pair.lose_primary()
        lost_at = time.monotonic()
        await asyncio.sleep(AWAY_SECONDS)
        pair.promote()
        kept = pair.stored_rows("replica")
        await until(lambda: pair.stored_rows("replica") > kept, seconds=60)
        recovery_seconds = time.monotonic() - lost_at
        batch = await ended_batch(url, batch_id)
        inspected = await commands.run("doctor", "--deep")
        await platform.stop()
        calls = stub.stats.answered
    with capsys.disabled():
        figures = f"{recovery_seconds:.1f} s after the loss rows are stored again; {calls - ROWS} calls came twice"
        print(f"\npromotion: {figures}")  # noqa: T201
    assert batch["counts"]["accepted"] == ROWS
    assert inspected.exit_code == 0, inspected.stdout
    assert ROWS <= calls < ROWS + ROWS // 4
