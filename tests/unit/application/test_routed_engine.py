import asyncio
import dataclasses

import pytest

from tests.factories.routes import REQUEST, Deployments, failure
from textnlp.domain.admission.breaker import BreakerState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    EngineCapabilities,
    FinishReason,
    GenerationRequest,
    Parameters,
)
from textnlp.domain.routing.model import DeploymentShare

PLAIN = EngineCapabilities()
WITH_TOOLS = EngineCapabilities(calls_tools=True, constrains_to_schema=True)
BUSY = failure(ErrorKind.RATE_LIMITED, retry_after=30.0)
DOWN = failure(ErrorKind.UNAVAILABLE)


async def generated(deployments: Deployments, request: GenerationRequest = REQUEST) -> Completion:
    task = asyncio.create_task(deployments.routed.generate(request))
    await deployments.clock.advance(200.0)
    assert task.done()
    return await task


async def streamed(deployments: Deployments, request: GenerationRequest = REQUEST) -> list[CompletionChunk]:
    async def collect() -> list[CompletionChunk]:
        return [chunk async for chunk in deployments.routed.stream(request)]

    task = asyncio.create_task(collect())
    await deployments.clock.advance(200.0)
    assert task.done()
    return await task


async def test_the_first_one_answers_under_its_own_model_name_and_is_named() -> None:
    deployments = Deployments({"first": [], "second": []}, defaults=Parameters(max_tokens=5, temperature=0.5))
    request = dataclasses.replace(REQUEST, parameters=Parameters(temperature=0.9))
    answer = await generated(deployments, request)
    assert (answer.deployment, answer.model, answer.attempts) == ("first", "first-model", 1)
    asked = deployments.engines["first"].last_request
    assert asked is not None
    assert (asked.model, asked.parameters) == ("first-model", Parameters(max_tokens=5, temperature=0.9))
    assert deployments.calls() == {"first": 1, "second": 0}


@pytest.mark.parametrize(
    ("error", "calls"),
    [(DOWN, 2), (failure(ErrorKind.BAD_RESPONSE), 2), (BUSY, 1), (failure(ErrorKind.DEPLOYMENT_AWAY), 1)],
)
async def test_the_next_one_is_asked_when_one_does_not_answer(error: TextNLPError, calls: int) -> None:
    deployments = Deployments({"first": [error] * 9, "second": []})
    answer = await generated(deployments)
    assert (answer.deployment, answer.attempts) == ("second", calls + 1)
    assert deployments.calls() == {"first": calls, "second": 1}


@pytest.mark.parametrize(
    "kind",
    [
        ErrorKind.INVALID_INPUT,
        ErrorKind.CONTENT_FILTERED,
        ErrorKind.CONTEXT_EXCEEDED,
        ErrorKind.UNAUTHENTICATED,
        ErrorKind.FORBIDDEN,
        ErrorKind.NOT_FOUND,
    ],
)
async def test_what_another_one_would_not_mend_is_raised_at_once(kind: ErrorKind) -> None:
    deployments = Deployments({"first": [failure(kind)], "second": []})
    with pytest.raises(TextNLPError) as caught:
        await generated(deployments)
    assert caught.value.kind is kind
    assert deployments.calls() == {"first": 1, "second": 0}


async def test_the_last_one_is_asked_patiently_and_its_error_counts_all_calls() -> None:
    deployments = Deployments({"first": [DOWN] * 9, "second": [DOWN] * 9})
    with pytest.raises(TextNLPError) as caught:
        await generated(deployments)
    assert deployments.calls() == {"first": 2, "second": 6}
    assert (caught.value.kind, caught.value.facts.attempts) == (ErrorKind.UNAVAILABLE, 8)


async def test_the_last_one_is_waited_for_when_all_refuse() -> None:
    deployments = Deployments({"first": [BUSY] * 9, "second": [BUSY]})
    answer = await generated(deployments)
    assert answer.deployment == "second"
    assert deployments.calls() == {"first": 1, "second": 2}


async def test_a_slow_one_is_asked_once_for_its_own_time_and_the_rest_is_left_to_the_next() -> None:
    deployments = Deployments({"slow": [], "quick": []}, timeouts={"slow": 3.0}, latencies={"slow": 900.0})
    began_at = deployments.clock.monotonic()
    task = asyncio.create_task(deployments.routed.generate(REQUEST))
    await deployments.clock.advance(3.1)
    assert (await task).deployment == "quick"
    assert deployments.calls()["slow"] == 1
    assert deployments.clock.monotonic() - began_at < 4


async def test_no_further_one_is_asked_after_the_deadline_of_the_whole_call() -> None:
    names = ["a", "b", "c", "d", "e"]
    deployments = Deployments({name: [] for name in names}, latencies=dict.fromkeys(names, 900.0))
    with pytest.raises(TextNLPError) as caught:
        await generated(deployments)
    assert caught.value.kind is ErrorKind.TIMEOUT
    assert deployments.calls() == {"a": 1, "b": 1, "c": 1, "d": 0, "e": 0}


