import asyncio
from collections.abc import AsyncGenerator

import pytest

from tests.doubles.clock import ManualClock
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.govern_engine import GovernedEngine
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
    Message,
    Role,
    Usage,
)

REQUEST = GenerationRequest(model="m", messages=(Message(Role.USER, "Hello"),))
ANSWER = Completion(text="Hi", model="m", finish_reason=FinishReason.STOP, usage=Usage(completion_tokens=1))
EMPTY = Completion(text="", model="m", finish_reason=FinishReason.STOP)

Step = Completion | TextNLPError


class StepEngine:
    """Answers with one step of a list after the other."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.calls = 0
        self.name = "steps"
        self.capabilities = EngineCapabilities()

    async def generate(self, request: GenerationRequest) -> Completion:  # noqa: ARG002  the port's shape
        self.calls += 1
        step = self.steps.pop(0)
        if isinstance(step, TextNLPError):
            raise step
        return step

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[CompletionChunk]:
        completion = await self.generate(request)
        for piece in completion.text:
            yield CompletionChunk(text=piece)
            if self.steps and isinstance(self.steps[0], TextNLPError) and self.steps[0].kind is ErrorKind.BAD_RESPONSE:
                raise error(ErrorKind.BAD_RESPONSE)
        yield CompletionChunk(finish_reason=completion.finish_reason, usage=completion.usage)

    async def check(self) -> None:
        return

    async def aclose(self) -> None:
        return


def error(kind: ErrorKind, *, retry_after: float | None = None) -> TextNLPError:
    return TextNLPError(f"{kind.value}.", kind=kind, facts=ErrorFacts(retry_after_seconds=retry_after))


def governed(engine: StepEngine, clock: ManualClock, *, max_attempts: int = 3) -> GovernedEngine:
    gate = AdmissionGate(limits=DeploymentLimits(max_concurrency=4), clock=clock)
    policy = RetryPolicy(max_attempts=max_attempts, deadline_seconds=60.0, first_delay_seconds=1.0)
    return GovernedEngine(engine, gate=gate, policy=policy, clock=clock)


async def generated(engine: GovernedEngine, clock: ManualClock) -> Completion:
    task = asyncio.create_task(engine.generate(REQUEST))
    await clock.advance(200.0)
    assert task.done()
    return await task


async def streamed(engine: GovernedEngine, clock: ManualClock) -> str:
    async def collect() -> str:
        return "".join([chunk.text async for chunk in engine.stream(REQUEST)])

    task = asyncio.create_task(collect())
    await clock.advance(200.0)
    assert task.done()
    return await task


async def test_an_answer_at_once_counts_one_attempt() -> None:
    clock = ManualClock()
    completion = await generated(governed(StepEngine(ANSWER), clock), clock)
    assert (completion.text, completion.attempts) == ("Hi", 1)


async def test_transport_errors_are_tried_again_and_every_call_is_counted() -> None:
    clock = ManualClock()
    engine = StepEngine(error(ErrorKind.UNAVAILABLE), error(ErrorKind.TIMEOUT), ANSWER)
    completion = await generated(governed(engine, clock), clock)
    assert (completion.text, completion.attempts) == ("Hi", 3)


async def test_the_error_that_stands_says_how_often_it_was_tried() -> None:
    clock = ManualClock()
    engine = StepEngine(*[error(ErrorKind.UNAVAILABLE)] * 3)
    with pytest.raises(TextNLPError) as caught:
        await generated(governed(engine, clock, max_attempts=3), clock)
    assert (caught.value.kind, caught.value.facts.attempts, engine.calls) == (ErrorKind.UNAVAILABLE, 3, 3)


async def test_an_error_of_the_request_is_raised_at_once() -> None:
    clock = ManualClock()
    engine = StepEngine(error(ErrorKind.INVALID_INPUT))
    with pytest.raises(TextNLPError):
        await governed(engine, clock).generate(REQUEST)
    assert engine.calls == 1


async def test_refusals_do_not_use_up_attempts() -> None:
    clock = ManualClock()
    engine = StepEngine(*[error(ErrorKind.RATE_LIMITED, retry_after=0.5)] * 9, ANSWER)
    completion = await generated(governed(engine, clock, max_attempts=2), clock)
    assert completion.attempts == 10


async def test_an_empty_answer_is_asked_for_again() -> None:
    clock = ManualClock()
    completion = await generated(governed(StepEngine(EMPTY, ANSWER), clock), clock)
    assert (completion.text, completion.attempts) == ("Hi", 2)


async def test_an_answer_without_text_that_calls_a_tool_is_whole() -> None:
    calls = Completion(text="", model="m", finish_reason=FinishReason.STOP, tool_calls=({"id": "call_1"},))
    clock = ManualClock()
    assert await generated(governed(StepEngine(calls), clock), clock) == calls


async def test_a_cancelled_call_gives_its_slot_back() -> None:
    clock = ManualClock()

    class Hanging(StepEngine):
        async def generate(self, request: GenerationRequest) -> Completion:
            await asyncio.Event().wait()
            return await super().generate(request)

    engine = governed(Hanging(), clock)
    task = asyncio.create_task(engine.generate(REQUEST))
    await asyncio.sleep(0)
    assert engine.gate.figures().in_flight == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.gate.figures().in_flight == 0


async def test_a_stream_that_fails_before_its_first_piece_is_tried_again() -> None:
    clock = ManualClock()
    engine = governed(StepEngine(error(ErrorKind.UNAVAILABLE), ANSWER), clock)
    assert await streamed(engine, clock) == "Hi"
    assert engine.gate.figures().in_flight == 0


async def test_a_stream_that_fails_half_way_is_not_repeated() -> None:
    clock = ManualClock()
    engine = governed(StepEngine(ANSWER, error(ErrorKind.BAD_RESPONSE)), clock)
    with pytest.raises(TextNLPError):
        await streamed(engine, clock)
    assert engine.gate.figures().in_flight == 0
