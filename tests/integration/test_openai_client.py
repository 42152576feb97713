"""OpenAI's own client, synchronous and asynchronous, against the served API."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from typing import Any, cast

import openai
import pydantic
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests.doubles.openai_server import OpenAIStub, Reply, StubOptions
from tests.factories.memory_platform import CLOCK, memory_platform
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.openai_compatible.profile import PROFILES
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.ports.text_engine import TextEngine

MODEL = "scripted"
VERY_LONG_SECONDS = 600.0
HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello"}]
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["stars"],
    "additionalProperties": False,
}
TOOL: Any = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Rome"}'}}


class Review(pydantic.BaseModel):
    """What a caller wants to be told."""

    text: str
    stars: int


@contextlib.asynccontextmanager
async def served(engine: TextEngine | None = None) -> AsyncGenerator[str]:
    """Serve the API over a platform in memory, and yield its address."""
    platform = memory_platform(engine)
    intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
    async with serve_app(create_app(platform, intake=intake), port=0) as serving:
        yield serving.url
    await platform.engines.aclose()


@contextlib.asynccontextmanager
async def asked_over(engine: TextEngine | None = None) -> AsyncGenerator[openai.AsyncOpenAI]:
    """Yield a client of the served API."""
    async with (
        served(engine) as url,
        openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="any", max_retries=0) as client,
    ):
        yield client


@contextlib.asynccontextmanager
async def asked_through(stub: OpenAIStub) -> AsyncGenerator[openai.AsyncOpenAI]:
    """Yield a client of the served API, which asks the stub."""
    engine = OpenAICompatibleEngine(parse_base_url(stub.base_url), clock=CLOCK, profile=PROFILES["vllm"])
    async with asked_over(engine) as client:
        yield client


@pytest.fixture
async def client() -> AsyncGenerator[openai.AsyncOpenAI]:
    async with asked_over() as made:
        yield made


async def test_a_chat_is_answered_with_usage_and_the_request_can_be_found_again(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.create(model=MODEL, messages=HELLO, max_completion_tokens=5, user="ada")
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "length"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 5
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + 5
    assert answer.id.startswith("chatcmpl-")
    raw = await client.chat.completions.with_raw_response.create(model=MODEL, messages=HELLO)
    assert (raw.request_id or "").startswith("req_")


async def test_an_answer_can_be_continued(client: openai.AsyncOpenAI) -> None:
    first = await client.chat.completions.create(model=MODEL, messages=HELLO)
    said = cast("ChatCompletionMessageParam", first.choices[0].message)
    follow_up: list[ChatCompletionMessageParam] = [*HELLO, said, {"role": "user", "content": "And?"}]
    second = await client.chat.completions.create(model=MODEL, messages=follow_up)
    assert "And?" in (second.choices[0].message.content or "")


async def test_seeds_repeat_and_several_choices_count_them_up(client: openai.AsyncOpenAI) -> None:
    several = await client.chat.completions.create(model=MODEL, messages=HELLO, n=3, seed=5)
    alone = [await client.chat.completions.create(model=MODEL, messages=HELLO, seed=seed) for seed in (5, 6, 7)]
    assert [choice.message.content for choice in several.choices] == [each.choices[0].message.content for each in alone]
    assert several.usage is not None
    assert several.usage.total_tokens == sum(each.usage.total_tokens for each in alone if each.usage)


async def test_a_stream_gives_the_same_text_and_its_usage(client: openai.AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model=MODEL, messages=HELLO, seed=1)
    stream = await client.chat.completions.create(
        model=MODEL, messages=HELLO, seed=1, stream=True, stream_options={"include_usage": True}
    )
    *pieces, last = [chunk async for chunk in stream]
    assert "".join(piece.choices[0].delta.content or "" for piece in pieces) == whole.choices[0].message.content
    assert pieces[0].choices[0].delta.role == "assistant"
    assert pieces[-1].choices[0].finish_reason == "stop"
    assert (last.choices, last.usage) == ([], whole.usage)


@pytest.mark.parametrize("stream", [False, True])
async def test_an_answer_satisfies_its_schema(client: openai.AsyncOpenAI, *, stream: bool) -> None:
    response_format: Any = {
        "type": "json_schema",
        "json_schema": {"name": "review", "strict": True, "schema": SCHEMA},
    }
    if stream:
        chunks = await client.chat.completions.create(
            model=MODEL, messages=HELLO, response_format=response_format, stream=True
        )
        text = "".join([chunk.choices[0].delta.content or "" async for chunk in chunks])
    else:
        answer = await client.chat.completions.create(model=MODEL, messages=HELLO, response_format=response_format)
        text = answer.choices[0].message.content or ""
    assert 1 <= json.loads(text)["stars"] <= 5


async def test_an_answer_is_parsed_into_a_model_of_the_callers(client: openai.AsyncOpenAI) -> None:
    answer = await client.chat.completions.parse(model=MODEL, messages=HELLO, response_format=Review)
    assert isinstance(answer.choices[0].message.parsed, Review)
    async with client.chat.completions.stream(model=MODEL, messages=HELLO, response_format=Review) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.parsed == answer.choices[0].message.parsed


async def test_tools_reach_the_model_and_its_calls_the_caller() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [CALL]}
    body = {"model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}]}
    async with OpenAIStub() as stub, asked_through(stub) as client:
        stub.script(Reply(body=json.dumps(body).encode()), Reply(body=json.dumps(body).encode()))
        answer = await client.chat.completions.create(model=MODEL, messages=HELLO, tools=[TOOL], tool_choice="required")
        calls = answer.choices[0].message.tool_calls or []
        assert [call.model_dump() for call in calls] == [CALL]
        assert answer.choices[0].finish_reason == "tool_calls"
        assert stub.last_request is not None
        assert (stub.last_request.json()["tools"], stub.last_request.json()["tool_choice"]) == ([TOOL], "required")
        async with client.chat.completions.stream(model=MODEL, messages=HELLO, tools=[TOOL]) as stream:
            final = await stream.get_final_completion()
        streamed = final.choices[0].message.tool_calls or []
        assert [(call.id, call.function.arguments) for call in streamed] == [("call_1", '{"city":"Rome"}')]
        told: Any = [*HELLO, answer.choices[0].message, {"role": "tool", "tool_call_id": "call_1", "content": "Rain."}]
        await client.chat.completions.create(model=MODEL, messages=told)
        sent = stub.last_request.json()["messages"]
        assert sent[1]["tool_calls"] == [CALL]
        assert sent[2] == {"role": "tool", "content": "Rain.", "tool_call_id": "call_1"}


async def test_log_probabilities_are_handed_on() -> None:
    logprobs: dict[str, Any] = {
        "content": [{"token": "Hi", "logprob": -0.5, "bytes": None, "top_logprobs": []}],
        "refusal": None,
    }
    choice: dict[str, Any] = {"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop", "logprobs": logprobs}
    async with OpenAIStub() as stub, asked_through(stub) as client:
        stub.script(Reply(body=json.dumps({"choices": [choice]}).encode()))
        answer = await client.chat.completions.create(model=MODEL, messages=HELLO, logprobs=True, top_logprobs=1)
        told = answer.choices[0].logprobs
        assert told is not None
        assert [token.logprob for token in told.content or []] == [-0.5]
        assert stub.last_request is not None
        assert stub.last_request.json()["top_logprobs"] == 1


async def test_models_are_listed_and_found(client: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in client.models.list()] == [MODEL]
    assert (await client.models.retrieve(MODEL)).owned_by == "textnlp"
    with pytest.raises(openai.NotFoundError) as caught:
        await client.models.retrieve("owner/absent")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("fields", "error", "param"),
    [
        ({"model": "absent"}, openai.NotFoundError, "model"),
        ({"temperature": 9}, openai.BadRequestError, "temperature"),
        ({"tools": [TOOL]}, openai.BadRequestError, "tools"),
        ({"extra_body": {"best_of": 2}}, openai.BadRequestError, "best_of"),
    ],
)
async def test_a_wrong_request_raises_the_clients_own_error(
    client: openai.AsyncOpenAI, fields: dict[str, Any], error: type[openai.APIStatusError], param: str
) -> None:
    given: dict[str, Any] = {"model": MODEL, "messages": HELLO, **fields}
    with pytest.raises(error) as caught:
        await client.chat.completions.create(**given)
    assert caught.value.param == param


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (ErrorKind.UNAUTHENTICATED, openai.AuthenticationError),
        (ErrorKind.FORBIDDEN, openai.PermissionDeniedError),
        (ErrorKind.RATE_LIMITED, openai.RateLimitError),
        (ErrorKind.CONTEXT_EXCEEDED, openai.BadRequestError),
        (ErrorKind.UNAVAILABLE, openai.InternalServerError),
    ],
)
async def test_what_went_wrong_raises_the_clients_own_error(
    kind: ErrorKind, error: type[openai.APIStatusError]
) -> None:
    refusal = TextNLPError("No.", kind=kind, facts=ErrorFacts(retry_after_seconds=3.0))
    async with asked_over(ScriptedEngine(clock=CLOCK, script=[refusal])) as client:
        with pytest.raises(error) as caught:
            await client.chat.completions.create(model=MODEL, messages=HELLO)
    assert caught.value.response.headers["retry-after"] == "3"


async def test_a_stream_that_breaks_off_raises() -> None:
    event = b'data: {"choices":[{"delta":{"content":"One "}}]}\n\ndata: {"error":{"message":"overloaded"}}\n\n'
    async with OpenAIStub() as stub, asked_through(stub) as client:
        stub.script(Reply(headers={"content-type": "text/event-stream"}, body=event))
        stream = await client.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
        assert (await anext(stream)).choices[0].delta.content == "One "
        with pytest.raises(openai.APIError, match="overloaded"):
            await anext(stream)


async def cancelled(stub: OpenAIStub, *, calls: int) -> None:
    async with asyncio.timeout(10):
        while True:
            if stub.stats.outcomes.get("cancelled", 0) == calls:
                return
            await asyncio.sleep(0.01)


async def test_hanging_up_cancels_every_call_to_the_model() -> None:
    async with OpenAIStub(StubOptions(latency_seconds=VERY_LONG_SECONDS)) as stub, asked_through(stub) as client:
        with pytest.raises(openai.APITimeoutError):
            await client.chat.completions.create(model=MODEL, messages=HELLO, n=3, timeout=0.3)
        await cancelled(stub, calls=3)


async def test_leaving_a_stream_cancels_the_call_to_the_model() -> None:
    options = StubOptions(chunk_delay_seconds=0.05)
    prompt: list[ChatCompletionMessageParam] = [{"role": "user", "content": "long " * 400}]
    async with OpenAIStub(options) as stub, asked_through(stub) as client:
        stream = await client.chat.completions.create(model=MODEL, messages=prompt, stream=True)
        await anext(stream)
        await stream.close()
        await cancelled(stub, calls=1)


async def test_the_synchronous_client_does_the_same() -> None:
    def ask(url: str) -> tuple[str, str, list[str]]:
        with openai.OpenAI(base_url=f"{url}/openai/v1", api_key="any", max_retries=0) as client:
            whole = client.chat.completions.create(model=MODEL, messages=HELLO)
            pieces = client.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
            text = "".join(piece.choices[0].delta.content or "" for piece in pieces)
            return whole.choices[0].message.content or "", text, [model.id for model in client.models.list()]

    async with served() as url:
        whole, text, models = await asyncio.to_thread(ask, url)
    assert whole == text
    assert models == [MODEL]


async def test_azures_clients_name_the_model_by_their_deployment() -> None:
    def ask(url: str) -> str:
        with openai.AzureOpenAI(
            azure_endpoint=url, azure_deployment=MODEL, api_key="any", api_version="2024-10-21", max_retries=0
        ) as client:
            answer = client.chat.completions.create(model="anything", messages=HELLO)
            return answer.choices[0].message.content or ""

    async with (
        served() as url,
        openai.AsyncAzureOpenAI(azure_endpoint=url, api_key="any", api_version="2024-10-21", max_retries=0) as client,
    ):
        answer = await client.chat.completions.create(model=MODEL, messages=HELLO)
        assert answer.choices[0].message.content == await asyncio.to_thread(ask, url)
        stream = await client.chat.completions.create(model=MODEL, messages=HELLO, stream=True)
        assert [chunk async for chunk in stream][-1].choices[0].finish_reason == "stop"
        assert [model.id async for model in client.models.list()] == [MODEL]
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(model="absent", messages=HELLO)
