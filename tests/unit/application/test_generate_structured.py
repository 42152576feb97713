import json
from typing import Any

import pytest

from tests.doubles.clock import ManualClock
from textnlp.adapters.engines.scripted import ScriptedEngine, ScriptEntry
from textnlp.application.generate_structured import generate_structured
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)

REVIEW: dict[str, Any] = {
    "type": "object",
    "properties": {"stars": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["stars"],
    "additionalProperties": False,
}
RIGHT = '{"stars": 5}'
WRONG = '{"stars": 9}'


class RecordingEngine(ScriptedEngine):
    """Remembers every request."""

    def __init__(self, *script: ScriptEntry, constrains: bool = True) -> None:
        capabilities = EngineCapabilities(constrains_to_schema=constrains, is_deterministic=True)
        super().__init__(clock=ManualClock(), script=script, capabilities=capabilities)
        self.requests: list[GenerationRequest] = []

    async def generate(self, request: GenerationRequest) -> Completion:
        self.requests.append(request)
        return await super().generate(request)


def request(schema: dict[str, Any] | None = REVIEW, **parameters: Any) -> GenerationRequest:
    messages = (Message(Role.USER, "Review it."),)
    return GenerationRequest(
        model="m", messages=messages, parameters=Parameters(**parameters), response_schema=schema, timeout_seconds=9.0
    )


def ended(reason: FinishReason, text: str = RIGHT, *, attempts: int = 1) -> Completion:
    usage = Usage(prompt_tokens=10, completion_tokens=1)
    return Completion(text=text, model="m", finish_reason=reason, usage=usage, attempts=attempts)


async def refused(engine: ScriptedEngine, asked: GenerationRequest, **options: Any) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await generate_structured(engine, asked, **options)
    return caught.value


async def test_a_right_answer_is_asked_for_once_and_returned_compact() -> None:
    engine = RecordingEngine(RIGHT)
    completion = await generate_structured(engine, request())
    assert (completion.text, completion.attempts) == ('{"stars":5}', 1)
    assert engine.requests == [request()]


async def test_an_engine_that_cannot_constrain_is_told_the_schema_in_the_prompt() -> None:
    engine = RecordingEngine(f"Sure: {RIGHT}", constrains=False)
    assert (await generate_structured(engine, request())).text == '{"stars":5}'
    asked = engine.requests[0]
    assert '"maximum":5' in asked.messages[0].content
    assert asked.response_schema is None
    assert asked.timeout_seconds == 9.0


async def test_a_wrong_answer_is_sent_back_with_what_is_wrong_with_it() -> None:
    engine = RecordingEngine(WRONG, RIGHT)
    completion = await generate_structured(engine, request(seed=1))
    assert completion.text == '{"stars":5}'
    assert completion.attempts == 2
    shown = [message.content for message in engine.requests[1].messages]
    assert shown[1] == WRONG
    assert "stars: 9 is greater than the maximum of 5" in shown[2]


async def test_usage_and_attempts_of_all_calls_are_summed_up() -> None:
    engine = RecordingEngine(ended(FinishReason.STOP, WRONG, attempts=2), ended(FinishReason.STOP, attempts=3))
    completion = await generate_structured(engine, request())
    assert completion.attempts == 5
    assert completion.usage == Usage(prompt_tokens=20, completion_tokens=2)


async def test_after_a_repair_that_failed_the_question_is_asked_anew_with_another_seed() -> None:
    engine = RecordingEngine(WRONG, WRONG, RIGHT)
    await generate_structured(engine, request(seed=1))
    assert [len(asked.messages) for asked in engine.requests] == [1, 3, 1]
    assert len({asked.parameters.seed for asked in engine.requests}) == 3


async def test_an_answer_that_was_cut_is_asked_anew_even_where_it_reads_as_valid() -> None:
    engine = RecordingEngine(ended(FinishReason.LENGTH), RIGHT)
    completion = await generate_structured(engine, request(seed=1))
    assert completion.attempts == 2
    assert len(engine.requests[1].messages) == 1
    assert engine.requests[1].parameters.seed != 1


async def test_answers_that_are_always_cut_are_truncated() -> None:
    engine = RecordingEngine(*[ended(FinishReason.LENGTH)] * 3)
    error = await refused(engine, request(max_tokens=7))
    assert error.kind is ErrorKind.TRUNCATED
    assert error.facts.attempts == 3
    assert "above 7" in error.full_text


async def test_answers_that_are_always_wrong_name_path_and_reason() -> None:
    error = await refused(RecordingEngine(*[WRONG] * 5), request(), max_attempts=5)
    assert error.kind is ErrorKind.SCHEMA_MISMATCH
    assert (error.facts.field, error.facts.attempts) == ("stars", 5)
    assert "9 is greater than the maximum of 5" in error.message


async def test_an_answer_cut_by_a_filter_is_not_asked_again() -> None:
    engine = RecordingEngine(ended(FinishReason.CONTENT_FILTER))
    assert (await refused(engine, request())).kind is ErrorKind.CONTENT_FILTERED
    assert engine.calls == 1


async def test_a_call_for_a_tool_is_no_structured_answer() -> None:
    engine = RecordingEngine(ended(FinishReason.TOOL_CALLS, ""), RIGHT)
    assert (await generate_structured(engine, request())).attempts == 2


async def test_what_the_engine_raises_is_raised_with_all_calls_counted() -> None:
    away = TextNLPError("away", kind=ErrorKind.UNAVAILABLE, facts=ErrorFacts(attempts=4, retry_after_seconds=3.0))
    error = await refused(RecordingEngine(WRONG, away), request())
    assert error.kind is ErrorKind.UNAVAILABLE
    assert (error.facts.attempts, error.facts.retry_after_seconds) == (5, 3.0)


async def test_a_repair_that_does_not_fit_the_context_gives_way_to_the_plain_question() -> None:
    overflow = TextNLPError("too long", kind=ErrorKind.CONTEXT_EXCEEDED)
    engine = RecordingEngine(WRONG, overflow, RIGHT)
    completion = await generate_structured(engine, request())
    assert completion.text == '{"stars":5}'
    assert completion.attempts == 3
    assert len(engine.requests[2].messages) == 1


async def test_the_same_seed_gives_the_same_outcome() -> None:
    asked = request(seed=7)
    first = await generate_structured(RecordingEngine(WRONG), asked)
    assert first == await generate_structured(RecordingEngine(WRONG), asked)
    assert 1 <= json.loads(first.text)["stars"] <= 5


@pytest.mark.parametrize("schema", [None, {"type": "nonsense"}])
async def test_without_a_proper_schema_nothing_is_asked(schema: dict[str, Any] | None) -> None:
    engine = RecordingEngine(RIGHT)
    assert (await refused(engine, request(schema))).kind is ErrorKind.INVALID_INPUT
    assert engine.calls == 0
