"""Kill every process of a platform that makes a dataset, again and again, and count; through the commands alone."""

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.acceptance.mortal_platform import MortalPlatform
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(300)]

ROWS = 400
CONCURRENCY = 16
KILLS = 5
LATENCY_SECONDS = 0.05
RECIPE: dict[str, Any] = {
    "name": "kettles",
    "columns": {
        "number": {"kind": "uuid"},
        "review": {"kind": "text", "prompt": "Review kettle {{ number }}."},
        "answer": {"kind": "text", "prompt": "Answer: {{ review }}"},
    },
    "accept": {"rows": ROWS},
}


async def test_a_platform_that_is_killed_makes_exactly_the_rows_and_asks_nothing_that_was_kept(
    command_line: CommandLine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe, out = tmp_path / "recipe.json", tmp_path / "out"
    recipe.write_text(json.dumps(RECIPE))
    chance = random.Random(7)
    async with OpenAIStub(StubOptions(latency_seconds=LATENCY_SECONDS)) as stub:
        platform = MortalPlatform(command_line, stub, concurrency=CONCURRENCY)
        url = await platform.start()
        submitted = await command_line.run("dataset", "submit", recipe, "--server", url, "--quiet")
        assert submitted.exit_code == 0, submitted.stderr
        dataset = submitted.stdout.strip()
        for number in range(KILLS):
            await asyncio.sleep(chance.uniform(0.3, 1.2))
            await platform.kill(with_database=number % 2 == 1)
            url = await platform.start()
        watched = await command_line.run("dataset", "watch", dataset, "--server", url, "--json")
        downloaded = await command_line.run("dataset", "download", dataset, "--server", url, "--out", out)
        listed = await command_line.run("dataset", "status", "--server", url, "--json")
        await platform.stop()
        calls = stub.stats.calls
    with capsys.disabled():
        print(f"\n{KILLS} kills: {2 * ROWS} calls were needed, {calls} made")  # noqa: T201

    assert watched.exit_code == 0, watched.stderr
    assert downloaded.exit_code == 0, downloaded.stderr
    assert (await command_line.run("dataset", "verify", out)).exit_code == 0
    rows = read_lines(out / "v1" / "data" / "train.jsonl")
    assert len(rows) == len({row["number"] for row in rows}) == ROWS
    assert all(row["answer"] == f"echo: Answer: echo: Review kettle {row['number']}." for row in rows)
    ended = json.loads(listed.stdout)
    assert (ended["id"], ended["state"], ended["progress"]["accepted"]) == (dataset, "completed", ROWS)
    # Candidates beyond the target, and calls in flight at each kill.
    assert calls <= 2 * (ROWS + ended["progress"]["surplus"]) + KILLS * CONCURRENCY
