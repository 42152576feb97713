import asyncio
import json
from typing import Any

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted import ScriptedEngine
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

SCHEMA = {"type": "object", "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}}}


def request(prompt: str = "Hello there", **given: Any) -> GenerationRequest:
    parameters = Parameters(seed=given.pop("seed", None), max_tokens=given.pop("max_tokens", None))
    return GenerationRequest(model="m", messages=(Message(Role.USER, prompt),), parameters=parameters, **given)


def engine(**given: Any) -> ScriptedEngine:
    return ScriptedEngine(clock=ManualClock(), **given)


async def test_an_answer_is_a_sentence_about_the_prompt_and_the_same_in_every_process() -> None:
    completion = await engine().generate(request(seed=1))
    assert completion.text.startswith("Answer 99251d304d115d79 to “Hello there”. ")
    assert completion.text.endswith(".")


async def test_prompt_seed_and_parameters_all_change_the_answer() -> None:
    scripted = engine()
    asked = [request("a"), request("b"), request("a", seed=1), request("a", seed=2), request("a", max_tokens=500)]
    answers = [(await scripted.generate(each)).text for each in asked]
    assert len(set(answers)) == len(asked)


async def test_the_script_is_used_up_in_order_before_answers_are_derived() -> None:
    away = TextNLPError("away", kind=ErrorKind.UNAVAILABLE)
    whole = Completion(text="whole", model="x", finish_reason=FinishReason.LENGTH)
    scripted = engine(script=["first", away, whole])
    assert (await scripted.generate(request())).text == "first"
    with pytest.raises(TextNLPError, match="away"):
        await scripted.generate(request())
    assert await scripted.generate(request()) is whole
    assert (await scripted.generate(request())).text.startswith("Answer ")
    assert scripted.calls == 4


async def test_a_schema_is_satisfied_only_where_the_engine_says_so() -> None:
    asked = request(response_schema=SCHEMA)
    assert 1 <= json.loads((await engine().generate(asked)).text)["stars"] <= 5
    plain = engine(capabilities=EngineCapabilities(is_deterministic=True))
    assert (await plain.generate(asked)).text.startswith("Answer ")


async def test_the_answer_comes_after_the_latency() -> None:
    clock = ManualClock()
    scripted = ScriptedEngine(clock=clock, latency_seconds=2.0)
    answering = asyncio.create_task(scripted.generate(request()))
    await clock.advance(1.9)
    assert not answering.done()
    await clock.advance(0.1)
    assert (await answering).text


async def test_a_latency_beyond_the_timeout_raises_when_the_timeout_is_over() -> None:
    clock = ManualClock()
    scripted = ScriptedEngine(clock=clock, latency_seconds=60.0)
    answering = asyncio.create_task(scripted.generate(request(timeout_seconds=5.0)))
    await clock.advance(5.0)
    with pytest.raises(TextNLPError) as caught:
        await answering
    assert caught.value.kind is ErrorKind.TIMEOUT
