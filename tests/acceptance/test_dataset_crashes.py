"""Kill a run of a recipe at random moments, and count calls and rows."""

import asyncio
import json
import random
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.acceptance.test_crashes import kill_database, kill_everything, kill_worker
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.timeout(900)]

ROWS = 1_500
CALLS_A_ROW = 2
CONCURRENCY = 16
KILLS = 30
LATENCY_SECONDS = 0.05
RECIPE = {
    "name": "reviews",
    "columns": {
        "product": {"kind": "uuid"},
        "review": {"kind": "text", "prompt": "Review {{ product }}."},
        "summary": {"kind": "text", "prompt": "Sum up: {{ review }}"},
    },
    "accept": {"rows": ROWS},
}


async def test_thirty_kills_lose_no_row_make_none_twice_and_repeat_only_calls_in_flight(
    command_line: CommandLine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    recipe, out = tmp_path / "recipe.yaml", tmp_path / "out"
    recipe.write_text(json.dumps(RECIPE))
    chance = random.Random(20261126)
    worker_kills = kills = 0
    async with OpenAIStub(StubOptions(latency_seconds=LATENCY_SECONDS)) as stub:
        asked = ("run", recipe, "--out", out, "--base-url", stub.base_url, "--model", "stub", "--quiet")
        asked = (*asked, "--concurrency", str(CONCURRENCY))
        process = await command_line.start(*asked)
        while kills < KILLS:
            await asyncio.sleep(chance.uniform(0.4, 2.2))
            if process.returncode is not None:
                break
            kill = chance.choice([kill_worker, kill_worker, kill_database, kill_everything])
            kill(process, command_line)
            kills += 1
            if kill is not kill_database:
                await process.communicate()
                worker_kills += 1
                process = await command_line.start(*asked)
        _, stderr = await process.communicate()
        assert process.returncode == 0, stderr.decode()
        calls = stub.stats.calls
    with capsys.disabled():
        print(f"\n{kills} kills ({worker_kills} of the run): {ROWS} rows of two calls took {calls} calls")  # noqa: T201
    rows = read_lines(out / "v1" / "data" / "train.jsonl")
    assert kills == KILLS
    assert len({row["id"] for row in rows}) == len({row["product"] for row in rows}) == len(rows) == ROWS
    assert (await command_line.run("dataset", "verify", out)).exit_code == 0
    assert calls <= ROWS * CALLS_A_ROW + worker_kills * CONCURRENCY
