"""Every program that the page on calling from Python shows is run, as it stands there but for the address."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.acceptance.test_up import running
from tests.doubles.openai_server import OpenAIStub

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
_PAGE = ROOT / "docs" / "how-to" / "call-from-python.md"
_ADDRESS = "http://127.0.0.1:8000"


async def printed(program: str, *, folder: Path, token: str) -> list[str]:
    """Run a program and return the lines that it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "error", "-c", program),
        cwd=folder,
        env={**os.environ, "TEXTNLP_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output.decode().splitlines()


async def test_every_program_of_the_page_does_what_it_says(command_line: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    programs = re.findall(r"^```python\n(.*?)^```", _PAGE.read_text(), flags=re.DOTALL | re.MULTILINE)
    assert all(_ADDRESS in program for program in programs)
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        completion, batch, refusal = [
            await printed(program.replace(_ADDRESS, platform.url), folder=tmp_path, token=platform.token)
            for program in programs
        ]
    assert completion[0].startswith("echo: Write a review of a kettle.")
    assert completion[1].startswith("echo: Write a review of a kettle.")
    assert batch[-1] == "completed"
    assert all(line["text"] for line in read_lines(tmp_path / "answers.jsonl"))
    assert "temperature" in refusal[0]
