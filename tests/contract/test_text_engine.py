"""What holds for every text engine."""

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import jsonschema_rs
import pytest

from tests.doubles.azure_openai import AzureOpenAI
from tests.doubles.openai_server import OpenAIStub, StubOptions
from tests.doubles.real_model import real_model_file
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.embedded import EmbeddedEngine
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.openai_compatible.profile import PROFILES
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    CompletionChunk,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
)
from textnlp.ports.text_engine import TextEngine

VERY_LONG_SECONDS = 600.0
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "maxLength": 40},
        "stars": {"type": "integer", "minimum": 1, "maximum": 5},
        "tags": {"type": "array", "items": {"enum": ["good", "bad"]}, "minItems": 1, "maxItems": 2},
    },
    "required": ["text", "stars", "tags"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Engines:
    """An engine, and one of the same kind that takes long to answer."""

    usual: TextEngine
    slow: TextEngine


@asynccontextmanager
async def scripted() -> AsyncGenerator[Engines]:
    clock = SystemClock()
    yield Engines(ScriptedEngine(clock=clock), ScriptedEngine(clock=clock, latency_seconds=VERY_LONG_SECONDS))


@asynccontextmanager
async def openai_compatible() -> AsyncGenerator[Engines]:
    def engine(stub: OpenAIStub) -> TextEngine:
        return OpenAICompatibleEngine(parse_base_url(stub.base_url), clock=SystemClock(), profile=PROFILES["vllm"])

    async with OpenAIStub() as stub, OpenAIStub(StubOptions(latency_seconds=VERY_LONG_SECONDS)) as slow:
        engines = Engines(engine(stub), engine(slow))
        yield engines
        await engines.usual.aclose()
        await engines.slow.aclose()


@asynccontextmanager
async def azure_openai() -> AsyncGenerator[Engines]:
    def engine(azure: AzureOpenAI) -> TextEngine:
        address = parse_base_url(f"{azure.endpoint}/openai/v1")
        return OpenAICompatibleEngine(address, clock=SystemClock(), profile=PROFILES["openai"])

    async with AzureOpenAI(deployments=("some-model",)) as azure, AzureOpenAI(deployments=("some-model",)) as slow:
        slow.latency_seconds = VERY_LONG_SECONDS
        engines = Engines(engine(azure), engine(slow))
        yield engines
        await engines.usual.aclose()
        await engines.slow.aclose()


@asynccontextmanager
async def embedded(*, slots: int = 2) -> AsyncGenerator[Engines]:
    engine = EmbeddedEngine(await real_model_file(), name="smollm2", slots=slots, context_tokens=512)
    yield Engines(engine, engine)
    await engine.aclose()


embedded_alone = partial(embedded, slots=1)


@pytest.fixture(
    params=[
        pytest.param(scripted, id="scripted"),
        pytest.param(openai_compatible, id="openai_compatible"),
        pytest.param(azure_openai, id="azure_openai"),
        pytest.param(embedded, id="embedded", marks=pytest.mark.model),
    ],
)
async def engines(request: pytest.FixtureRequest) -> AsyncGenerator[Engines]:
    async with request.param() as made:
        yield made


@pytest.fixture
def engine(engines: Engines) -> TextEngine:
    return engines.usual


def request(prompt: str = "Write one sentence about a kettle.", **given: Any) -> GenerationRequest:
    timeout_seconds = given.pop("timeout_seconds", 60.0)
    schema = given.pop("schema", None)
    sampling: dict[str, Any] = {"seed": 1, "max_tokens": 40, **given}
    return GenerationRequest(
        model="some-model",
        messages=(Message(Role.SYSTEM, "Be brief."), Message(Role.USER, prompt)),
        parameters=Parameters(**sampling),
        response_schema=schema,
        timeout_seconds=timeout_seconds,
    )


async def chunks_of(engine: TextEngine, asked: GenerationRequest) -> list[CompletionChunk]:
    return [chunk async for chunk in engine.stream(asked)]


async def test_it_has_a_name_and_can_be_used(engine: TextEngine) -> None:
    assert engine.name
    await engine.check()


async def test_an_answer_has_text_reason_model_and_usage(engine: TextEngine) -> None:
    completion = await engine.generate(request())
    assert completion.text.strip()
    assert completion.finish_reason in {FinishReason.STOP, FinishReason.LENGTH}
    assert completion.model
    assert completion.attempts == 1
    assert completion.usage.prompt_tokens > 0
    assert 0 < completion.usage.completion_tokens <= 40


async def test_an_answer_cut_at_the_token_limit_is_returned_and_says_so(engine: TextEngine) -> None:
    completion = await engine.generate(request(max_tokens=2))
    assert completion.finish_reason is FinishReason.LENGTH
    assert completion.usage.completion_tokens == 2


async def test_the_text_at_which_it_stops_is_no_part_of_the_answer(engine: TextEngine) -> None:
    completion = await engine.generate(request(stop=(" ",)))
    assert " " not in completion.text
    assert completion.finish_reason is FinishReason.STOP


async def test_a_stream_is_the_answer_in_pieces_and_its_last_piece_says_how_it_ended(engine: TextEngine) -> None:
    *pieces, last = await chunks_of(engine, request())
    assert len([piece for piece in pieces if piece.text]) > 1
    assert all(piece.finish_reason is None and piece.usage is None for piece in pieces)
    assert last.finish_reason in {FinishReason.STOP, FinishReason.LENGTH}
    assert last.usage is not None
    assert last.usage.completion_tokens > 0
    assert last.model


async def test_a_stream_that_is_left_early_harms_nothing(engine: TextEngine) -> None:
    stream = engine.stream(request())
    assert (await anext(stream)).text
    await stream.aclose()
    assert (await engine.generate(request())).text


@pytest.mark.parametrize(
    "engines",
    [
        pytest.param(scripted, id="scripted"),
        pytest.param(embedded_alone, id="embedded, one slot", marks=pytest.mark.model),
    ],
    indirect=True,
)
async def test_an_engine_that_says_so_gives_the_same_answer_again(engine: TextEngine) -> None:
    assert engine.capabilities.is_deterministic
    first = await engine.generate(request())
    again = await engine.generate(request())
    assert (again.text, again.finish_reason) == (first.text, first.finish_reason)
    assert first.text == "".join(chunk.text for chunk in await chunks_of(engine, request()))


async def test_an_engine_that_says_so_keeps_to_a_schema(engine: TextEngine) -> None:
    assert engine.capabilities.constrains_to_schema
    completion = await engine.generate(request(schema=SCHEMA, max_tokens=120))
    assert completion.finish_reason is FinishReason.STOP
    assert jsonschema_rs.is_valid(SCHEMA, json.loads(completion.text))


async def test_calls_made_together_are_all_answered(engine: TextEngine) -> None:
    asked = [request(f"Name the number {number}.", seed=number, max_tokens=12) for number in range(6)]
    answers = await asyncio.gather(*(engine.generate(each) for each in asked))
    assert len({answer.text for answer in answers}) == len(asked)


async def test_a_timeout_is_told_apart_and_comes_in_time(engines: Engines) -> None:
    await engines.slow.check()
    asked = request(timeout_seconds=0.01, max_tokens=400)
    async with asyncio.timeout(30):
        with pytest.raises(TextNLPError) as caught:
            await engines.slow.generate(asked)
        assert caught.value.kind is ErrorKind.TIMEOUT
        with pytest.raises(TextNLPError) as caught:
            await chunks_of(engines.slow, asked)
        assert caught.value.kind is ErrorKind.TIMEOUT


async def test_a_call_can_be_cancelled_and_the_engine_closed_at_once(engines: Engines) -> None:
    calls = [asyncio.create_task(engines.slow.generate(request(max_tokens=400))) for _ in range(3)]
    await asyncio.sleep(0.05)
    async with asyncio.timeout(30):
        for call in calls:
            call.cancel()
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        await engines.slow.aclose()
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)


