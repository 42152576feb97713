"""A dataset on its way to the Hugging Face Hub, with its own client against a double of the Hub."""

from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.doubles.hub import HubDouble

pytestmark = [pytest.mark.postgres]

RIGHT, WRONG = "hf_right", "hf_wrong"


async def test_the_accepted_rows_are_pushed_in_the_layout_of_the_hub(command_line: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = await command_line.run("run", "classification", "--rows", "4", "--out", out, "--model", "scripted", "-q")
    assert made.exit_code in {0, 4}, made.stderr
    async with HubDouble(RIGHT).serving() as hub:
        environment = {"HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "hub")}
        pushed = await command_line.run("dataset", "push", out, "acme/labels", **environment, HF_TOKEN=RIGHT)
        refused = await command_line.run("dataset", "push", out, "acme/labels", **environment, HF_TOKEN=WRONG)
        missing = await command_line.run("dataset", "push", out, "acme/labels", **environment)

    assert pushed.exit_code == 0, pushed.stderr
    assert "acme/labels" in pushed.stdout
    assert hub.repositories == {"acme/labels": True}
    assert hub.messages == ["classification, version 1"]
    assert "README.md" in hub.files
    assert any(path.endswith((".parquet", ".jsonl")) for path in hub.files)
    assert refused.exit_code == 1
    assert "401" in refused.stderr
    assert WRONG not in refused.stderr
    assert missing.exit_code == 2
    assert "HF_TOKEN" in missing.stderr
