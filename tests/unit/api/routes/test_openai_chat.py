import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import AsyncTestClient

from tests.doubles.clock import ManualClock
from tests.factories.memory_platform import CLOCK, memory_platform
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.api.app import create_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, CompletionChunk, EngineCapabilities, FinishReason
from textnlp.ports.text_engine import TextEngine

Client = AsyncTestClient[Litestar]

HELLO = [{"role": "user", "content": "Hello"}]
SCHEMA = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}
TOOL = {"type": "function", "function": {"name": "weather"}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


@contextlib.asynccontextmanager
async def opened(engine: TextEngine | None = None) -> AsyncGenerator[Client]:
    platform = memory_platform(engine)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with AsyncTestClient(create_app(platform, intake=intake), base_url="http://127.0.0.1:8000") as made:
        yield made


@pytest.fixture
async def client() -> AsyncGenerator[Client]:
    async with opened() as made:
        yield made


async def completed(client: Client, **fields: Any) -> dict[str, Any]:
    response = await client.post("/v1/chat/completions", json={"model": "scripted", "messages": HELLO, **fields})
    assert response.status_code == 200, response.text
    return response.json()


async def streamed(client: Client, **fields: Any) -> list[Any]:
    body = {"model": "scripted", "messages": HELLO, "stream": True, **fields}
    response = await client.post("/v1/chat/completions", json=body)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    data = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    return [json.loads(each) if each != "[DONE]" else each for each in data]


async def test_a_chat_is_answered(client: Client) -> None:
    answer = await completed(client)
    assert answer["id"].startswith("chatcmpl-")
    assert answer["choices"][0]["message"]["content"].startswith("Answer ")
    assert answer["usage"]["total_tokens"] > 0


async def test_the_path_names_the_deployment_that_is_asked(client: Client) -> None:
    path = "/openai/deployments/scripted/chat/completions?api-version=2024-10-21"
    for body in ({"messages": HELLO}, {"messages": HELLO, "model": "another"}):
        assert (await client.post(path, json=body)).json()["model"] == "scripted"
    assert (await client.post("/openai/v1/chat/completions", json={"messages": HELLO})).status_code == 200
    absent = await client.post("/openai/deployments/absent/chat/completions", json={"messages": HELLO})
    assert (absent.status_code, absent.json()["error"]["code"]) == (404, "model_not_found")


async def test_several_answers_have_seeds_of_their_own_and_are_counted_together(client: Client) -> None:
    answer = await completed(client, n=3, seed=5)
    alone = [await completed(client, seed=seed) for seed in (5, 6, 7)]
    assert [choice["message"] for choice in answer["choices"]] == [each["choices"][0]["message"] for each in alone]
    assert answer["usage"]["prompt_tokens"] == sum(each["usage"]["prompt_tokens"] for each in alone)


async def test_an_answer_with_a_schema_satisfies_it(client: Client) -> None:
    response_format = {"type": "json_schema", "json_schema": {"name": "review", "strict": True, "schema": SCHEMA}}
    answer = await completed(client, response_format=response_format)
    assert isinstance(json.loads(answer["choices"][0]["message"]["content"])["stars"], int)
    anything = await completed(client, response_format={"type": "json_object"})
    assert isinstance(json.loads(anything["choices"][0]["message"]["content"]), dict)


async def test_a_stream_says_who_speaks_what_and_why_it_ends(client: Client) -> None:
    whole = (await completed(client))["choices"][0]["message"]["content"]
    *chunks, done = await streamed(client)
    assert done == "[DONE]"
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == whole
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [*[None] * (len(chunks) - 1), "stop"]
    assert not any("usage" in chunk for chunk in chunks)


async def test_a_stream_has_usage_where_that_was_asked_for(client: Client) -> None:
    whole = await completed(client, n=2, seed=1)
    *chunks, last, _ = await streamed(client, n=2, seed=1, stream_options={"include_usage": True})
    assert all(chunk["usage"] is None for chunk in chunks)
    assert (last["choices"], last["usage"]) == ([], whole["usage"])
    for index in (0, 1):
        own = [chunk["choices"][0] for chunk in chunks if chunk["choices"][0]["index"] == index]
        text = "".join(choice["delta"].get("content", "") for choice in own)
        assert text == whole["choices"][index]["message"]["content"]


async def test_calls_of_tools_are_handed_on_whole_and_in_pieces() -> None:
    calls = Completion(text="", model="m", finish_reason=FinishReason.TOOL_CALLS, tool_calls=(CALL,))
    engine = ScriptedEngine(clock=CLOCK, script=[calls, calls], capabilities=EngineCapabilities(calls_tools=True))
    async with opened(engine) as client:
        answer = await completed(client, tools=[TOOL], tool_choice="required")
        assert engine.last_request is not None
        assert (engine.last_request.tools, engine.last_request.tool_choice) == ((TOOL,), "required")
        assert answer["choices"][0]["message"]["tool_calls"] == [CALL]
        assert answer["choices"][0]["finish_reason"] == "tool_calls"
        first, last, _ = await streamed(client, tools=[TOOL])
        assert first["choices"][0]["delta"]["tool_calls"] == [{"index": 0, **CALL}]
        assert last["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"temperatur": 1}, "temperatur"),
        ({"temperature": 9}, "temperature"),
        ({"n": 9}, "n"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"tools": [TOOL]}, "tools"),
        ({"tools": [TOOL], "stream": True}, "tools"),
        ({"logprobs": True}, "logprobs"),
    ],
)
async def test_a_wrong_request_is_a_bad_request_that_names_the_field(
    client: Client, fields: dict[str, Any], param: str
) -> None:
    response = await client.post("/v1/chat/completions", json={"model": "scripted", "messages": HELLO, **fields})
    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert (error["type"], error["param"]) == ("invalid_request_error", param)


