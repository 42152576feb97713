import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.factories.memory_platform import memory_platform
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.workers.generation_service import serve_generations

Client = AsyncTestClient[Litestar]
SCHEMA = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}
HELLO = {"role": "user", "content": "Hello"}


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    """The API over a platform in memory that also writes what is fetched later."""
    platform = memory_platform()
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as test_client:
        writing = asyncio.create_task(serve_generations(platform))
        yield test_client
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing


async def generated(client: Client, **body: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/generate", json=body)
    assert response.status_code == 200, response.text
    return response.json()


async def test_a_template_asks_what_its_rendered_prompt_asks(client: Client) -> None:
    template = "Write {{ n }} words about {{ what|upper }}."
    rendered = await generated(client, template=template, variables={"n": 3, "what": "kettles"})
    plain = await generated(client, prompt="Write 3 words about KETTLES.")
    assert rendered["text"] == plain["text"]
    told = await generated(client, template="Hello", system="Be brief.")
    assert told["text"] == (await generated(client, prompt="Hello", system="Be brief."))["text"]


async def test_a_stored_template_is_asked_for_by_its_reference(client: Client) -> None:
    stored = {"name": "words", "prompt": "Write {{ n }} words.", "system": "In {{ language }}."}
    assert (await client.post("/api/v1/templates", json=stored)).status_code == 201
    variables = {"n": 3, "language": "French"}
    written = await generated(client, template="words@1", variables=variables)
    plain = await generated(client, prompt="Write 3 words.", system="In French.")
    assert written["text"] == plain["text"]
    told = await generated(client, template="words@latest", variables=variables, system="Be brief.")
    assert told["text"] == (await generated(client, prompt="Write 3 words.", system="Be brief."))["text"]
    absent = await client.post("/api/v1/generate", json={"template": "words@2", "variables": variables})
    assert absent.status_code == 404
    missing = await client.post("/api/v1/generate", json={"template": "words@1", "variables": {"n": 3}})
    assert (missing.status_code, missing.json()["field"]) == (422, "template")


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"template": "a\n {{ absent }}"}, "template", "'absent'"),
        ({"template": "{{ x }", "variables": {"x": 1}}, "template", "line 1"),
        ({"template": " {{ x }}", "variables": {"x": ""}}, "template", "nothing"),
        ({"template": "{{ 'a' * 999999999 }}"}, "template", "longer"),
        ({"template": "a", "variables": {"x": ["a" * 600_000] * 2}}, "variables", "longer"),
        ({"template": "a", "prompt": "b"}, "prompt", "one of"),
        ({"template": "a", "messages": [HELLO]}, "prompt", "one of"),
        ({"prompt": "a", "messages": [HELLO]}, "prompt", "one of"),
        ({}, "prompt", "one of"),
        ({"prompt": "a", "variables": {}}, "variables", "template only"),
        ({"messages": [HELLO], "system": "a"}, "system", "messages"),
        ({"prompt": "a", "n": 0}, "n", ""),
        ({"prompt": "a", "n": 9}, "n", ""),
        ({"prompt": "a", "n": 2, "stream": True, "schema": SCHEMA}, "stream", "schema"),
        ({"prompt": "a", "n": 2, "stream": True, "mode": "async"}, "stream", "later"),
    ],
)
async def test_what_cannot_be_written_is_refused_by_its_field(
    client: Client, body: dict[str, Any], field: str, said: str
) -> None:
    response = await client.post("/api/v1/generate", json=body)
    assert response.status_code == 422, response.text
    assert response.json()["field"] == field
    assert said in response.json()["detail"]


async def test_a_fault_of_a_template_has_line_and_column(client: Client) -> None:
    problem = (await client.post("/api/v1/generate", json={"template": "a\n {{ absent }}"})).json()
    assert (problem["line"], problem["column"]) == (2, 5)


async def test_one_completion_is_the_only_choice(client: Client) -> None:
    answer = await generated(client, prompt="Hello")
    assert answer["choices"] == [{"index": 0, "text": answer["text"], "finish_reason": answer["finish_reason"]}]


async def test_several_completions_count_seeds_up_and_their_usage_is_the_sum(client: Client) -> None:
    several = await generated(client, prompt="Hello", n=3, parameters={"seed": 5})
    alone = [await generated(client, prompt="Hello", parameters={"seed": seed}) for seed in (5, 6, 7)]
    assert [choice["text"] for choice in several["choices"]] == [each["text"] for each in alone]
    assert [choice["index"] for choice in several["choices"]] == [0, 1, 2]
    assert several["text"] == alone[0]["text"]
    assert several["usage"]["total_tokens"] == sum(each["usage"]["total_tokens"] for each in alone)
    assert several["attempts"] == 3


async def test_several_completions_each_satisfy_the_schema(client: Client) -> None:
    answer = await generated(client, prompt="Rate it", n=2, schema=SCHEMA)
    assert all(isinstance(choice["json"]["stars"], int) for choice in answer["choices"])
    assert answer["json"] == answer["choices"][0]["json"]


async def test_several_completions_are_streamed_side_by_side(client: Client) -> None:
    body = {"prompt": "Hello", "n": 2, "parameters": {"seed": 5}}
    whole = await generated(client, **body)
    response = await client.post("/api/v1/generate", json={**body, "stream": True})
    *chunks, end = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert end == "[DONE]"
    texts = ["", ""]
    for chunk in map(json.loads, chunks):
        for choice in chunk["choices"]:
            texts[choice["index"]] += choice["delta"].get("content", "")
    assert texts == [choice["text"] for choice in whole["choices"]]
    assert json.loads(chunks[-1])["usage"] == whole["usage"]


@pytest.mark.parametrize("n", [1, 2])
async def test_several_completions_can_be_fetched_later(client: Client, n: int) -> None:
    body = {"template": "{{ x }}", "variables": {"x": "Hello"}, "n": n, "parameters": {"seed": 5}}
    whole = await generated(client, **body)
    accepted = await client.post("/api/v1/generate", json={**body, "mode": "async"})
    assert accepted.status_code == 202
    async with asyncio.timeout(5):
        while True:
            found = (await client.get(accepted.headers["location"])).json()
            if found["state"] != "queued":
                break
            await asyncio.sleep(0.01)
    for name in ("text", "choices", "usage", "finish_reason"):
        assert found[name] == whole[name]
