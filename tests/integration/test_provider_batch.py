"""Answers through a provider's batches, over real sockets, as OpenAI and as Azure OpenAI give them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

import openai
import pytest

from tests.doubles.mishaps import Mishap
from tests.doubles.openai_batch_states import Flavour, Plan
from tests.doubles.openai_batches import OpenAIBatches
from tests.factories.provider_batches import KEY, batch_engine, request, texts_of, until
from textnlp.adapters.database.memory_provider_batch_journal import MemoryProviderBatchJournal
from textnlp.domain.batches.requests import payload_hash
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, FinishReason, Parameters, Role
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

PROMPTS = [f"Number {number}" for number in range(12)]
ECHOES = [f"echo: {prompt}" for prompt in PROMPTS]


@pytest.fixture(params=list(Flavour))
async def server(request: pytest.FixtureRequest) -> AsyncGenerator[OpenAIBatches]:
    async with OpenAIBatches(request.param, api_key=KEY).serving() as server:
        yield server
    assert server.overlaps == []


@pytest.fixture
def journal() -> ProviderBatchJournal:
    return MemoryProviderBatchJournal(tenant="mine")


async def refusal_of(asked: "asyncio.Task[Completion]") -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await asked
    return caught.value


async def test_requests_are_answered_by_one_batch(server: OpenAIBatches, journal: ProviderBatchJournal) -> None:
    async with batch_engine(server, journal) as engine:
        completions = await asyncio.gather(*(engine.generate(request(prompt)) for prompt in PROMPTS))
        assert [each.text for each in completions] == ECHOES
        assert {(each.model, each.finish_reason) for each in completions} == {("m", FinishReason.STOP)}
        assert all(each.usage.prompt_tokens > 0 for each in completions)
        await until(lambda: not server.files)
    assert server.statuses == ["completed"]
    assert server.transfers == ["Content-Length"]
    assert await journal.unsettled("west") == []


async def test_the_body_is_what_the_online_engine_would_post(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    asked = request("Count", parameters=Parameters(max_tokens=9, seed=3), response_schema=schema)
    async with batch_engine(server, journal, deletes_files=False) as engine:
        completion = await engine.generate(asked)
    assert isinstance(json.loads(completion.text)["n"], int)
    (batch,) = server.batches.values()
    line = json.loads(server.files[batch.input_file_id].content)
    assert line["custom_id"] == payload_hash(asked).hex()
    assert line["body"]["max_completion_tokens"] == 9
    assert line["body"]["response_format"]["json_schema"]["schema"] == schema
    assert "stream" not in line["body"]


async def test_equal_requests_share_a_line(server: OpenAIBatches, journal: ProviderBatchJournal) -> None:
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, "Same", "Same", "Other") == ["echo: Same", "echo: Same", "echo: Other"]
        assert await texts_of(engine, "Same") == ["echo: Same"]
    assert server.times_asked == {"Same": 2, "Other": 1}


async def test_the_first_answer_holds_in_whatever_order_they_come(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    noise = (b"", b"no json", b'{"custom_id": "zz"}', b'{"custom_id": "00", "response": null}', b"\xff\xfe")
    server.plans.append(Plan(is_reversed=True, doubles=True, noise=noise))
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES


async def test_a_file_has_one_model_and_no_more_rows_bytes_or_tokens_than_it_may(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    async with batch_engine(server, journal, max_rows=5, max_bytes=900, max_enqueued_tokens=1_000) as engine:
        asked = [engine.generate(request(prompt, model=model)) for prompt in PROMPTS[:6] for model in ("m", "n")]
        asked.append(engine.generate(request("x" * 600)))
        await asyncio.gather(*asked)
    assert set(server.statuses) == {"completed"}
    assert max(len(batch.rows) for batch in server.batches.values()) <= 5
    assert sorted(row.prompt for batch in server.batches.values() for row in batch.rows) == sorted(
        [*PROMPTS[:6], *PROMPTS[:6], "x" * 600]
    )


async def test_a_request_that_no_file_holds_is_too_large(server: OpenAIBatches, journal: ProviderBatchJournal) -> None:
    async with batch_engine(server, journal, max_bytes=500) as engine:
        for _ in range(2):
            error = await refusal_of(asyncio.create_task(engine.generate(request("x" * 600))))
            assert error.kind is ErrorKind.TOO_LARGE


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        ((400, {"code": "context_length_exceeded", "message": "Too long."}), ErrorKind.CONTEXT_EXCEEDED),
        ((400, {"code": "content_filter", "message": "Filtered."}), ErrorKind.CONTENT_FILTERED),
        ((429, {"code": "rate_limit_exceeded", "message": "Slow down."}), ErrorKind.RATE_LIMITED),
        ((500, {"code": "server_error", "message": "Sorry."}), ErrorKind.UNAVAILABLE),
    ],
)
async def test_a_refused_row_has_the_error_it_would_have_online_and_the_others_their_answers(
    server: OpenAIBatches, journal: ProviderBatchJournal, refusal: tuple[int, dict[str, Any]], kind: ErrorKind
) -> None:
    server.plans.append(Plan(refusals={"Bad": refusal}))
    async with batch_engine(server, journal) as engine:
        bad = asyncio.create_task(engine.generate(request("Bad")))
        assert await texts_of(engine, "Good") == ["echo: Good"]
        error = await refusal_of(bad)
    assert error.kind is kind
    assert refusal[1]["message"] in error.message
    assert error.facts.status_code == refusal[0]
    assert server.statuses == ["completed"]


async def test_a_row_that_failed_before_the_model_was_asked_is_unavailable(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.plans.append(Plan(rejects={"Bad": {"code": "internal_error", "message": "Lost."}}))
    async with batch_engine(server, journal) as engine:
        error = await refusal_of(asyncio.create_task(engine.generate(request("Bad"))))
    assert error.kind is ErrorKind.UNAVAILABLE
    assert "Lost." in error.message


@pytest.mark.parametrize("ending", ["expired", "cancelled", "failed"])
@pytest.mark.parametrize("names_unasked", [True, False])
async def test_what_a_batch_leaves_out_is_asked_again_and_nothing_else(
    server: OpenAIBatches, journal: ProviderBatchJournal, ending: str, *, names_unasked: bool
) -> None:
    server.plans.append(Plan(ending=ending, answered=7, names_unasked=names_unasked))
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert [server.times_asked[prompt] for prompt in PROMPTS] == [1] * 7 + [2] * 5
    assert server.statuses == [ending, "completed"]


@pytest.mark.parametrize(("ending", "kind"), [("expired", ErrorKind.TIMEOUT), ("cancelled", ErrorKind.UNAVAILABLE)])
async def test_a_request_is_given_up_after_as_many_batches_as_it_may_be_in(
    server: OpenAIBatches, journal: ProviderBatchJournal, ending: str, kind: ErrorKind
) -> None:
    server.plans.extend([Plan(ending=ending)] * 3)
    async with batch_engine(server, journal, max_rounds=2) as engine:
        error = await refusal_of(asyncio.create_task(engine.generate(request())))
    assert (error.kind, error.facts.attempts) == (kind, 2)
    assert server.statuses == [ending] * 2


async def test_a_line_that_the_provider_finds_faulty_is_named_and_the_others_are_answered(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.plans.append(Plan(faults=[("invalid_request", "Unsupported parameter.", 2)]))
    async with batch_engine(server, journal, max_rounds=1) as engine:
        asked = [asyncio.create_task(engine.generate(request(prompt))) for prompt in PROMPTS[:3]]
        error = await refusal_of(asked[1])
        assert (error.kind, error.facts.line) == (ErrorKind.INVALID_INPUT, 2)
        assert "at line 2: Unsupported parameter." in error.message
        assert [(await each).text for each in (asked[0], asked[2])] == [ECHOES[0], ECHOES[2]]
    assert server.statuses == ["failed", "completed"]


async def test_a_file_that_is_wholly_at_fault_fails_all_its_requests_at_once(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.plans.append(Plan(faults=[("model_not_found", "There is no batch deployment 'm'.", None)]))
    async with batch_engine(server, journal) as engine:
        asked = [asyncio.create_task(engine.generate(request(prompt))) for prompt in PROMPTS[:2]]
        errors = [await refusal_of(each) for each in asked]
    assert {error.kind for error in errors} == {ErrorKind.INVALID_INPUT}
    assert "no batch deployment" in errors[0].message
    assert server.statuses == ["failed"]


async def test_batches_take_turns_where_the_provider_has_room_for_a_part_only(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.max_enqueued_tokens = 10
    async with batch_engine(server, journal, max_rows=3) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert set(server.times_asked.values()) == {1}


async def test_a_batch_that_is_larger_than_all_the_room_there_is_is_split(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.max_enqueued_tokens = 10
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert set(server.times_asked.values()) == {1}


async def test_a_request_for_which_there_is_never_room_is_given_up_in_time(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.max_enqueued_tokens = 1
    async with batch_engine(server, journal, max_quota_seconds=0.1) as engine:
        error = await refusal_of(asyncio.create_task(engine.generate(request("More than one token"))))
    assert (error.kind, error.facts.limit_name) == (ErrorKind.LIMIT_REACHED, "enqueued_tokens")
    assert await journal.unsettled("west") == []


@pytest.mark.parametrize("status", [500, None])
@pytest.mark.parametrize(
    ("method", "ending"), [("POST", "/files"), ("POST", "/batches"), ("GET", "/batch_2"), ("GET", "/content")]
)
async def test_calls_that_fail_are_made_again_without_a_second_batch(
    server: OpenAIBatches, journal: ProviderBatchJournal, method: str, ending: str, status: int | None
) -> None:
    server.mishaps += [
        Mishap(method=method, ending=ending, status=status, is_done=is_done) for is_done in (True, False)
    ]
    async with batch_engine(server, journal) as engine:
        assert await texts_of(engine, *PROMPTS) == ECHOES
    assert set(server.times_asked.values()) == {1}


async def test_a_provider_that_will_not_be_called_says_so_to_all_who_wait(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.mishaps.append(Mishap(method="POST", ending="/files", status=403, times=99))
    async with batch_engine(server, journal) as engine:
        error = await refusal_of(asyncio.create_task(engine.generate(request())))
    assert error.kind is ErrorKind.FORBIDDEN
    assert await journal.unsettled("west") == []


async def test_a_request_that_is_cancelled_before_its_batch_is_made_is_not_asked(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    async with batch_engine(server, journal) as engine:
        dropped = asyncio.create_task(engine.generate(request("Dropped")))
        kept = asyncio.create_task(engine.generate(request("Kept")))
        await asyncio.sleep(0)
        dropped.cancel()
        assert (await kept).text == "echo: Kept"
    assert server.times_asked == {"Kept": 1}


@pytest.mark.parametrize("cancel_on_abandon", [True, False])
async def test_a_batch_that_nobody_waits_for_is_cancelled_only_where_that_is_wished(
    server: OpenAIBatches, journal: ProviderBatchJournal, *, cancel_on_abandon: bool
) -> None:
    server.plans.append(Plan(is_held=True, answered=1))
    answers: dict[bytes, Completion] = {}

    async def keep(key: bytes, completion: Completion) -> None:
        answers[key] = completion

    async with batch_engine(server, journal, on_answer=keep, cancel_on_abandon=cancel_on_abandon) as engine:
        asked = [asyncio.create_task(engine.generate(request(prompt))) for prompt in PROMPTS[:3]]
        await until(lambda: server.statuses == ["in_progress"])
        asked[0].cancel()
        asked[1].cancel()
        await asyncio.sleep(0.05)
        assert server.statuses == ["in_progress"]
        asked[2].cancel()
        if not cancel_on_abandon:
            await asyncio.sleep(0.05)
            assert server.statuses == ["in_progress"]
            server.release()
        await until(lambda: not server.live and not server.files)
    first = {payload_hash(request(prompt)): f"echo: {prompt}" for prompt in PROMPTS[:3]}
    kept = dict(list(first.items())[:1]) if cancel_on_abandon else first
    assert {key: completion.text for key, completion in answers.items()} == kept
    assert server.statuses == ["cancelled" if cancel_on_abandon else "completed"]
    assert await journal.unsettled("west") == []


async def test_whoever_asks_while_the_batch_lives_joins_it(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.plans.append(Plan(is_held=True))
    async with batch_engine(server, journal) as engine:
        first = asyncio.create_task(engine.generate(request()))
        await until(lambda: server.statuses == ["in_progress"])
        first.cancel()
        second = asyncio.create_task(engine.generate(request()))
        await asyncio.sleep(0.05)
        server.release()
        assert (await second).text == "echo: Hello"
    assert server.times_asked == {"Hello": 1}


async def test_what_the_port_says_of_every_engine_holds(server: OpenAIBatches, journal: ProviderBatchJournal) -> None:
    async with batch_engine(server, journal) as engine:
        assert engine.name == "west"
        assert not engine.capabilities.streams
        await engine.check()
        pieces = [piece async for piece in engine.stream(request())]
        assert [(piece.text, piece.finish_reason) for piece in pieces] == [("echo: Hello", FinishReason.STOP)]
        for half in ("\ud83d", "half \ud83d of a pair"):
            error = await refusal_of(asyncio.create_task(engine.generate(request(half))))
            assert error.kind is ErrorKind.INVALID_INPUT
        waiting = asyncio.create_task(engine.generate(request("Late")))
        await asyncio.sleep(0)
        await engine.aclose()
        assert (await refusal_of(waiting)).kind is ErrorKind.UNAVAILABLE
        for call in (engine.generate(request()), engine.check()):
            with pytest.raises(TextNLPError) as caught:
                await call
            assert caught.value.kind is ErrorKind.UNAVAILABLE


async def test_a_cache_that_is_away_is_waited_for_before_a_batch_is_forgotten(
    server: OpenAIBatches, journal: ProviderBatchJournal
) -> None:
    server.plans.append(Plan(is_held=True))
    kept: list[bytes] = []
    failures = 3

    async def keep(key: bytes, completion: Completion) -> None:
        nonlocal failures
        del completion
        failures -= 1
        if failures >= 0:
            raise TextNLPError("Away.", kind=ErrorKind.UNAVAILABLE)
        kept.append(key)

    async with batch_engine(server, journal, on_answer=keep) as engine:
        lost = asyncio.create_task(engine.generate(request("Lost")))
        waited = asyncio.create_task(engine.generate(request("Waited for")))
        await until(lambda: server.statuses == ["in_progress"])
        lost.cancel()
        server.release()
        assert (await waited).text == "echo: Waited for"
        await until(lambda: not server.files)
    assert kept == [payload_hash(request("Lost"))]


async def test_the_official_client_reads_what_the_server_holds(server: OpenAIBatches) -> None:
    """Shows that the server speaks as the provider does."""
    server.plans.append(Plan(refusals={"Bad": (400, {"code": "content_filter", "message": "Filtered."})}))
    url = "/v1/chat/completions" if server.flavour is Flavour.OPENAI else "/chat/completions"
    lines = [
        {
            "custom_id": prompt,
            "method": "POST",
            "url": url,
            "body": {"model": "m", "messages": [{"role": Role.USER, "content": prompt}]},
        }
        for prompt in ("Good", "Bad")
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    async with openai.AsyncOpenAI(
        base_url=server.base_url, api_key=KEY, max_retries=0, default_headers={"api-key": KEY}
    ) as client:
        file = await client.files.create(file=("in.jsonl", content), purpose="batch")
        for _ in range(server.pending_looks):
            file = await client.files.retrieve(file.id)
        assert file.status == "processed"
        batch = await client.batches.create(
            input_file_id=file.id,
            endpoint=url,  # pyright: ignore[reportArgumentType]  Azure's path has no version
            completion_window="24h",
            metadata={"a": "b"},
        )
        seen = [batch.status]
        while batch.status != "completed":
            batch = await client.batches.retrieve(batch.id)
            seen.append(batch.status)
        assert seen == ["validating", "in_progress", "finalizing", "completed"]
        assert [each.id async for each in client.batches.list(limit=1)] == [batch.id]
        assert (batch.metadata, batch.request_counts and batch.request_counts.failed) == ({"a": "b"}, 1)
        assert batch.output_file_id
        assert batch.error_file_id
        output = json.loads((await client.files.content(batch.output_file_id)).text)
        errors = json.loads((await client.files.content(batch.error_file_id)).text)
        assert output["response"]["body"]["choices"][0]["message"]["content"] == "echo: Good"
        assert errors["response"]["status_code"] == 400
        with pytest.raises(openai.ConflictError):
            await client.batches.cancel(batch.id)
        assert (await client.files.delete(file.id)).deleted
