import asyncio
import contextlib
import json
import signal
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from openai import AsyncOpenAI, AuthenticationError, RateLimitError

from tests.acceptance.command_line import CommandLine, read_lines, until, write_prompts
from tests.acceptance.platform_command import PlatformCommand
from tests.doubles.openai_server import OpenAIStub, StubOptions
from textnlp.application.work_slices import lanes_for

pytestmark = pytest.mark.postgres


class Running:
    """A platform that runs, and commands that talk to it."""

    def __init__(self, command_line: CommandLine, process: PlatformCommand, token: str) -> None:
        self.process = process
        self.url = process.url
        self.token = token
        self._command_line = command_line

    async def batch(self, *arguments: str | Path) -> Any:
        """Run `textnlp batch …` against the platform and return what it printed as JSON."""
        finished = await self._command_line.run("batch", *arguments, "--json", TEXTNLP_SERVER=self.url)
        assert finished.exit_code in {0, 3}, finished.stderr
        return json.loads(finished.stdout.strip().splitlines()[-1]) if finished.stdout.strip() else None

    async def get(self, path: str) -> tuple[int, Any]:
        async with self._session() as session, session.get(self.url + path) as response:
            return response.status, await response.json(content_type=None)

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        async with self._session() as session, session.post(self.url + path, json=body) as response:
            return response.status, await response.json(content_type=None)

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"})

    async def batches(self) -> list[dict[str, Any]]:
        _, listed = await self.get("/api/v1/batches")
        return listed["batches"] if "batches" in listed else listed["data"]

    async def wait_for(self, name: str, *states: str) -> dict[str, Any]:
        """Wait until the batch made from a file is in one of the states."""
        async with asyncio.timeout(30):
            while True:
                for batch in await self.batches():
                    if batch["name"] == name and batch["state"] in states:
                        return batch
                await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def running(
    command_line: CommandLine, stub: OpenAIStub, *more: str, **environment: str
) -> AsyncGenerator[Running]:
    """Start the platform on a free port and stop it in the end."""
    arguments = ("--port", "0", "--base-url", stub.base_url, "--model", "stub", *more)
    process = await PlatformCommand.start(command_line, *arguments, **environment)
    try:
        yield Running(command_line, process, (await command_line.run("token")).stdout.strip())
    finally:
        await process.stop()


