"""Azure OpenAI without keys: the engine and the stock client over the same double, and two regions behind one name."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.doubles.azure_openai import AzureOpenAI
from tests.doubles.entra import Entra
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.telemetry.null import NullMeter
from textnlp.application.answer_row import answer_row
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.deployment_gates import DeploymentGates
from textnlp.bootstrap.engine_wiring import EngineWiring, declared_models
from textnlp.domain.batches.model import BatchSpec, PromptRow, RowOutcome
from textnlp.domain.batches.records import parse_accepted, parse_failed
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.filter_verdict import FilteredPart, FilterVerdict
from textnlp.domain.generation.model import (
    Completion,
    CompletionChunk,
    FinishReason,
    GenerationRequest,
    Message,
    Role,
)
from textnlp.ports.access_tokens import COGNITIVE_SERVICES, MACHINE_LEARNING
from textnlp.settings import read_settings

API_VERSION = "2024-10-21"


@contextlib.asynccontextmanager
async def wired(folder: Path, entra: Entra, urls: dict[str, str], **deployment: Any) -> AsyncGenerator[EngineWiring]:
    """Wire an alias `chat` over the first deployment, with the others standing in; none has a key."""
    first, *others = urls
    usual = {"model": "writer", "authentication": "entra", **deployment}
    document = {
        "deployments": {name: {"base_url": url, **usual} for name, url in urls.items()},
        "models": {"chat": {"deployments": [{"name": first}], "fallback": others}},
    }
    path = folder / "models.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    settings = read_settings({}, models=path, data_dir=folder)
    tokens = EntraAccessTokens(clock=SystemClock(), ca_file=entra.certificates.authority)
    wiring = EngineWiring(
        settings=settings,
        catalog=declared_models(settings),
        gates=DeploymentGates(settings, meter=NullMeter()),
        callers=DeploymentCallers(tokens),
    )
    wiring.require_usable()
    try:
        yield wiring
    finally:
        await wiring.engines.aclose()
        await tokens.aclose()


async def asked(wiring: EngineWiring, prompt: str = "Hello") -> Completion:
    request = GenerationRequest(model="chat", messages=(Message(Role.USER, prompt),))
    async with asyncio.timeout(20):
        return await wiring.engines.find("chat").generate(request)


async def pieces(wiring: EngineWiring, prompt: str) -> list[CompletionChunk]:
    request = GenerationRequest(model="chat", messages=(Message(Role.USER, prompt),))
    async with asyncio.timeout(20):
        return [piece async for piece in wiring.engines.find("chat").stream(request)]


async def outcome(wiring: EngineWiring, prompt: str) -> RowOutcome:
    """Ask for a row of a batch."""
    row = PromptRow(index=0, id="1", has_own_id=False, line=1, messages=(Message(Role.USER, prompt),))
    return await answer_row(
        row,
        BatchSpec(model="chat"),
        find_engine=wiring.engines.find,
        timeout_seconds=20,
        clock=SystemClock(),
    )


async def refused(wiring: EngineWiring, prompt: str = "Hello") -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await asked(wiring, prompt)
    return caught.value


@pytest.mark.parametrize("path", ["/openai/v1", f"/openai/deployments/writer?api-version={API_VERSION}"])
async def test_both_forms_of_paths_are_asked_with_a_token_and_no_key(tmp_path: Path, entra: Entra, path: str) -> None:
    async with AzureOpenAI(entra.key) as azure, wired(tmp_path, entra, {"east": azure.endpoint + path}) as wiring:
        assert (await asked(wiring)).text == "echo: Hello"
        await wiring.engines.find("chat").check()
    assert set(entra.scopes) == {COGNITIVE_SERVICES}
    assert len(azure.tokens) == 1


async def test_a_token_is_renewed_before_it_ends_without_a_refusal(tmp_path: Path, entra: Entra) -> None:
    entra.lasts_seconds = 1
    async with (
        AzureOpenAI(entra.key) as azure,
        wired(tmp_path, entra, {"east": azure.endpoint + "/openai/v1"}) as wiring,
    ):
        await asked(wiring)
        await asyncio.sleep(1.1)
        await asked(wiring)
    assert len(azure.tokens) == 2


async def test_an_online_endpoint_gets_a_token_for_machine_learning_and_the_deployment_that_shall_answer(
    tmp_path: Path, entra: Entra
) -> None:
    async with (
        AzureOpenAI(entra.key, audience=MACHINE_LEARNING.removesuffix("/.default")) as azure,
        wired(tmp_path, entra, {"gpu": azure.endpoint + "/openai/v1"}, azureml_deployment="green") as wiring,
    ):
        await asked(wiring)
    assert (entra.scopes, azure.online_deployments) == ([MACHINE_LEARNING], ["green"])


async def test_refusals_of_azure_are_told_apart(tmp_path: Path, entra: Entra) -> None:
    async with AzureOpenAI(entra.key) as azure:
        url = {"east": azure.endpoint + "/openai/v1"}
        async with wired(tmp_path, entra, url, model="nobody") as wiring:
            missing = await refused(wiring)
        async with wired(tmp_path, entra, url, azureml_deployment="blue") as wiring:
            stranger = await refused(wiring)
        async with wired(tmp_path, entra, url) as wiring:
            azure.faults.extend([429, 503])
            assert (await asked(wiring)).attempts == 3
    assert (missing.kind, stranger.kind) == (ErrorKind.NOT_FOUND, ErrorKind.UNAUTHENTICATED)
    assert "lacks the required data action" in stranger.message


@pytest.mark.parametrize("prompt", ["something hateful", "answer badly"])
async def test_what_the_filter_stops_is_told_with_category_and_severity_and_never_asked_again(
    tmp_path: Path, entra: Entra, prompt: str
) -> None:
    async with AzureOpenAI(entra.key) as east, AzureOpenAI(entra.key) as west:
        urls = {"east": east.endpoint + "/openai/v1", "west": west.endpoint + "/openai/v1"}
        async with wired(tmp_path, entra, urls) as wiring:
            error = await refused(wiring, prompt)
    assert (error.kind, error.facts.attempts) == (ErrorKind.CONTENT_FILTERED, 1)
    assert "hate (high)" in error.message
    assert not west.answered


async def test_what_the_filter_found_stays_with_the_answer(tmp_path: Path, entra: Entra) -> None:
    mild = FilterVerdict(part=FilteredPart.PROMPT, category="violence", severity="low")
    async with (
        AzureOpenAI(entra.key) as azure,
        wired(tmp_path, entra, {"east": azure.endpoint + "/openai/v1"}) as wiring,
    ):
        assert (await asked(wiring, "a little violent")).verdicts == (mild,)
        assert (await asked(wiring)).verdicts == ()
        streamed = await pieces(wiring, "a little violent")
        accepted = parse_accepted((await outcome(wiring, "a little violent")).record)[0]
    assert "".join(piece.text for piece in streamed) == "echo: a little violent"
    assert (streamed[-1].verdicts, streamed[-1].finish_reason) == ((mild,), FinishReason.STOP)
    assert [piece.verdicts for piece in streamed[:-1]] == [()] * (len(streamed) - 1)
    assert accepted.verdicts == (mild,)


async def test_the_category_that_stops_a_stream_or_a_row_is_kept_as_a_verdict(tmp_path: Path, entra: Entra) -> None:
    hate = FilterVerdict(part=FilteredPart.ANSWER, category="hate", severity="high", is_stopped=True)
    async with (
        AzureOpenAI(entra.key) as azure,
        wired(tmp_path, entra, {"east": azure.endpoint + "/openai/v1"}) as wiring,
    ):
        streamed = await pieces(wiring, "answer badly")
        answered = parse_failed((await outcome(wiring, "answer badly")).record)[0]
        refused_prompt = parse_failed((await outcome(wiring, "something hateful")).record)[0]
        with pytest.raises(TextNLPError) as stopped:
            await pieces(wiring, "something hateful")
    assert (streamed[-1].finish_reason, streamed[-1].verdicts) == (FinishReason.CONTENT_FILTER, (hate,))
    assert (answered.code, answered.verdicts) == (ErrorKind.CONTENT_FILTERED, (hate,))
    assert [verdict.part for verdict in refused_prompt.verdicts] == [FilteredPart.PROMPT]
    assert stopped.value.facts.verdicts == refused_prompt.verdicts


async def test_a_second_region_loses_nothing_when_the_first_is_killed_and_gives_the_calls_back(
    tmp_path: Path, entra: Entra
) -> None:
    async with AzureOpenAI(entra.key) as east, AzureOpenAI(entra.key) as west:
        urls = {"east": east.endpoint + "/openai/v1", "west": west.endpoint + "/openai/v1"}
        async with wired(tmp_path, entra, urls, concurrency=4) as wiring:

            async def kill_in_the_middle() -> None:
                await east.has_answered_ten.wait()
                await east.stop()

            killing = asyncio.create_task(kill_in_the_middle())
            answers = await asyncio.gather(*(asked(wiring, str(number)) for number in range(60)))
            await killing
            assert {answer.text for answer in answers} == {f"echo: {number}" for number in range(60)}
            assert {answer.deployment for answer in answers} == {"east", "west"}

            await east.start()
            async with asyncio.timeout(20):
                while (await asked(wiring, "back?")).deployment != "east":  # noqa: ASYNC110  the breaker's own time
                    await asyncio.sleep(0.2)


async def test_calls_spill_over_while_the_first_region_refuses_them(tmp_path: Path, entra: Entra) -> None:
    async with AzureOpenAI(entra.key) as east, AzureOpenAI(entra.key) as west:
        east.retry_after_ms = 60_000
        east.faults.extend([429] * 50)
        urls = {"east": east.endpoint + "/openai/v1", "west": west.endpoint + "/openai/v1"}
        async with wired(tmp_path, entra, urls) as wiring:
            answers = [await asked(wiring, str(number)) for number in range(4)]
    assert {answer.deployment for answer in answers} == {"west"}
    assert not east.answered


async def test_the_stock_client_meets_the_same_azure(entra: Entra) -> None:
    async with AzureOpenAI(entra.key) as azure:
        client = openai.AsyncAzureOpenAI(
            azure_endpoint=azure.endpoint,
            api_version=API_VERSION,
            azure_ad_token_provider=lambda: entra.signed(aud="https://cognitiveservices.azure.com"),
            max_retries=1,
        )
        async with client:

            async def ask(prompt: str, model: str = "writer") -> str | None:
                said: Any = [{"role": "user", "content": prompt}]
                return (await client.chat.completions.create(model=model, messages=said)).choices[0].message.content

            azure.faults.append(429)
            assert await ask("Hello") == "echo: Hello"
            with pytest.raises(openai.BadRequestError) as filtered:
                await ask("something hateful")
            with pytest.raises(openai.NotFoundError) as missing:
                await ask("Hello", model="nobody")
    assert (filtered.value.code, missing.value.code) == ("content_filter", "DeploymentNotFound")