async def test_half_a_surrogate_pair_is_refused_as_input(engine: TextEngine) -> None:
    with pytest.raises(TextNLPError) as caught:
        await engine.generate(request("\ud83d"))
    assert caught.value.kind is ErrorKind.INVALID_INPUT


@pytest.mark.parametrize(
    ("capability", "field", "value"),
    [("calls_tools", "tools", ({"type": "function"},)), ("reports_logprobs", "logprobs", True)],
)
async def test_what_an_engine_says_it_cannot_do_is_refused_with_its_field(
    engine: TextEngine, capability: str, field: str, value: Any
) -> None:
    asked = dataclasses.replace(request(), **{field: value})
    if getattr(engine.capabilities, capability):
        assert (await engine.generate(asked)).text
        return
    for call in (engine.generate(asked), chunks_of(engine, asked)):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


async def test_a_closed_engine_refuses_and_can_be_closed_again(engine: TextEngine) -> None:
    await engine.generate(request(max_tokens=2))
    await engine.aclose()
    await engine.aclose()
    for call in (engine.generate(request()), chunks_of(engine, request()), engine.check()):
        with pytest.raises(TextNLPError) as caught:
            await call
        assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_leaving_a_stream_before_its_first_piece_harms_nothing(engine: TextEngine) -> None:
    asked = asyncio.create_task(chunks_of(engine, request()))
    await asyncio.sleep(0)
    asked.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asked
    assert (await engine.generate(request())).text