async def test_it_says_where_it_is_and_how_to_sign_in_and_stops_on_ctrl_c(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub:
        process = await command_line.start(
            "up", "--port", "0", "--base-url", stub.base_url, "--model", "stub", COLUMNS="300"
        )
        assert process.stdout is not None
        async with asyncio.timeout(60):
            told = [(await process.stdout.readline()).decode().split(maxsplit=2) for _ in range(4)]
        process.send_signal(signal.SIGINT)
        _, errors = await process.communicate()
    assert [line[0] for line in told] == ["API", "Console", "Folder", "ready"]
    assert told[1][2] == "for people; `textnlp login` gives a code to sign in with\n"
    assert errors.decode().splitlines()[-1] == "Stopped. Batches go on when the platform is started again."


async def test_it_is_ready_and_says_what_it_checked(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        assert (await platform.get("/health"))[0] == 200
        status, ready = await platform.get("/ready")
    assert status == 200
    assert {part["name"]: part["is_ready"] for part in ready["parts"]} == {
        "database": True,
        "queue": True,
        "blobs": True,
        "limits": True,
        "engine": True,
    }


async def test_it_generates_and_refuses_what_is_wrong_with_the_field(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        status, answer = await platform.post("/api/v1/generate", {"prompt": "Hello"})
        assert (status, answer["text"], answer["finish_reason"]) == (200, "echo: Hello", "stop")
        status, problem = await platform.post("/api/v1/generate", {"promt": "Hello"})
    assert status in {400, 422}
    assert problem["code"] == "invalid_input"
    assert "prompt" in json.dumps(problem)


async def test_a_submitted_batch_gives_the_same_files_as_a_local_run(command_line: CommandLine, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.jsonl"
    write_prompts(prompts, 450)
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        ended = await platform.batch("submit", prompts, "--watch")
        batch_id = (await platform.batches())[0]["id"]
        await platform.batch("download", batch_id, "--out", tmp_path / "remote")
        assert (await platform.batch("status", batch_id))["state"] == "completed"
        local = await command_line.run(
            *("batch", "run", prompts, "--out", tmp_path / "local", "--base-url", stub.base_url, "--model", "stub"),
        )
    assert ended is not None
    assert local.exit_code == 0
    for name in ("generations.jsonl", "generations.parquet"):
        assert (tmp_path / "remote" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()
    manifest = json.loads((tmp_path / "remote" / "manifest.json").read_text())
    assert manifest["counts"]["accepted"] == 450


async def test_a_file_put_into_the_folder_becomes_a_batch_and_a_broken_one_is_put_aside(
    command_line: CommandLine,
) -> None:
    blobs = command_line.data_dir / "blobs" / "prompts"
    document = {"id": "launch", "prompts": ["One", "Two"], "parameters": {"max_tokens": 100}}
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        (blobs / "batch" / "launch.json").write_text(json.dumps(document))
        (blobs / "batch" / "broken.json").write_text('{"prompts": [')
        done = await platform.wait_for("launch.json", "completed")
        broken = await platform.wait_for("broken.json", "failed")
    assert done["counts"]["accepted"] == 2
    assert "line 1" in broken["reason"]
    (reason,) = (blobs / "quarantine").rglob("*.reason.json")
    assert json.loads(reason.read_text())["line"] == 1
    assert not (blobs / "batch" / "broken.json").exists()


async def test_a_killed_platform_goes_on_where_it_was(command_line: CommandLine, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.jsonl"
    ids = write_prompts(prompts, 2000)
    async with OpenAIStub(StubOptions(latency_seconds=0.05)) as stub:
        more = ("--concurrency", "16")
        async with running(command_line, stub, *more) as platform:
            await platform.batch("submit", prompts, "--no-watch")
            await until(lambda: stub.stats.answered >= 300)
            await platform.process.kill()
        async with running(command_line, stub, *more) as platform:
            batch = await platform.wait_for("prompts.jsonl", "completed")
            await platform.batch("download", batch["id"], "--out", tmp_path / "out")
        open_rows = lanes_for(16)
        assert stub.stats.calls < 2000 + open_rows + open_rows, (
            "those that were open, and those that waited to be stored"
        )
    assert [line["id"] for line in read_lines(tmp_path / "out" / "generations.jsonl")] == ids


async def test_a_batch_is_cancelled_and_its_rest_asked_on_retry(command_line: CommandLine, tmp_path: Path) -> None:
    prompts = tmp_path / "prompts.jsonl"
    write_prompts(prompts, 400)
    async with (
        OpenAIStub(StubOptions(latency_seconds=0.2)) as stub,
        running(command_line, stub, "--concurrency", "8") as platform,
    ):
        await platform.batch("submit", prompts, "--no-watch")
        await until(lambda: stub.stats.answered >= 20)
        batch_id = (await platform.batches())[0]["id"]
        await platform.batch("cancel", batch_id)
        cancelled = await platform.wait_for("prompts.jsonl", "cancelled")
        assert 0 < cancelled["counts"]["pending"] < 400
        stub.options = StubOptions()
        await platform.batch("retry", batch_id)
        done = await platform.wait_for("prompts.jsonl", "completed")
    assert done["counts"]["accepted"] == 400


async def _refusal(client: AsyncOpenAI) -> str:
    try:
        await client.models.list()
    except (AuthenticationError, RateLimitError) as error:
        return str(error.type)
    return ""


async def test_clients_get_a_key_use_it_and_lose_it(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        created = (await command_line.run("client", "create", "notebook", "--limit", "rate-limit=2", "--json")).json()
        client = AsyncOpenAI(base_url=f"{platform.url}/v1", api_key=created["api_key"], max_retries=0)
        answer = await client.chat.completions.create(model="stub", messages=[{"role": "user", "content": "Hello"}])
        assert answer.choices[0].message.content == "echo: Hello"
        assert [model.id async for model in client.models.list()]
        with pytest.raises(RateLimitError) as refused:
            await client.models.list()
        assert int(refused.value.response.headers["retry-after"]) > 0
        listed = (await command_line.run("client", "list", "--json")).json()
        assert (listed["client_id"], listed["last_used_at"] is None) == (created["client_id"], False)
        assert (await command_line.run("client", "revoke", created["client_id"])).exit_code == 0
        refusal = "rate_limit_error"
        async with asyncio.timeout(20):
            while refusal == "rate_limit_error":
                await asyncio.sleep(0.5)
                refusal = await _refusal(client)
        assert refusal == "authentication_error"
        await client.close()


async def test_who_brings_no_credentials_is_told_how_to_get_some(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub) as platform:
        platform.token = "nonsense"  # noqa: S105  what must be refused
        status, problem = await platform.post("/api/v1/generate", {"prompt": "Hello"})
    assert (status, problem["code"]) == (401, "unauthenticated")
    assert stub.stats.calls == 0


async def test_only_this_machine_is_served_without_authentication(command_line: CommandLine) -> None:
    arguments = ("up", "--no-auth", "--host", "0.0.0.0", "--port", "0")  # noqa: S104  what must be refused
    finished = await command_line.run(*arguments)
    assert finished.exit_code != 0
    assert "0.0.0.0" in finished.stderr  # noqa: S104


async def test_a_second_platform_on_the_same_folder_is_refused(command_line: CommandLine) -> None:
    async with OpenAIStub() as stub, running(command_line, stub):
        second = await command_line.run("up", "--port", "0", "--base-url", stub.base_url, "--model", "stub")
    assert second.exit_code == 1
    assert "Another platform runs" in second.stderr
