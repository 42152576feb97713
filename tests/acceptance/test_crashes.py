"""Kill what can be killed, at random moments, and count."""

import asyncio
import os
import random
import signal
from pathlib import Path

import psutil
import pytest

from tests.acceptance.command_line import CommandLine, read_lines, write_prompts
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(600)]

ROWS = 3000
CONCURRENCY = 16
KILLS = 30
LATENCY_SECONDS = 0.05


def postmasters(command_line: CommandLine) -> list[psutil.Process]:
    """Find the PostgreSQL main process of the data folder."""
    found: list[psutil.Process] = []
    for process in psutil.process_iter(["cmdline"]):
        words: list[str] = process.info["cmdline"] or []
        if words and words[0].endswith("postgres") and any(str(command_line.data_dir) in word for word in words):
            found.append(process)
    return found


def kill_worker(process: asyncio.subprocess.Process, _: CommandLine) -> None:
    process.kill()


def kill_database(_: asyncio.subprocess.Process, command_line: CommandLine) -> None:
    for postmaster in postmasters(command_line):
        postmaster.kill()


def kill_everything(process: asyncio.subprocess.Process, command_line: CommandLine) -> None:
    children = [child for postmaster in postmasters(command_line) for child in postmaster.children(recursive=True)]
    for victim in [*postmasters(command_line), *children]:
        victim.kill()
    os.killpg(process.pid, signal.SIGKILL)


async def test_thirty_kills_lose_no_row_store_none_twice_and_repeat_only_calls_in_flight(
    command_line: CommandLine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    ids = write_prompts(prompts, ROWS)
    chance = random.Random(20261124)
    worker_kills = kills = 0
    async with OpenAIStub(StubOptions(latency_seconds=LATENCY_SECONDS)) as stub:
        asked = ("batch", "run", prompts, "--out", out, "--base-url", stub.base_url, "--model", "stub")
        process = await command_line.start(*asked, "--quiet", "--concurrency", str(CONCURRENCY))
        while kills < KILLS:
            await asyncio.sleep(chance.uniform(0.05, 1.6))
            if process.returncode is not None:
                break
            kill = chance.choice([kill_worker, kill_worker, kill_database, kill_everything])
            kill(process, command_line)
            kills += 1
            if kill is not kill_database:
                await process.communicate()
                worker_kills += 1
                process = await command_line.start(*asked, "--quiet", "--concurrency", str(CONCURRENCY))
        _, stderr = await process.communicate()
        assert process.returncode == 0, stderr.decode()
        calls = stub.stats.calls
    with capsys.disabled():
        print(f"\n{kills} kills ({worker_kills} of the worker): {ROWS} rows took {calls} calls")  # noqa: T201
    assert kills == KILLS
    assert [line["id"] for line in read_lines(out / "generations.jsonl")] == ids
    assert calls <= ROWS + worker_kills * CONCURRENCY
