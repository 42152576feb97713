"""What becomes of the answers of batches and generations once these have completed, on a whole platform."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest

from tests.acceptance.command_line import CommandLine, read_lines
from tests.acceptance.mortal_platform import MortalPlatform
from tests.acceptance.served_platform import ServedPlatform, serve_platform
from tests.doubles.openai_server import OpenAIStub
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.platform import Platform
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.topology.scopes import READ, WRITE

pytestmark = pytest.mark.postgres

MINE = "prompts/user-content/seeds/local"
LONG_ENOUGH = "Write about the kettle that boils two litres of water in three minutes, please."
PROMPTS = [LONG_ENOUGH, LONG_ENOUGH, "As an AI, I cannot write about kettles.", "Write about a lamp of brass."]
"""What the scripted engine answers holds the prompt: a good row, its copy, a refusal and another good row."""


@pytest.fixture
async def platform(database_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Platform, ServedPlatform]]:
    async with serve_platform(database_url, tmp_path / "data") as served:
        yield served


class Caller:
    """Calls a platform with one key."""

    def __init__(self, url: str, key: str) -> None:
        self._session = aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {key}"} if key else {})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def get(self, path: str) -> tuple[int, Any]:
        async with self._session.get(f"/api/v1/{path}") as response:
            return response.status, await response.json(content_type=None)

    async def page(self, path: str) -> tuple[str, str]:
        async with self._session.get(f"/api/v1/{path}") as response:
            assert response.status == HTTPStatus.OK, await response.text()
            return response.headers["Content-Security-Policy"], await response.text()

    async def text(self, path: str) -> str:
        async with self._session.get(f"/api/v1/{path}") as response:
            assert response.status == HTTPStatus.OK, await response.text()
            return await response.text()

    async def post(self, path: str, **options: Any) -> Any:
        async with self._session.post(path, **options) as response:
            assert response.status < HTTPStatus.BAD_REQUEST, await response.text()
            return await response.json()

    async def upload(self, rows: bytes, name: str) -> str:
        form = aiohttp.FormData()
        form.add_field("purpose", "user_data")
        form.add_field("file", io.BytesIO(rows), filename=name)
        return (await self.post("/v1/files", data=form))["id"]

    async def until(self, path: str, status: int = HTTPStatus.OK, **wanted: Any) -> Any:
        """Return what stands at a path as soon as it is answered with a status and has these fields."""
        async with asyncio.timeout(60):
            while True:
                found, body = await self.get(path)
                if found == status and all(body[name] == value for name, value in wanted.items()):
                    return body
                await asyncio.sleep(0.05)


async def batch_of(caller: Caller, prompts: list[str], **form: str) -> str:
    lines = "".join(json.dumps({"id": f"r{number}", "prompt": each}) + "\n" for number, each in enumerate(prompts))
    batch = await caller.post("/api/v1/batches", params={"name": "prompts.jsonl", **form}, data=lines.encode())
    return batch["id"]


async def test_the_answers_of_a_batch_are_looked_at_and_reported(
    platform: tuple[Platform, ServedPlatform], command_line: CommandLine, tmp_path: Path
) -> None:
    wired, served = platform
    async with Caller(served.url, served.api_key) as caller:
        batch_id = await batch_of(caller, PROMPTS)
        done = await caller.until(f"batches/{batch_id}/validation")
        summary = done["summary"]
        assert (done["kind"], done["state"], summary["rows"]) == ("batch", "completed", 4)
        assert {each["check"] for each in summary["reasons"]} == {"duplicate", "refusal:text"}

        policy, page = await caller.page(f"batches/{batch_id}/validation/report")
        assert "default-src 'none'" in policy
        assert "prompts.jsonl" in page
        rejected = (await caller.text(f"batches/{batch_id}/validation/rejected")).splitlines()
        assert [json.loads(line)["values"]["id"] for line in rejected] == ["r1", "r2"]
        assert await caller.text(done["links"]["accepted"].removeprefix("/api/v1/"))
        answers = await caller.text(f"batches/{batch_id}/output")
    (tmp_path / "generations.jsonl").write_text(answers)
    here = tmp_path / "here"
    await command_line.run("validate", tmp_path / "generations.jsonl", "--column", "text", "--out", here)
    blobs = wired.validation_ports.blobs
    for name in ("accepted.jsonl", "rejected.jsonl"):
        assert await blobs.get(f"validation/reports/{batch_id}/{name}") == (here / name).read_bytes()
    (figures,) = [each.path async for each in blobs.entries("validation/metrics/")]
    day = done["asked_at"][:10]
    assert figures == f"validation/metrics/{day}/{batch_id}.json"
    told = json.loads(await blobs.get(figures))
    rates = {each["check"]: each["pass_rate"] for each in told["checks"]}
    assert (rates["refusal:text"], rates["duplicate"], told["pass_rate"]) == (0.75, 0.75, 0.5)
    repetition = next(each for each in told["checks"] if each["check"] == "repetition:text")
    assert (repetition["looked_at"], repetition["scores"]["low"], repetition["scores"]["p95"]) == (4, 0.0, 0.0)


async def test_a_batch_brings_checks_of_its_own_and_wrong_ones_are_refused_at_once(
    platform: tuple[Platform, ServedPlatform], command_line: CommandLine, tmp_path: Path
) -> None:
    _, served = platform
    checks = tmp_path / "checks.yaml"
    checks.write_text("checks:\n  - {kind: words, column: text, none_of: [lamp]}\n")
    prompts = tmp_path / "prompts.txt"
    prompts.write_text("\n".join(PROMPTS) + "\n")
    to = {"TEXTNLP_TOKEN": served.api_key, "TEXTNLP_SERVER": served.url}
    sent = await command_line.run("batch", "submit", prompts, "--checks", checks, "--quiet", **to)
    assert sent.exit_code == 0, sent.stderr
    batch_id = sent.stdout.strip()
    async with Caller(served.url, served.api_key) as caller:
        shown = await command_line.run("batch", "validation", batch_id, "--out", tmp_path / "out", **to)
        assert (shown.exit_code, "4 rows = 3 accepted + 1 rejected" in shown.stdout) == (0, True), shown.stderr
        (rejected,) = read_lines(tmp_path / "out" / "rejected.jsonl")
        assert rejected["reasons"][0]["code"] == "words:text"
        assert (await caller.get(f"batches/{batch_id}"))[1]["checks"]["checks"][0]["kind"] == "words"
    wrong = json.dumps({"checks": [{"kind": "wrds", "column": "text"}]})
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session,
        session.post(
            f"{served.url}/api/v1/batches", params={"name": "p.txt", "checks": wrong}, data=b"Hi\n"
        ) as refused,
    ):
        assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "did you mean 'words'" in await refused.text()


async def test_before_a_batch_has_completed_there_is_nothing_and_while_it_is_looked_at_not_yet(
    platform: tuple[Platform, ServedPlatform],
) -> None:
    _, served = platform
    async with Caller(served.url, served.api_key) as caller:
        unknown = f"batches/batch_{'0' * 26}/validation"
        assert (await caller.get(unknown))[0] == HTTPStatus.NOT_FOUND
        batch = await caller.post("/api/v1/batches", params={"name": "prompts.jsonl"}, data=b'{"question": 1}\n')
        path = f"batches/{batch['id']}"
        await caller.until(path, state="failed")
        status, told = await caller.get(f"{path}/validation")
        assert (status, told["code"]) == (HTTPStatus.NOT_FOUND, "not_found")
        missing, _ = await caller.get(f"{path}/validation/rejected")
        assert missing == HTTPStatus.NOT_FOUND


async def test_a_generation_gets_a_verdict_and_others_see_none_of_it(
    platform: tuple[Platform, ServedPlatform],
) -> None:
    wired, served = platform
    stranger, key = make_client(
        ClientRequest(name="stranger", tenant="elsewhere", permissions=(READ, WRITE)), now=SYSTEM_CLOCK.now()
    )
    await wired.gateway.clients.create(stranger)
    async with Caller(served.url, served.api_key) as caller, Caller(served.url, key.text) as other:
        asked = {"prompt": "As an AI, I cannot write about kettles.", "mode": "async"}
        generation = await caller.post("/api/v1/generate", json=asked)
        verdict = await caller.until(f"validations/{generation['id']}", state="completed")
        assert (verdict["kind"], verdict["summary"]["rejected"]) == ("generation", 1)
        assert verdict["summary"]["reasons"][0]["check"] == "refusal:text"
        assert verdict["links"]["report"] is None

        file = await caller.upload(b'{"answer": "It boils two litres in three minutes."}\n', "rows.jsonl")
        mine = await caller.post("/api/v1/validations", json={"file": file})
        await caller.until(f"validations/{mine['id']}", state="completed")
        hidden = [
            *(f"validations/{mine['id']}", f"validations/{generation['id']}"),
            *(f"validations/{mine['id']}/report", f"validations/{mine['id']}/files/rejected.jsonl"),
        ]
        assert {(await other.get(path))[0] for path in hidden} == {HTTPStatus.NOT_FOUND}
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {key.text}"}) as session,
            session.post(f"{served.url}/api/v1/validations", json={"file": file}) as refused,
        ):
            assert refused.status == HTTPStatus.NOT_FOUND


async def test_rows_may_lie_in_the_folder_of_seeds_and_nowhere_else(
    platform: tuple[Platform, ServedPlatform],
) -> None:
    wired, served = platform
    blobs = wired.validation_ports.blobs
    rows = b'{"answer": "It boils two litres in three minutes.", "n": 1}\n'
    await blobs.put(f"{MINE}/mine/rows.jsonl", rows)
    await blobs.put("prompts/user-content/seeds/other/rows.jsonl", rows)
    async with Caller(served.url, served.api_key) as caller:
        begun = await caller.post(
            "/api/v1/validations", json={"blob": f"{MINE}/mine/rows.jsonl", "columns": ["answer"]}
        )
        done = await caller.until(f"validations/{begun['id']}", state="completed")
        assert (done["name"], done["summary"]["accepted"]) == ("rows.jsonl", 1)
        assert json.loads(await caller.text(f"validations/{begun['id']}/files/accepted.jsonl")) == json.loads(rows)
        status, _ = await caller.get(f"validations/{begun['id']}/files/other.jsonl")
        assert status == HTTPStatus.NOT_FOUND
    answers: list[int] = []
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {served.api_key}"}) as session:
        for asked in (
            {"blob": "prompts/user-content/seeds/other/rows.jsonl"},
            {"blob": f"{MINE}/../other/rows.jsonl"},
            {"blob": f"{MINE}/rows.jsonl"},
            {},
            {"blob": "x", "file": "y"},
        ):
            async with session.post(f"{served.url}/api/v1/validations", json=asked) as refused:
                answers.append(refused.status)
    assert answers == [422, 422, 404, 422, 422]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_half_done(
    command_line: CommandLine, tmp_path: Path
) -> None:
    rows = tmp_path / "rows.jsonl"
    texts = (f"The kettle of number {n} boils {n * 7919} litres in {n % 61} minutes." for n in range(60_000))
    rows.write_text("".join(json.dumps({"id": n, "answer": text}) + "\n" for n, text in enumerate(texts)))
    reports = command_line.data_dir / "blobs" / "validation" / "reports"
    async with OpenAIStub() as stub:
        mortal = MortalPlatform(command_line, stub, concurrency=4)
        async with Caller(await mortal.start(), "") as caller:
            file = await caller.upload(rows.read_bytes(), "rows.jsonl")
            begun = await caller.post("/api/v1/validations", json={"file": file, "columns": ["answer"]})
            path = f"validations/{begun['id']}"
            await caller.until(path, state="running")
        await mortal.kill(with_database=True)
        assert not (reports / begun["id"] / "report.json").exists()
        async with Caller(await mortal.start(), "") as caller:
            status, _ = await caller.get(f"{path}/files/accepted.jsonl")
            done = await caller.until(path, state="completed")
            again = tmp_path / "again"
            await command_line.run("validate", rows, "--column", "answer", "--out", again)
            for name in ("accepted.jsonl", "rejected.jsonl", "report.json"):
                assert await caller.text(f"{path}/files/{name}") == (again / name).read_text()
        await mortal.stop()
    assert status == HTTPStatus.CONFLICT
    assert done["rows"] == done["summary"]["rows"] == 60_000
    assert len(read_lines(again / "accepted.jsonl")) == done["summary"]["accepted"]