async def test_one_whose_breaker_is_open_is_skipped_until_a_single_call_finds_it_back() -> None:
    deployments = Deployments({"first": [], "second": []})
    deployments.break_off("first")
    assert deployments.gates["first"].figures().breaker is BreakerState.OPEN
    answer = await deployments.routed.generate(REQUEST)
    assert (answer.deployment, answer.attempts) == ("second", 1)
    assert deployments.calls() == {"first": 0, "second": 1}
    await deployments.clock.advance(1.1)
    assert (await deployments.routed.generate(REQUEST)).deployment == "first"
    assert deployments.gates["first"].figures().breaker is BreakerState.CLOSED


async def test_one_that_pauses_for_long_is_skipped_and_one_that_pauses_briefly_is_not() -> None:
    deployments = Deployments({"first": [], "second": []})
    gate = deployments.gates["first"]
    slots = [gate.try_acquire(REQUEST) for _ in range(4)]
    for slot in slots:
        assert slot is not None
        gate.release_failed(slot, BUSY)
    assert (await deployments.routed.generate(REQUEST)).deployment == "second"
    await deployments.clock.advance(29.0)
    assert (await generated(deployments)).deployment == "first"


async def test_the_same_row_asks_the_same_one_first_and_its_keys_move_only_while_that_is_away() -> None:
    shares = [DeploymentShare(name=name) for name in ("a", "b", "c")]
    rows = [dataclasses.replace(REQUEST, sticky_key=f"batch/{row}") for row in range(60)]

    async def placed(deployments: Deployments) -> list[str]:
        return [(await deployments.routed.generate(row)).deployment for row in rows]

    first, again = (Deployments({"a": [], "b": [], "c": []}, shares=shares) for _ in range(2))
    usual = await placed(first)
    assert set(usual) == {"a", "b", "c"}
    again.break_off("b")
    moved = await placed(again)
    assert [now for now, then in zip(moved, usual, strict=True) if then != "b"] == [one for one in usual if one != "b"]
    assert "b" not in moved
    await again.clock.advance(1.1)
    assert await placed(again) == usual


async def test_a_stream_goes_to_the_next_one_before_its_first_piece_and_names_who_wrote_it() -> None:
    deployments = Deployments({"first": [DOWN] * 9, "second": ["one two"]})
    chunks = await streamed(deployments)
    assert "".join(chunk.text for chunk in chunks) == "one two"
    assert {chunk.deployment for chunk in chunks} == {"second"}
    assert deployments.calls() == {"first": 2, "second": 1}


async def test_a_stream_that_breaks_off_after_its_first_piece_is_not_begun_elsewhere() -> None:
    deployments = Deployments({"first": [], "second": []})
    engine = deployments.engines["first"]

    async def broken(request: GenerationRequest) -> object:
        del request
        yield CompletionChunk(text="one")
        raise DOWN

    engine.stream = broken  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(TextNLPError):
        await streamed(deployments)
    assert deployments.calls()["second"] == 0


async def test_a_request_goes_to_those_that_can_serve_it() -> None:
    deployments = Deployments({"plain": [], "tools": []}, capabilities={"plain": PLAIN, "tools": WITH_TOOLS})
    assert deployments.routed.capabilities.calls_tools
    assert not deployments.routed.capabilities.constrains_to_schema
    request = dataclasses.replace(REQUEST, tools=({"type": "function", "function": {"name": "f"}},))
    assert (await generated(deployments, request)).deployment == "tools"
    with pytest.raises(TextNLPError) as caught:
        await generated(deployments, dataclasses.replace(REQUEST, logprobs=True))
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "logprobs")


async def test_it_is_well_as_long_as_one_of_them_is() -> None:
    deployments = Deployments({"first": [], "second": []})
    await deployments.engines["first"].aclose()
    await deployments.routed.check()
    await deployments.engines["second"].aclose()
    with pytest.raises(TextNLPError, match="closed"):
        await deployments.routed.check()


async def test_its_figures_are_those_of_all_and_its_concurrency_that_of_those_which_share() -> None:
    shares = [DeploymentShare(name="a"), DeploymentShare(name="b")]
    deployments = Deployments({"a": [], "b": [], "spare": []}, shares=shares)
    for row in range(20):
        answer = await deployments.routed.generate(dataclasses.replace(REQUEST, sticky_key=str(row)))
        assert answer.finish_reason is FinishReason.STOP
    figures = deployments.routed.figures()
    assert (figures.calls, figures.answered, figures.limit) == (20, 20, 24)
    assert deployments.routed.max_concurrency == 16
    assert deployments.routed.name == "chat"
