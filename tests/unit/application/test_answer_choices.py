import asyncio
import json
from typing import Any

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.application.answer_choices import answer_choices, seeded, stream_answer
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
)

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"stars": {"type": "integer"}}, "required": ["stars"]}
PLAIN = EngineCapabilities(is_deterministic=True)
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


def request(**given: Any) -> GenerationRequest:
    seed = given.pop("seed", None)
    return GenerationRequest(
        model="m", messages=(Message(Role.USER, "Hello"),), parameters=Parameters(seed=seed), **given
    )


def engine(**given: Any) -> ScriptedEngine:
    return ScriptedEngine(clock=ManualClock(), **given)


def test_seeds_are_counted_up_from_the_requests_own() -> None:
    assert [each.parameters.seed for each in seeded(request(seed=5), count=3)] == [5, 6, 7]
    assert [each.parameters.seed for each in seeded(request(), count=2)] == [None, None]


async def test_each_choice_is_what_its_seed_alone_would_have_got() -> None:
    together = await answer_choices(engine(), request(seed=5), count=3)
    alone = [(await answer_choices(engine(), request(seed=seed), count=1))[0] for seed in (5, 6, 7)]
    assert together == alone
    assert len({each.text for each in together}) == 3


async def test_choices_are_asked_for_at_once() -> None:
    clock = ManualClock()
    slow = ScriptedEngine(clock=clock, latency_seconds=2.0)
    answering = asyncio.create_task(answer_choices(slow, request(), count=4))
    await clock.advance(2.0)
    assert len(await answering) == 4


async def test_the_first_failure_is_raised_as_it_is() -> None:
    away = TextNLPError("away", kind=ErrorKind.UNAVAILABLE)
    with pytest.raises(TextNLPError, match="away") as caught:
        await answer_choices(engine(script=["one", away]), request(), count=3)
    assert caught.value is away


async def test_every_choice_satisfies_the_schema() -> None:
    scripted = engine(script=["none", '{"stars": 2}'], capabilities=PLAIN)
    (completion,) = await answer_choices(scripted, request(response_schema=SCHEMA), count=1)
    assert json.loads(completion.text) == {"stars": 2}
    assert completion.attempts == 2


async def test_a_call_of_a_tool_is_no_answer_to_be_held_against_the_schema() -> None:
    calls = Completion(text="", model="m", finish_reason=FinishReason.TOOL_CALLS, tool_calls=(CALL,))
    scripted = engine(script=[calls], capabilities=EngineCapabilities(constrains_to_schema=True, calls_tools=True))
    asked = request(response_schema=SCHEMA, tools=({"type": "function"},))
    (completion,) = await answer_choices(scripted, asked, count=1)
    assert completion.tool_calls == (CALL,)


async def test_a_stream_with_a_schema_is_one_checked_piece_where_the_engine_does_not_keep_to_it() -> None:
    scripted = engine(script=["none", '{"stars": 2}'], capabilities=PLAIN)
    (chunk,) = [chunk async for chunk in stream_answer(scripted, request(response_schema=SCHEMA))]
    assert (json.loads(chunk.text), chunk.finish_reason) == ({"stars": 2}, FinishReason.STOP)
    assert chunk.usage is not None


async def test_a_stream_with_a_schema_comes_as_it_is_written_where_the_engine_keeps_to_it() -> None:
    scripted = engine(script=['{"stars": 2}'])
    chunks = [chunk async for chunk in stream_answer(scripted, request(response_schema=SCHEMA))]
    assert [chunk.text for chunk in chunks] == ['{"stars":', " 2}", ""]