@pytest.mark.parametrize(
    ("kind", "status", "error_type"),
    [
        (ErrorKind.RATE_LIMITED, 429, "rate_limit_error"),
        (ErrorKind.CONTEXT_EXCEEDED, 400, "invalid_request_error"),
        (ErrorKind.UNAVAILABLE, 503, "server_error"),
        (ErrorKind.INTERNAL, 500, "server_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_what_the_model_refuses_has_its_status_before_anything_is_sent(
    kind: ErrorKind, status: int, error_type: str, *, stream: bool
) -> None:
    error = TextNLPError("No.", kind=kind, facts=ErrorFacts(retry_after_seconds=1.5))
    async with opened(ScriptedEngine(clock=ManualClock(), script=[error])) as client:
        body = {"model": "scripted", "messages": HELLO, "stream": stream}
        response = await client.post("/v1/chat/completions", json=body)
    assert response.status_code == status
    assert response.json()["error"]["type"] == error_type
    assert response.headers["retry-after"] == "2"


class BreakingEngine(ScriptedEngine):
    """Breaks off after one word."""

    async def stream(self, request: Any) -> AsyncGenerator[CompletionChunk]:
        yield CompletionChunk(text="One ", model=request.model)
        raise TextNLPError("The line was cut.", kind=ErrorKind.UNAVAILABLE)


async def test_an_error_in_the_middle_of_a_stream_is_an_event_and_its_end() -> None:
    async with opened(BreakingEngine(clock=CLOCK)) as client:
        first, last = await streamed(client)
    assert first["choices"][0]["delta"]["content"] == "One "
    assert last["error"]["message"] == "The line was cut."
    assert (last["error"]["type"], last["error"]["code"]) == ("server_error", "unavailable")


async def test_everything_below_the_path_has_errors_in_openais_shape(client: Client) -> None:
    for path in ("/v1/nothing", "/openai/nothing"):
        response = await client.get(path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    foreign = await client.post("/v1/chat/completions", json={}, headers={"host": "evil.example"})
    assert (foreign.status_code, foreign.json()["error"]["type"]) == (403, "permission_error")
    assert (await client.get("/v1/chat/completions")).status_code == 405
    garbled = await client.post("/v1/chat/completions", content=b"{")
    assert (garbled.status_code, garbled.json()["error"]["type"]) == (400, "invalid_request_error")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("temperature", "n", "stop", "response_format", "stream", "stream_options", "tools", "tool_choice", "logprobs")
messages = st.lists(st.fixed_dictionaries({"role": st.just("user"), "content": json_values}), max_size=2) | json_values
bodies = st.fixed_dictionaries({"messages": messages}, optional=dict.fromkeys(FIELDS, json_values))


@settings(max_examples=15, deadline=None)
@given(body=bodies | json_values)
async def test_no_body_makes_the_platform_fail(body: Any) -> None:
    async with opened() as client:
        response = await client.post("/v1/chat/completions", json=body)
        assert response.status_code < 500, response.text
