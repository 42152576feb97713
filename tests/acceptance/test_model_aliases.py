"""Aliases of a models file, with the command line and a running platform."""

import json
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from openai import AsyncOpenAI

from tests.acceptance.command_line import CommandLine, read_lines, until, write_prompts
from tests.acceptance.test_up import running
from tests.doubles.openai_server import OpenAIStub, StubOptions

pytestmark = pytest.mark.postgres

MODELS = """
deployments:
  east: {{base_url: "{east}", model: east-model, prices: {{input: 1, output: 2}}, direct: true}}
  west: {{base_url: "{west}", model: west-model, concurrency: 4}}
  dead: {{base_url: "http://127.0.0.1:9/v1", model: dead-model}}
models:
  chat:
    deployments: [{{name: east}}, {{name: west}}]
    defaults: {{max_tokens: 40}}
  steady:
    deployments: [{{name: dead}}]
    fallback: [east]
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Two deployments, and the models file that names them."""

    east: OpenAIStub
    west: OpenAIStub
    file: Path

    def asked(self) -> tuple[set[str], set[str]]:
        """Return the prompts that each was asked."""
        return set(self.east.stats.calls_by_prompt), set(self.west.stats.calls_by_prompt)


@asynccontextmanager
async def place(folder: Path, *, latency_seconds: float = 0.0) -> AsyncGenerator[Place]:
    options = StubOptions(latency_seconds=latency_seconds)
    async with OpenAIStub(options) as east, OpenAIStub(options) as west:
        file = folder / "models.yaml"
        file.write_text(MODELS.format(east=east.base_url, west=west.base_url))
        yield Place(east, west, file)


async def test_the_rows_of_a_batch_keep_their_deployments_over_a_kill_and_over_a_failure(
    command_line: CommandLine, tmp_path: Path
) -> None:
    prompts, out = tmp_path / "prompts.jsonl", tmp_path / "out"
    ids = write_prompts(prompts, 200)
    async with place(tmp_path, latency_seconds=0.05) as there:
        variables = {"TEXTNLP_MODELS": str(there.file), "TEXTNLP_MODEL": "chat", "TEXTNLP_CONCURRENCY": "4"}
        process = await command_line.start("batch", "run", prompts, "--out", out, "--quiet", **variables)
        await until(lambda: there.east.stats.answered + there.west.stats.answered > 40)
        os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()
        finished = await command_line.run("batch", "run", prompts, "--out", out, "--quiet", **variables)
        assert finished.exit_code == 0, finished.stderr
        east, west = there.asked()
        assert not east & west
        lines = read_lines(out / "generations.jsonl")
        assert [line["id"] for line in lines] == ids
        for line in lines:
            expected = "east" if f"Say {line['id']}." in east else "west"
            assert (line["deployment"], line["model"]) == (expected, f"{expected}-model")
        assert 60 < len(east) < 140


async def test_one_completion_is_written_by_who_stands_in(command_line: CommandLine, tmp_path: Path) -> None:
    async with place(tmp_path) as there:
        variables = {"TEXTNLP_MODELS": str(there.file)}
        finished = await command_line.run("generate", "Hello", "--model", "steady", "--json", **variables)
        listed = await command_line.run("model", "list", "--json", **variables)
    assert finished.exit_code == 0, finished.stderr
    assert (finished.json()["text"], finished.json()["deployment"]) == ("echo: Hello", "east")
    runs = {row["model"]: row["runs"] for row in json.loads(listed.stdout)}
    assert (runs["chat"], runs["steady"]) == ("east x1, west x1", "dead; then east")
    assert "west" not in runs


async def test_a_models_file_that_is_wrong_says_where(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text("models:\n  chat:\n    deployments: [{name: nobody}]\n")
    finished = await command_line.run("generate", "Hello", "--model", "chat", TEXTNLP_MODELS=str(file))
    assert finished.exit_code == 2
    assert f"{file}:3:20: models.chat.deployments[0].name: 'nobody' is no deployment" in finished.stderr


async def test_a_running_platform_serves_aliases_embeds_and_shows_how_deployments_are(
    command_line: CommandLine, tmp_path: Path
) -> None:
    async with (
        place(tmp_path) as there,
        running(command_line, there.east, TEXTNLP_MODELS=str(there.file)) as platform,
        AsyncOpenAI(base_url=f"{platform.url}/v1", api_key=platform.token, max_retries=0) as client,
    ):
        names = [model.id async for model in client.models.list()]
        chat = await client.chat.completions.with_raw_response.create(
            model="steady", messages=[{"role": "user", "content": "Hello"}]
        )
        vectors = await client.embeddings.create(model="steady", input=["abc", "aab"], dimensions=3)
        listed = await command_line.run("model", "list", "--server", platform.url, "--json")
        shown = await command_line.run("model", "list", "--server", platform.url)
        status, usage = await platform.get("/api/v1/usage?by=model")
    assert {"chat", "steady", "east", "all-minilm-l6-v2"} <= set(names)
    assert not {"west", "dead"} & set(names)
    assert chat.headers["x-textnlp-deployment"] == "east"
    assert chat.parse().model == "east-model"
    assert [each.embedding for each in vectors.data] == [[1, 1, 1], [2, 1, 0]]
    models = {model["id"]: model["deployments"] for model in json.loads(listed.stdout)}
    dead, east = models["steady"]
    assert (dead["name"], dead["answered"], east["name"], east["answered"]) == ("dead", 0, "east", 2)
    assert dead["failed"] > 0
    assert "stands in" in shown.stdout
    assert status == 200
    (steady,) = [total for total in usage["groups"] if total["key"] == "steady"]
    assert (steady["calls"], steady["unpriced"]) == (2, 0)
