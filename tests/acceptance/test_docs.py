"""Every command that the tutorial and the README show is run, in order, as it stands there."""

import asyncio
import re
import shlex
import shutil
import signal
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine
from tests.doubles.openai_server import OpenAIStub

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("port 8000")]

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/tutorial/first-batch.md",
    "docs/how-to/several-deployments.md",
    "docs/how-to/embeddings.md",
]
_ELSEWHERE = re.compile(r"https://[a-z-]*host/v1")
_ENDS_WITH = {"textnlp batch run examples/with-mistakes.jsonl --out checked": 3}


def commands_of(page: str) -> list[str]:
    """Return the lines of a page's code blocks that call `textnlp`, without their comments."""
    blocks = re.findall(r"^```\n(.*?)^```", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line.startswith("textnlp ")]


def exports_of(page: str) -> dict[str, str]:
    """Return the variables of the platform that the page has its reader set."""
    return dict(re.findall(r"^export (TEXTNLP_\w+)=(\S+)$", (ROOT / page).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
async def test_every_command_of_the_page_does_what_it_says(
    page: str, command_line: CommandLine, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "examples" / "product-reviews.jsonl", tmp_path / "prompts.jsonl")
    platform: asyncio.subprocess.Process | None = None
    commands = commands_of(page)
    assert commands
    there = CommandLine(command_line.data_dir, folder=tmp_path)
    async with OpenAIStub() as stub:
        models = tmp_path / "examples" / "models.yaml"
        models.write_text(_ELSEWHERE.sub(stub.base_url, models.read_text()))
        environment = {
            "MY_KEY": "secret",
            "TEXTNLP_BASE_URL": stub.base_url,
            "TEXTNLP_MODEL": "stub",
            **exports_of(page),
        }
        try:
            for command in commands:
                words = [_ELSEWHERE.sub(stub.base_url, word) for word in shlex.split(command)[1:]]
                if words == ["up"]:
                    platform = await there.start(*words, **environment, COLUMNS="300")
                    await _ready(platform)
                    continue
                finished = await there.run(*words, **environment)
                assert finished.exit_code == _ENDS_WITH.get(command, 0), f"{command}\n{finished.stderr}"
        finally:
            if platform is not None and platform.returncode is None:
                platform.send_signal(signal.SIGINT)
                await platform.communicate()


async def _ready(platform: asyncio.subprocess.Process) -> None:
    """Wait until the platform says that it is ready; its output ends where it is not going to be."""
    assert platform.stdout is not None
    async with asyncio.timeout(60):
        while (line := await platform.stdout.readline()).strip() != b"ready":
            assert line, "the platform did not start"
