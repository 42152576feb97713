"""`textnlp doctor --deep`, on what a batch has stored and on what was spoilt afterwards."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine, write_prompts
from tests.acceptance.mortal_platform import MortalPlatform
from tests.acceptance.platform_load import send_batch
from tests.doubles.openai_server import OpenAIStub

pytestmark = pytest.mark.postgres


async def test_a_data_folder_that_nothing_is_in_has_no_fault(command_line: CommandLine) -> None:
    finished = await command_line.run("doctor", "--deep", "--json")
    (result,) = json.loads(finished.stdout)
    assert (finished.exit_code, result["subject"], result["fault_count"]) == (0, "migrations", 0)


async def test_a_running_platform_has_no_fault_and_a_spoilt_file_is_named_with_what_to_do(
    command_line: CommandLine,
) -> None:
    async with OpenAIStub() as stub:
        mortal = MortalPlatform(command_line, stub, concurrency=8)
        batch = await send_batch(await mortal.start(), rows=50)
        well = await command_line.run("doctor", "--deep", "--json")
        await mortal.stop()
    assert well.exit_code == 0, well.stdout
    looked_at = {result["subject"]: result["looked_at"] for result in json.loads(well.stdout)}
    assert looked_at["batches balance"] == looked_at["rows are charged for"] == 1
    assert looked_at["blobs are there"] >= 4
    lines = command_line.data_dir / "blobs" / "generations/batch" / batch["id"] / "generations.jsonl"
    spoil(lines)
    ill = await command_line.run("doctor", "--deep", COLUMNS="300")
    assert ill.exit_code == 1
    assert f"generations/batch/{batch['id']}/generations.jsonl" in ill.stdout
    assert "Restore it from a backup" in ill.stdout


async def test_a_batch_that_a_command_ran_by_itself_needs_no_charge(command_line: CommandLine, tmp_path: Path) -> None:
    write_prompts(tmp_path / "prompts.jsonl", 20)
    async with OpenAIStub() as stub:
        asked = ("--out", tmp_path / "out", "--base-url", stub.base_url, "--model", "stub", "--quiet")
        ran = await command_line.run("batch", "run", tmp_path / "prompts.jsonl", *asked)
    finished = await command_line.run("doctor", "--deep")
    assert (ran.exit_code, finished.exit_code) == (0, 0), finished.stdout


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
