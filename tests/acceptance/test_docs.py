"""Every command that the tutorial, the README and some other pages show is run, in order, as it stands there."""

import asyncio
import contextlib
import re
import shlex
import shutil
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.command_line import CommandLine
from tests.acceptance.machine_lock import RAY, machine_lock
from tests.acceptance.platform_command import PlatformCommand
from tests.doubles.openai_server import OpenAIStub

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
PAGES = [
    "README.md",
    "docs/tutorial/first-batch.md",
    "docs/explanation/faults.md",
    "docs/explanation/prompt-templates.md",
    "docs/explanation/reports.md",
    "docs/how-to/datasets-on-a-server.md",
    "docs/how-to/embeddings.md",
    "docs/how-to/erase-a-person.md",
    "docs/how-to/judge-rows.md",
    "docs/how-to/keep-datasets.md",
    "docs/how-to/make-a-dataset.md",
    "docs/how-to/manage-clients.md",
    "docs/how-to/model-registry.md",
    "docs/how-to/prometheus.md",
    "docs/how-to/review-rows.md",
    "docs/how-to/several-deployments.md",
    "docs/how-to/sign-in.md",
    "docs/how-to/store-prompt-templates.md",
    "docs/how-to/trace-requests.md",
    "docs/how-to/upgrade.md",
    "docs/how-to/validate-on-a-server.md",
    "docs/how-to/validate-rows.md",
    "docs/how-to/watch-in-a-terminal.md",
    "docs/runbooks/cost-spike.md",
    "docs/runbooks/database-promotion.md",
    "docs/runbooks/key-rotation.md",
    "docs/runbooks/model-retirement.md",
    "docs/runbooks/poison-messages.md",
    "docs/runbooks/region-failover.md",
    "docs/runbooks/restore.md",
    "docs/runbooks/security-incident.md",
]
HOW_TO = "docs/how-to/move-an-openai-batch.md"
_NAMED = "http://127.0.0.1:8000"
_FETCH = re.compile(r"curl http://127\.0\.0\.1:8000\S*")
_ELSEWHERE = re.compile(r"https://[a-z-]*host/v1")
_PLACEHOLDERS = {"client": "CLIENT", "budget": "BUDGET", "run": "DATASET", "batch": "BATCH"}
_ENDS_WITH = {
    "textnlp batch run examples/with-mistakes.jsonl --out checked": 3,
    "textnlp validate examples/rows/answers-with-faults.jsonl --checks examples/answer-checks.yaml --out checked": 3,
    "textnlp validate examples/rows/answers-with-faults.jsonl --out quick --column answer": 3,
    "textnlp validate examples/rows/answers-with-faults.jsonl --checks examples/answer-checks.yaml --out checked "
    "--server http://127.0.0.1:8000": 3,
    "textnlp validate examples/rows/answers-with-faults.jsonl --out on-ray --column answer --engine ray": 3,
}


def script_of(page: str) -> str:
    """Return the one Python program of a page."""
    (script,) = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    return script


def commands_of(page: str) -> list[str]:
    """Return the lines of a page's code blocks that call `textnlp` or fetch a page, without their comments."""
    blocks = re.findall(r"^ *```(\w*)\n(.*?)^ *```", (ROOT / page).read_text(), flags=re.DOTALL | re.MULTILINE)
    lines = [line.split("  #")[0].strip() for language, block in blocks if not language for line in block.splitlines()]
    return [line for line in lines if line.startswith("textnlp ") or _FETCH.fullmatch(line)]


async def status_of(url: str) -> int:
    """Return the status that an address of the platform answers with."""
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status


@contextlib.asynccontextmanager
async def platform(there: CommandLine, **environment: str) -> AsyncGenerator[str]:
    """Run a platform, and tell where: not at the port that the pages name, so that pages are read side by side."""
    process = await PlatformCommand.start(there, "--port", "0", **environment)
    yield process.url
    await process.stop()


def ids_in(printed: str) -> dict[str, str]:
    """Return the ids that a command printed, each under the word that stands for it on the pages."""
    ids = re.findall(r'"((?:client|budget)_[0-9a-z]{26})"', printed)
    alone = re.findall(r"^(?:run|batch)_[0-9a-z]{26}$", printed, flags=re.MULTILINE)
    return {_PLACEHOLDERS[each.partition("_")[0]]: each for each in [*ids, *alone]}


def exports_of(page: str) -> dict[str, str]:
    """Return the variables of the platform that the page has its reader set."""
    return dict(re.findall(r"^export ((?:TEXTNLP|OTEL)_\w+)=(\S+)$", (ROOT / page).read_text(), flags=re.MULTILINE))


@pytest.mark.parametrize("page", PAGES)
async def test_every_command_of_the_page_does_what_it_says(
    page: str, command_line: CommandLine, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(ROOT / "examples" / "product-reviews.jsonl", tmp_path / "prompts.jsonl")
    made: dict[str, str] = {}
    commands = commands_of(page)
    assert commands
    there = CommandLine(command_line.data_dir, folder=tmp_path)
    async with OpenAIStub() as stub, contextlib.AsyncExitStack() as platforms:
        models = tmp_path / "examples" / "models.yaml"
        models.write_text(_ELSEWHERE.sub(stub.base_url, models.read_text()))
        environment = {
            "MY_KEY": "secret",
            "TEXTNLP_BASE_URL": stub.base_url,
            "TEXTNLP_MODEL": "stub",
            **exports_of(page),
        }
        for command in commands:
            words = shlex.split(command.replace(_NAMED, environment.get("TEXTNLP_SERVER", _NAMED)))[1:]
            if _FETCH.fullmatch(command):
                assert await status_of(words[0]) == 200, command
                continue
            words = [made.get(word, _ELSEWHERE.sub(stub.base_url, word)) for word in words]
            if words == ["up"]:
                environment["TEXTNLP_SERVER"] = await platforms.enter_async_context(platform(there, **environment))
                continue
            with machine_lock(RAY) if "ray" in words else contextlib.nullcontext():
                finished = await there.run(*words, **environment)
            assert finished.exit_code == _ENDS_WITH.get(command, 0), f"{command}\n{finished.stderr}"
            made.update(ids_in(finished.stdout))


async def test_the_batch_job_of_the_page_does_what_it_says(command_line: CommandLine, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    up, create = commands_of(HOW_TO)
    assert up == "textnlp up"
    there = CommandLine(command_line.data_dir, folder=tmp_path)
    async with OpenAIStub() as stub, platform(there, TEXTNLP_BASE_URL=stub.base_url, TEXTNLP_MODEL="stub") as url:
        made = await there.run(*shlex.split(create)[1:])
        assert made.exit_code == 0, made.stderr
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            script_of(HOW_TO),
            cwd=tmp_path,
            env=there.environment(OPENAI_API_KEY=made.stdout.strip(), OPENAI_BASE_URL=f"{url}/v1"),
            stdout=asyncio.subprocess.PIPE,
        )
        printed = (await process.communicate())[0].decode()
    assert printed.splitlines()[-1] == "completed 6 of 6"
    ids = [f"office-chair-0{number}" for number in range(1, 7)]
    assert [line.split()[0] for line in printed.splitlines() if line.startswith("office-chair-")] == ids
