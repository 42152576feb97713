"""Kill and wipe a platform while it works, and bring it back from its backup in another place."""

import asyncio
import json
import os
import shutil
import signal
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import CommandLine, read_lines, until, write_prompts
from tests.acceptance.mortal_platform import MortalPlatform
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(280)]

ROWS = 400
CONCURRENCY = 16
QUICK, SLOW = StubOptions(latency_seconds=0.05), StubOptions(latency_seconds=20.0)
ENDED = {"completed", "failed", "cancelled"}


class Machine:
    """A machine that is lost, and what is kept elsewhere: the backups, and their key."""

    def __init__(self, root: Path) -> None:
        self.backups = root / "other-disk"
        self.key = root / "safe" / "backup.key"
        self.data_dir = root / "data"
        self.more = {"TEXTNLP_BACKUPS": str(self.backups), "TEXTNLP_BACKUP_KEY_FILE": str(self.key)}
        self.commands = CommandLine(self.data_dir, more=self.more)

    def moved_to(self, data_dir: Path) -> CommandLine:
        return CommandLine(data_dir, more=self.more)

    def objects(self, kind: str = "database") -> list[Path]:
        found = [path for path in (self.backups / "backups" / kind / "objects").rglob("*") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_size)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def wipe(folder: Path) -> None:
    """Remove a folder while what was killed may still be tidying up in it."""
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)


async def status_of(commands: CommandLine, batch_id: str, url: str) -> dict[str, Any]:
    shown = await commands.run("batch", "status", batch_id, "--json", "--server", url)
    assert shown.exit_code == 0, shown.stderr
    return shown.json()


async def ids_of_databases(commands: CommandLine) -> list[str]:
    listed: list[dict[str, Any]] = json.loads((await commands.run("backup", "list", "--json")).stdout)
    return [each["id"] for each in listed if each["kind"] == "database"]


async def ended(commands: CommandLine, batch_id: str, url: str) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            shown = await status_of(commands, batch_id, url)
            if shown["state"] in ENDED:
                return shown
            await asyncio.sleep(0.3)


async def test_a_platform_that_was_killed_and_wiped_goes_on_in_another_place(
    machine: Machine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands, prompts, new = machine.commands, tmp_path / "prompts.jsonl", tmp_path / "new"
    ids = write_prompts(prompts, ROWS)
    async with OpenAIStub(QUICK) as stub:
        lost = MortalPlatform(commands, stub, concurrency=CONCURRENCY)
        url = await lost.start()
        submitted = await commands.run("batch", "submit", prompts, "--server", url)
        batch_id = submitted.stdout.strip().splitlines()[-1]
        await until(lambda: stub.stats.calls > ROWS // 4)
        stub.options = SLOW
        flushed = (await status_of(commands, batch_id, url))["accepted"]

        created = await commands.run("backup", "create", "--json")
        assert created.exit_code == 0, created.stderr
        assert stub.stats.calls < ROWS, "the batch was over before the backup was"
        await lost.kill(with_database=True)
        lost_at = time.perf_counter()
        wipe(machine.data_dir)

        stub.options = QUICK
        restored = await commands.run("backup", "restore", "--into", new, "--json")
        assert restored.exit_code == 0, restored.stderr
        document = restored.json()
        back = MortalPlatform(machine.moved_to(new), stub, concurrency=CONCURRENCY)
        url = await back.start()
        recovery_seconds = time.perf_counter() - lost_at
        commands = machine.moved_to(new)
        finished = await ended(commands, batch_id, url)
        fetched = await commands.run("batch", "download", batch_id, "--out", tmp_path / "out", "--server", url)
        await back.stop()
        calls = stub.stats.calls

    ledger = document["restored"][0]["ledger"]
    with capsys.disabled():
        print(  # noqa: T201
            f"\nRPO: {flushed} rows were committed before the backup, {ledger['accepted']} are in it; "
            f"RTO: {recovery_seconds:.1f} s from the loss until ready, {document['seconds']:.1f} s of them to restore; "
            f"{ROWS} rows took {calls} calls"
        )
    assert fetched.exit_code == 0, fetched.stderr
    assert ledger["accepted"] >= flushed > 0
    assert ledger["input"] == ROWS
    assert ledger["unbalanced"] == []
    assert (finished["state"], finished["accepted"], finished["failed"]) == ("completed", ROWS, 0)
    assert [line["id"] for line in read_lines(tmp_path / "out" / "generations.jsonl")] == ids
    assert calls <= 2 * ROWS - ledger["accepted"] + CONCURRENCY
    key = new / "identity" / "signing-key.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert json.loads((new / "configuration" / "settings.json").read_text())["backups"] == str(machine.backups)


async def test_a_backup_that_was_harmed_is_refused_and_named(machine: Machine, tmp_path: Path) -> None:
    commands, into = machine.commands, tmp_path / "refused"
    created = await commands.run("backup", "create", "--json")
    backup_id = json.loads(created.stdout)[1]["id"]
    victim = machine.objects()[-1]
    whole = victim.read_bytes()
    victim.write_bytes(whole[:-1])
    verified = await commands.run("backup", "verify", backup_id)
    assert (verified.exit_code, victim.name in verified.stdout) == (1, True)
    victim.write_bytes(whole[:40] + bytes([whole[40] ^ 1]) + whole[41:])
    refused = await commands.run("backup", "restore", "--into", into)
    assert (refused.exit_code, victim.name in refused.stderr) == (1, True)
    victim.unlink()
    incomplete = await commands.run("backup", "verify", "--json")
    assert (incomplete.exit_code, f"Object {victim.name} is missing" in incomplete.stdout) == (1, True)

    over = await commands.run("backup", "restore", "--into", machine.data_dir)
    assert (over.exit_code, "holds something already" in over.stderr) == (1, True)
    no_key = await commands.run("backup", "list", TEXTNLP_BACKUP_KEY_FILE=str(tmp_path / "no.key"))
    assert (no_key.exit_code, "no key of backups" in no_key.stderr) == (1, True)


async def test_a_backup_that_is_killed_does_not_exist(machine: Machine) -> None:
    commands, lease = machine.commands, machine.backups / "backups" / "database" / "writer.json"
    assert (await commands.run("backup", "create")).exit_code == 0
    before = await ids_of_databases(commands)
    process = await commands.start("backup", "create")
    await until(lambda: json.loads(lease.read_text())["holder"] != "")
    os.killpg(process.pid, signal.SIGKILL)
    await process.communicate()
    assert await ids_of_databases(commands) == before
    second = await commands.run("backup", "create")
    assert second.exit_code == 1
    assert "Another process is at the backups" in second.stderr


async def test_the_drill_prints_its_figures(machine: Machine) -> None:
    run = await machine.commands.run("drill", "run", "dr", "--json")
    assert run.exit_code == 0, run.stderr
    measured = run.json()
    assert measured["recovery_time_seconds"] > measured["recovery_point_seconds"] >= 0
    assert measured["restored"]["ledger"]["unbalanced"] == []
