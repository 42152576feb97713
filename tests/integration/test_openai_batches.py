"""OpenAI's own client, synchronous and asynchronous, over files and batches of the served API."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types import Batch
from openai.types.chat import ChatCompletion

from tests.doubles.openai_server import OpenAIStub, Reply, StubOptions
from tests.factories.memory_platform import CLOCK, memory_platform
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.openai_compatible.profile import PROFILES
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.api.app import create_app
from textnlp.api.job_wire import OpenAIJobWire
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.keep_jobs import JobKeeper
from textnlp.bootstrap.platform import Platform
from textnlp.domain.admission.retry import NO_RETRIES, RetryPolicy
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.usage.totals import Grouping
from textnlp.ports.text_engine import TextEngine
from textnlp.workers.batch_service import serve_batches

MODEL = "scripted"
ENDPOINT: Any = "/v1/chat/completions"
ENDED = {"completed", "failed", "expired", "cancelled"}
VERY_LONG_SECONDS = 600.0
TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}}
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["stars"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Served:
    """A platform that runs, and a client of it."""

    platform: Platform
    url: str
    client: openai.AsyncOpenAI

    async def created(self, lines: list[Any], **more: Any) -> Batch:
        """Upload requests and make a batch over them."""
        file = await self.client.files.create(file=("in.jsonl", jsonl(lines)), purpose="batch")
        return await self.client.batches.create(
            input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h", **more
        )

    async def ended(self, lines: list[Any], **more: Any) -> Batch:
        """Make a batch and wait for its end."""
        return await self.until((await self.created(lines, **more)).id, *ENDED)

    async def until(self, batch_id: str, *statuses: str) -> Batch:
        """Wait until a batch has one of the statuses."""
        async with asyncio.timeout(20):
            while True:
                batch = await self.client.batches.retrieve(batch_id)
                if batch.status in statuses:
                    return batch
                await asyncio.sleep(0.02)

    async def until_answered(self, batch_id: str, *, rows: int) -> None:
        """Wait until so many requests of a batch are answered."""
        async with asyncio.timeout(20):
            while True:
                counts = (await self.client.batches.retrieve(batch_id)).request_counts
                if counts is not None and counts.completed >= rows:
                    return
                await asyncio.sleep(0.02)

    async def lines(self, file_id: str | None) -> list[dict[str, Any]]:
        """Return the lines of a file, none where there is no file."""
        if file_id is None:
            return []
        content = await self.client.files.content(file_id)
        return [json.loads(line) for line in content.text.splitlines()]


@contextlib.asynccontextmanager
async def served(engine: TextEngine | None = None, *, policy: RetryPolicy = NO_RETRIES) -> AsyncGenerator[Served]:
    """Serve the API over a platform in memory, with the worker and the keeper of jobs beside it."""
    platform = memory_platform(engine, policy=policy)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    keeper = JobKeeper(platform.job_ports, wire=OpenAIJobWire())
    async with serve_app(create_app(platform, intake=intake), port=0) as serving:
        tasks = [asyncio.create_task(keeper.run()), asyncio.create_task(serve_batches(platform))]
        async with openai.AsyncOpenAI(base_url=f"{serving.url}/v1", api_key="any", max_retries=0) as client:
            yield Served(platform, serving.url, client)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await platform.engines.aclose()


def asking(stub: OpenAIStub) -> OpenAICompatibleEngine:
    return OpenAICompatibleEngine(parse_base_url(stub.base_url), clock=CLOCK, profile=PROFILES["vllm"])


def request(custom_id: str, prompt: str = "Hello", *, url: str = ENDPOINT, **body: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": prompt}]
    return {
        "custom_id": custom_id,
        "method": "POST",
        "url": url,
        "body": {"model": MODEL, "messages": messages, **body},
    }


def jsonl(lines: list[Any]) -> bytes:
    return b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)


async def test_a_batch_goes_from_its_file_to_its_answers() -> None:
    async with served() as there:
        created = await there.created([request(f"row-{n}", seed=n) for n in range(25)], metadata={"for": "ada"})
        assert (created.status, created.endpoint, created.completion_window) == ("validating", ENDPOINT, "24h")
        assert created.expires_at == created.created_at + 86_400
        batch = await there.until(created.id, *ENDED)
        lines = await there.lines(batch.output_file_id)
        alone = await there.client.chat.completions.create(
            model=MODEL, messages=[{"role": "user", "content": "Hello"}], seed=7
        )
        used = await there.platform.gateway.usage.totals(
            "local", group_by=Grouping.BATCH, since=CLOCK.now().replace(hour=0, minute=0), until=CLOCK.now()
        )
    assert batch.status == "completed"
    assert (batch.model, batch.metadata, batch.error_file_id, batch.errors) == (MODEL, {"for": "ada"}, None, None)
    assert batch.request_counts is not None
    assert batch.request_counts.to_dict() == {"total": 25, "completed": 25, "failed": 0}
    moments = [batch.created_at, batch.in_progress_at or 0, batch.finalizing_at or 0, batch.completed_at or 0]
    assert moments == sorted(moments)
    assert [line["custom_id"] for line in lines] == [f"row-{n}" for n in range(25)]
    assert len({line["id"] for line in lines}) == 25
    seventh = lines[7]
    assert seventh["id"].startswith("batch_req_")
    assert (seventh["error"], seventh["response"]["status_code"]) == (None, 200)
    assert seventh["response"]["request_id"].startswith("req_")
    body = ChatCompletion.model_validate(seventh["response"]["body"])
    assert body.choices[0].message.content == alone.choices[0].message.content
    assert (body.object, body.usage) == ("chat.completion", alone.usage)
    assert batch.usage is not None
    assert batch.usage.total_tokens == sum(line["response"]["body"]["usage"]["total_tokens"] for line in lines)
    charged = {total.key: total.usage.total_tokens for total in used}
    assert charged[batch.id] == batch.usage.total_tokens


async def test_requests_are_whole_chat_completions() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    logprobs: dict[str, Any] = {
        "content": [{"token": "Hi", "logprob": -0.5, "bytes": None, "top_logprobs": []}],
        "refusal": None,
    }
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls", "logprobs": logprobs}
    async with OpenAIStub() as stub, served(asking(stub)) as there:
        stub.script(Reply(body=json.dumps({"model": "m", "choices": [choice]}).encode()))
        asked = request("a", tools=[TOOL], tool_choice="required", logprobs=True, top_logprobs=1, stop=["."])
        batch = await there.ended([asked])
        body = (await there.lines(batch.output_file_id))[0]["response"]["body"]
        assert stub.last_request is not None
        sent = stub.last_request.json()
    assert body["choices"][0]["message"]["tool_calls"] == [CALL]
    assert body["choices"][0]["logprobs"] == logprobs
    assert body["choices"][0]["finish_reason"] == "tool_calls"
    assert (sent["tools"], sent["tool_choice"], sent["logprobs"], sent["top_logprobs"], sent["stop"]) == (
        [TOOL],
        "required",
        True,
        1,
        ["."],
    )


async def test_several_choices_and_schemas_are_answered_as_the_route_does() -> None:
    response_format = {"type": "json_schema", "json_schema": {"name": "r", "strict": True, "schema": SCHEMA}}
    hello: Any = [{"role": "user", "content": "Hello"}]
    async with served() as there:
        lines = [request("n", n=3, seed=5), request("s", response_format=response_format), request("cut", max_tokens=2)]
        batch = await there.ended(lines)
        bodies = {line["custom_id"]: line["response"]["body"] for line in await there.lines(batch.output_file_id)}
        online = await there.client.chat.completions.create(model=MODEL, messages=hello, n=3, seed=5)
    told = ChatCompletion.model_validate(bodies["n"])
    assert [each.message.content for each in told.choices] == [each.message.content for each in online.choices]
    assert told.usage == online.usage
    assert 1 <= json.loads(bodies["s"]["choices"][0]["message"]["content"])["stars"] <= 5
    assert bodies["cut"]["choices"][0]["finish_reason"] == "length"


async def test_a_request_that_fails_is_in_the_error_file_with_its_status() -> None:
    too_long = TextNLPError("Too long.", kind=ErrorKind.CONTEXT_EXCEEDED)
    late = TextNLPError("No answer.", kind=ErrorKind.TIMEOUT)
    async with served(ScriptedEngine(clock=CLOCK, script=[too_long])) as there:
        batch = await there.ended([request("a")])
        failed = await there.lines(batch.error_file_id)
    assert (batch.status, batch.output_file_id) == ("completed", None)
    assert batch.request_counts is not None
    assert batch.request_counts.to_dict() == {"total": 1, "completed": 0, "failed": 1}
    assert failed[0]["response"]["status_code"] == 400
    assert failed[0]["response"]["body"]["error"]["code"] == "context_length_exceeded"
    async with served(ScriptedEngine(clock=CLOCK, script=[late])) as there:
        batch = await there.ended([request("a")])
        failed = await there.lines(batch.error_file_id)
    assert failed[0]["response"] is None
    assert failed[0]["error"]["code"] == "request_timeout"


async def test_a_file_with_a_fault_is_refused_and_nothing_of_it_is_asked() -> None:
    lines: list[Any] = [
        request("a"),
        b'{"custom_id": "b"',
        request("a"),
        request("c", url="/v1/embeddings"),
        {**request("d"), "method": "GET"},
        {"method": "POST", "url": ENDPOINT, "body": {}},
        request("e", stream=True),
        request("f", temperature=9),
        {**request("g"), "body": {"model": "other", "messages": [{"role": "user", "content": "x"}]}},
        request("h", best_of=2),
    ]
    async with OpenAIStub() as stub, served(asking(stub)) as there:
        batch = await there.ended(lines)
        calls = stub.stats.calls
    assert (batch.status, calls, batch.output_file_id, batch.error_file_id) == ("failed", 0, None, None)
    assert batch.failed_at is not None
    assert batch.errors is not None
    assert batch.errors.object == "list"
    assert [(fault.line, fault.code, fault.param) for fault in batch.errors.data or []] == [
        (2, "invalid_json_line", None),
        (3, "duplicate_custom_id", "custom_id"),
        (4, "url_mismatch", "url"),
        (5, "invalid_request", "method"),
        (6, "invalid_request", "custom_id"),
        (7, "invalid_request", "body.stream"),
        (8, "invalid_request", "body.temperature"),
        (9, "model_mismatch", "body.model"),
        (10, "invalid_request", "body.best_of"),
    ]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([b" "], "empty_file"),
        ([request("a", model="absent")], "model_not_found"),
        ([request(str(n)) for n in range(50_001)], "too_many_tasks"),
    ],
)
async def test_a_file_that_can_never_be_a_batch_is_refused(lines: list[Any], code: str) -> None:
    async with served() as there:
        batch = await there.ended(lines)
    assert batch.status == "failed"
    assert batch.errors is not None
    assert [fault.code for fault in batch.errors.data or []] == [code]


async def test_a_cancelled_batch_keeps_what_was_answered() -> None:
    patient = RetryPolicy(deadline_seconds=60)
    async with (
        OpenAIStub(StubOptions(latency_seconds=0.05)) as stub,
        served(asking(stub), policy=patient) as there,
    ):
        batch = await there.created([request(f"row-{n}", f"Say {n}") for n in range(300)])
        await there.until_answered(batch.id, rows=20)
        cancelling = await there.client.batches.cancel(batch.id)
        assert cancelling.status == "cancelling"
        assert cancelling.cancelling_at is not None
        batch = await there.until(batch.id, *ENDED)
        answered = await there.lines(batch.output_file_id)
        unasked = await there.lines(batch.error_file_id)
        assert (await there.client.batches.cancel(batch.id)).status == "cancelled"
    assert batch.status == "cancelled"
    assert batch.cancelled_at is not None
    assert len(answered) >= 20
    assert {line["error"]["code"] for line in unasked} == {"batch_cancelled"}
    ids = [line["custom_id"] for line in [*answered, *unasked]]
    assert sorted(ids) == sorted(f"row-{n}" for n in range(300))
    assert batch.request_counts is not None
    assert batch.request_counts.to_dict() == {"total": 300, "completed": len(answered), "failed": len(unasked)}


async def test_a_batch_that_has_ended_cannot_be_cancelled() -> None:
    async with served() as there:
        batch = await there.ended([request("a")])
        with pytest.raises(openai.ConflictError):
            await there.client.batches.cancel(batch.id)


async def test_batches_are_listed_page_by_page() -> None:
    async with served() as there:
        made = [(await there.created([request("a")])).id for _ in range(5)]
        listed = [batch.id async for batch in there.client.batches.list(limit=2)]
        page = await there.client.batches.list(limit=2)
        rest = await there.client.batches.list(limit=100, after=made[2])
    assert listed == made[::-1]
    assert page.has_more
    assert [batch.id for batch in rest.data] == [made[1], made[0]]
    assert not rest.has_more


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"endpoint": "/v1/embeddings"}, openai.BadRequestError, "endpoint"),
        ({"completion_window": "1h"}, openai.BadRequestError, "completion_window"),
        ({"input_file_id": "file-absent"}, openai.NotFoundError, "input_file_id"),
        ({"metadata": {"k" * 65: "v"}}, openai.BadRequestError, "metadata"),
        ({"metadata": {str(n): "v" for n in range(17)}}, openai.BadRequestError, "metadata"),
        ({"metadata": {"k": "v" * 513}}, openai.BadRequestError, "metadata"),
        ({"output_expires_after": {"anchor": "created_at", "seconds": 5}}, openai.BadRequestError, None),
    ],
)
async def test_a_wrong_request_for_a_batch_raises_the_clients_own_error(
    fields: dict[str, Any], error: type[openai.APIStatusError], param: str | None
) -> None:
    async with served() as there:
        file = await there.client.files.create(file=("in.jsonl", jsonl([request("a")])), purpose="batch")
        given: dict[str, Any] = {"input_file_id": file.id, "endpoint": ENDPOINT, "completion_window": "24h", **fields}
        with pytest.raises(error) as caught:
            await there.client.batches.create(**given)
        assert param is None or (caught.value.param or "").startswith(param)


async def test_only_a_file_for_batches_can_be_the_input_of_one() -> None:
    async with served() as there:
        file = await there.client.files.create(file=("in.jsonl", jsonl([request("a")])), purpose="user_data")
        with pytest.raises(openai.BadRequestError, match="user_data"):
            await there.client.batches.create(input_file_id=file.id, endpoint=ENDPOINT, completion_window="24h")


async def test_files_are_stored_listed_fetched_and_deleted(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"line\n" * 700_000)
    async with served() as there:
        client = there.client
        stored = await client.files.create(file=path, purpose="user_data")
        assert (stored.filename, stored.bytes, stored.object, stored.expires_at) == (
            "notes.txt",
            3_500_000,
            "file",
            None,
        )
        batch = await client.files.create(file=("in.jsonl", b"{}"), purpose="batch")
        assert batch.expires_at == batch.created_at + 2_592_000
        kept = await client.files.create(
            file=("é.bin", b"x"), purpose="assistants", expires_after={"anchor": "created_at", "seconds": 3600}
        )
        assert (kept.filename, kept.expires_at) == ("é.bin", kept.created_at + 3600)
        assert (await client.files.retrieve(kept.id)).filename == "é.bin"
        assert (await client.files.content(stored.id)).content == path.read_bytes()
        assert [file.id async for file in client.files.list(limit=2)] == [kept.id, batch.id, stored.id]
        assert [file.id async for file in client.files.list(order="asc")] == [stored.id, batch.id, kept.id]
        assert [file.id async for file in client.files.list(purpose="batch")] == [batch.id]
        assert (await client.files.list(after=batch.id)).data[0].id == stored.id
        assert (await client.files.wait_for_processing(stored.id)).status == "processed"
        assert (await client.files.delete(stored.id)).deleted
        for call in (client.files.retrieve(stored.id), client.files.content(stored.id), client.files.delete(stored.id)):
            with pytest.raises(openai.NotFoundError):
                await call


@pytest.mark.parametrize(
    ("file", "fields"),
    [
        (("../../etc/passwd", b"x"), {}),
        (("a\\b", b"x"), {}),
        (("a" * 256, b"x"), {}),
        (("empty.jsonl", b""), {}),
        (("a", b"x"), {"purpose": "batch_output"}),
        (("a", b"x"), {"purpose": "else"}),
        (("a", b"x"), {"expires_after": {"anchor": "created_at", "seconds": 60}}),
        (("a", b"x"), {"expires_after": {"anchor": "created_at"}}),
        (("a", b"x"), {"expires_after": {"seconds": 7200}}),
    ],
)
async def test_a_wrong_file_raises_the_clients_own_error(file: Any, fields: dict[str, Any]) -> None:
    given: dict[str, Any] = {"file": file, "purpose": "batch", **fields}
    async with served() as there:
        with pytest.raises(openai.BadRequestError):
            await there.client.files.create(**given)
        assert (await there.client.files.list()).data == []


async def test_output_files_are_files_too_and_expire_when_they_are_told_to() -> None:
    async with served() as there:
        batch = await there.ended([request("a")], output_expires_after={"anchor": "created_at", "seconds": 7200})
        listed = (await there.client.files.list(purpose="batch_output")).data
        assert [file.id for file in listed] == [batch.output_file_id]
        assert listed[0].filename == f"{batch.id}_output.jsonl"
        assert listed[0].expires_at == listed[0].created_at + 7200
        assert len((await there.client.files.content(listed[0].id)).content) == listed[0].bytes
        await there.client.files.delete(listed[0].id)
        assert (await there.client.batches.retrieve(batch.id)).output_file_id == batch.output_file_id


async def test_the_synchronous_client_and_azures_do_the_same() -> None:
    lines = jsonl([request(f"row-{n}", url="/chat/completions") for n in range(3)])

    def run(client: openai.OpenAI, endpoint: Any) -> tuple[str, int, list[str]]:
        with client:
            file = client.files.create(file=("in.jsonl", lines), purpose="batch")
            batch = client.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")
            while batch.status not in ENDED:
                time.sleep(0.02)
                batch = client.batches.retrieve(batch.id)
            text = client.files.content(batch.output_file_id or "").text
            assert file.id in [each.id for each in client.files.list(purpose="batch")]
            assert batch.id in [each.id for each in client.batches.list(limit=1)]
            return batch.status, len(text.splitlines()), [batch.endpoint]

    async with served() as there:
        url = there.url
        clients: list[tuple[openai.OpenAI, str]] = [
            (openai.OpenAI(base_url=f"{url}/openai/v1", api_key="any", max_retries=0), ENDPOINT),
            (
                openai.AzureOpenAI(azure_endpoint=url, api_key="any", api_version="2024-10-21", max_retries=0),
                "/chat/completions",
            ),
        ]
        for client, endpoint in clients:
            assert await asyncio.to_thread(run, client, endpoint) == ("completed", 3, [endpoint])
        async with openai.AsyncAzureOpenAI(
            azure_endpoint=url, api_key="any", api_version="2024-10-21", max_retries=0
        ) as azure:
            assert len([batch async for batch in azure.batches.list()]) == 2


async def test_a_file_above_the_limit_is_refused_before_it_is_read() -> None:
    most = 200 * 1_048_576
    async with served() as there:
        host, _, port = there.url.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            "POST /v1/files HTTP/1.1\r\nhost: localhost\r\ncontent-type: multipart/form-data; boundary=b\r\n"
            f"content-length: {most + 2_000_000}\r\n\r\n"
        )
        writer.write(head.encode())
        async with asyncio.timeout(10):
            status = await reader.readline()
        writer.close()
    assert b" 413 " in status


async def test_the_same_batch_is_seen_by_our_own_api() -> None:
    async with served() as there:
        batch = await there.ended([request("a"), request("b")])
        raw: Any = await there.client.get(f"{there.url}/api/v1/batches/{batch.id}", cast_to=object)
        assert (raw["state"], raw["counts"]["accepted"]) == ("completed", 2)
        with pytest.raises(openai.ConflictError) as caught:
            await there.client.post(f"{there.url}/api/v1/batches/{batch.id}/retry", cast_to=object)
    assert "/v1/batches" in caught.value.response.text
