"""`textnlp validate --on batch`: the same verdicts as here, by tasks that really run."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT
from tests.doubles.azure_batch import BatchAccount, running_account
from tests.doubles.certificates import write_certificates
from tests.doubles.entra import running_entra

_ROWS = ROOT / "examples" / "rows" / "answers-with-faults.jsonl"
_CHECKS = ROOT / "examples" / "answer-checks.yaml"
_FILES = ("accepted.jsonl", "rejected.jsonl", "report.json")


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls the command with the settings of somebody who has a pool.

    Its certificates are named in the environment, which the HTTP library reads when it is imported: no forked command.
    """

    account: BatchAccount
    folder: Path

    async def validate(self, out: str, *options: str, checks: Path = _CHECKS, **settings: str) -> tuple[int, str]:
        """Run the command, and return its exit code and what it said on standard error."""
        environment = {
            **os.environ,
            **self.account.entra.environment,
            "TEXTNLP_DATA_DIR": str(self.folder / "data"),
            "TEXTNLP_BATCH_URL": self.account.address,
            "TEXTNLP_BATCH_POOL": "workers",
            "TEXTNLP_BATCH_IMAGE": "registry.example.org/textnlp-validation:0.1.0",
            **settings,
        }
        words = ["validate", str(_ROWS), "--checks", str(checks), "--out", str(self.folder / out), "--quiet", *options]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "textnlp.cli.main", *words, env=environment, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        return process.returncode or 0, said.decode()


@pytest.fixture
async def caller(tmp_path: Path) -> AsyncGenerator[Caller]:
    async with (
        running_entra(tmp_path, write_certificates(tmp_path)) as entra,
        running_account(entra) as account,
    ):
        yield Caller(account, tmp_path)


async def test_a_pool_says_what_this_machine_says_byte_for_byte(caller: Caller) -> None:
    here, _ = await caller.validate("here")
    there, said = await caller.validate("there", "--on", "batch")
    assert here == there, said
    assert caller.account.attempts == len(caller.account.tasks) > 0
    for name in _FILES:
        assert (caller.folder / "there" / name).read_bytes() == (caller.folder / "here" / name).read_bytes(), name


async def test_a_task_is_tried_again_and_nothing_is_left_behind(caller: Caller) -> None:
    caller.account.breaks = 2
    await caller.validate("out", "--on", "batch")
    assert caller.account.attempts == len(caller.account.tasks) + 2
    assert (caller.account.jobs, len(caller.account.removed)) == ({}, 1)
    assert [path for path in (caller.folder / "data").rglob("*part-*") if path.is_file()] == []


async def test_a_task_that_never_succeeds_ends_the_command(caller: Caller) -> None:
    caller.account.breaks = 3
    code, said = await caller.validate("out", "--on", "batch")
    assert code != 0
    assert "failed at all its attempts" in said
    assert caller.account.jobs == {}


async def test_checks_that_need_this_machine_are_refused(caller: Caller) -> None:
    checks = caller.folder / "checks.yaml"
    checks.write_text("checks:\n  - {kind: http, url: 'https://checks.example.org/', columns: [answer]}\n")
    code, said = await caller.validate("out", "--on", "batch", checks=checks)
    assert code != 0
    assert "cannot be looked at on a pool" in said
    assert caller.account.tasks == []


async def test_what_is_missing_is_named(caller: Caller) -> None:
    _, said = await caller.validate("out", "--on", "batch", TEXTNLP_BATCH_POOL="")
    assert "TEXTNLP_BATCH_POOL must be set" in said
    _, said = await caller.validate("out", "--on", "batch", TEXTNLP_BATCH_POOL="nowhere")
    assert "404 PoolNotFound" in said
    _, said = await caller.validate("out", "--on", "batch", "--processes", "2")
    assert "--processes is for looking at rows here" in said
    assert caller.account.tasks == []
