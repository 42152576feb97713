"""Aliases of the models file over real HTTP: deployments that are dead, busy, slow or broken."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.openai_server import OpenAIStub, StubOptions
from textnlp.adapters.telemetry.null import NullMeter
from textnlp.bootstrap.deployment_gates import DeploymentGates
from textnlp.bootstrap.engine_wiring import EngineWiring, declared_models
from textnlp.domain.admission.breaker import BreakerState
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Completion, GenerationRequest, Message, Role
from textnlp.settings import read_settings

NOBODY = "http://127.0.0.1:9/v1"


def wiring_of(folder: Path, document: dict[str, Any], **settings: Any) -> EngineWiring:
    """Wire what a models file declares; JSON is YAML."""
    path = folder / "models.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    read = read_settings({}, models=path, data_dir=folder, **settings)
    return EngineWiring(settings=read, catalog=declared_models(read), gates=DeploymentGates(read, meter=NullMeter()))


@contextlib.asynccontextmanager
async def opened(
    folder: Path, urls: dict[str, str], *, alias: dict[str, Any] | None = None, **deployment: Any
) -> AsyncGenerator[EngineWiring]:
    """Yield the wiring of an alias `chat`, by default over the first deployment with the others standing in."""
    first, *others = urls
    declared = {name: {"base_url": url, "model": f"{name}-model", **deployment} for name, url in urls.items()}
    chat = alias or {"deployments": [{"name": first}], "fallback": others}
    wiring = wiring_of(folder, {"deployments": declared, "models": {"chat": chat}})
    try:
        yield wiring
    finally:
        await wiring.engines.aclose()
        await wiring.embeddings.aclose()


def request(prompt: str = "Hello", **given: Any) -> GenerationRequest:
    return GenerationRequest(model="chat", messages=(Message(Role.USER, prompt),), **given)


async def asked(wiring: EngineWiring, prompt: str = "Hello", **given: Any) -> Completion:
    async with asyncio.timeout(20):
        return await wiring.engines.find("chat").generate(request(prompt, **given))


async def test_a_dead_deployment_is_passed_over_and_left_alone_once_its_breaker_is_open(tmp_path: Path) -> None:
    async with OpenAIStub() as stub, opened(tmp_path, {"dead": NOBODY, "live": stub.base_url}) as wiring:
        answer = await asked(wiring)
        assert (answer.text, answer.model, answer.deployment) == ("echo: Hello", "live-model", "live")
        assert answer.attempts == 3
        for number in range(9):
            await asked(wiring, str(number))
        gate = wiring.gates.gate("dead", concurrency=1)
        assert gate.figures().breaker is BreakerState.OPEN
        calls = gate.figures().calls
        assert (await asked(wiring)).attempts == 1
        assert gate.figures().calls == calls


async def test_a_deployment_that_refuses_for_long_is_passed_over_at_once(tmp_path: Path) -> None:
    busy_options = StubOptions(fault_429=1.0, retry_after_seconds=600)
    async with (
        OpenAIStub(busy_options) as busy,
        OpenAIStub() as live,
        opened(tmp_path, {"busy": busy.base_url, "live": live.base_url}) as wiring,
    ):
        answers = [await asked(wiring, str(number)) for number in range(6)]
        assert {answer.deployment for answer in answers} == {"live"}
        assert busy.stats.calls < 6


async def test_a_slow_deployment_is_asked_twice_at_most_before_the_next_one(tmp_path: Path) -> None:
    async with (
        OpenAIStub(StubOptions(latency_seconds=60)) as slow,
        OpenAIStub() as live,
        opened(tmp_path, {"slow": slow.base_url, "live": live.base_url}, timeout_seconds=0.2) as wiring,
    ):
        assert (await asked(wiring)).deployment == "live"
        assert slow.stats.calls <= 2


async def test_what_is_wrong_with_the_request_is_not_asked_twice(tmp_path: Path) -> None:
    async with (
        OpenAIStub(StubOptions(models=("another",))) as strict,
        OpenAIStub() as live,
        opened(tmp_path, {"strict": strict.base_url, "live": live.base_url}) as wiring,
    ):
        with pytest.raises(TextNLPError) as caught:
            await asked(wiring)
        assert caught.value.kind is ErrorKind.NOT_FOUND
        assert live.stats.calls == 0


async def test_calls_are_shared_by_weight_and_each_row_keeps_its_place(tmp_path: Path) -> None:
    alias = {"deployments": [{"name": "large", "weight": 3}, {"name": "small"}]}
    rows = [f"batch/{number}" for number in range(300)]
    async with OpenAIStub() as large, OpenAIStub() as small:
        urls = {"large": large.base_url, "small": small.base_url}
        places: list[list[str]] = []
        for _ in range(2):
            async with opened(tmp_path, urls, alias=alias) as wiring:
                answers = await asyncio.gather(*(asked(wiring, row, sticky_key=row) for row in rows))
                places.append([answer.deployment for answer in answers])
        assert places[0] == places[1]
        assert 0.66 < Counter(places[0])["large"] / len(rows) < 0.84
        assert large.stats.calls + small.stats.calls == 2 * len(rows)


async def test_a_stream_comes_from_the_next_one_when_the_first_refuses_it(tmp_path: Path) -> None:
    async with OpenAIStub() as stub, opened(tmp_path, {"dead": NOBODY, "live": stub.base_url}) as wiring:
        engine = wiring.engines.find("chat")
        chunks = [chunk async for chunk in engine.stream(request("A long prompt to be echoed"))]
        assert "".join(chunk.text for chunk in chunks) == "echo: A long prompt to be echoed"
        assert {chunk.deployment for chunk in chunks} == {"live"}


async def test_embeddings_go_the_same_way_and_share_the_gate(tmp_path: Path) -> None:
    async with OpenAIStub() as stub, opened(tmp_path, {"dead": NOBODY, "live": stub.base_url}) as wiring:
        answer = await wiring.embeddings.find("chat").embed(EmbeddingRequest(model="chat", inputs=("abc",)))
        assert (answer.model, answer.deployment, list(answer.vectors[0][:4])) == ("live-model", "live", [1, 1, 1, 0])
        await asked(wiring)
        assert wiring.gates.gate("live", concurrency=1).figures().answered == 2


async def test_a_model_that_comes_with_the_platform_may_stand_in(tmp_path: Path) -> None:
    alias = {"deployments": [{"name": "dead"}], "fallback": ["scripted"]}
    async with opened(tmp_path, {"dead": NOBODY}, alias=alias) as wiring:
        assert (await asked(wiring)).deployment == "scripted"


async def test_each_deployment_is_shown_its_own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIVE_KEY", "sk-live")
    async with (
        OpenAIStub(StubOptions(api_key="sk-live")) as stub,
        opened(tmp_path, {"live": stub.base_url}, api_key_env="LIVE_KEY") as wiring,
    ):
        wiring.require_usable()
        assert (await asked(wiring)).deployment == "live"


async def test_only_what_requests_may_name_has_a_name(tmp_path: Path) -> None:
    endpoint = {"base_url": NOBODY, "model": "m"}
    document = {
        "deployments": {"hidden": endpoint, "open": {**endpoint, "direct": True}},
        "models": {
            "chat": {"deployments": [{"name": "hidden"}]},
            "writes": {"deployments": [{"name": "smollm2-135m"}]},
            "embeds": {"deployments": [{"name": "all-minilm-l6-v2"}]},
        },
    }
    wiring = wiring_of(tmp_path, document)
    wiring.require_usable()
    assert wiring.engines.names == ["chat", "open", "scripted", "smollm2-135m", "writes"]
    assert wiring.embeddings.names == ["all-minilm-l6-v2", "chat", "embeds", "open", "scripted"]


@pytest.mark.parametrize(
    ("document", "field", "said"),
    [
        (
            {"deployments": {"a": {"base_url": NOBODY, "model": "m", "api_key_env": "ABSENT_KEY"}}},
            "deployments.a.api_key_env",
            "The deployment a cannot be used: The environment variable ABSENT_KEY is not set",
        ),
        ({"deployments": {"a": {"base_url": "ftp://a", "model": "m"}}}, "deployments.a.base_url", "no http"),
        (
            {"models": {"x": {"deployments": [{"name": "smollm2-135m"}, {"name": "all-minilm-l6-v2"}]}}},
            "models.x",
            "some write, others embed",
        ),
    ],
)
async def test_what_could_never_be_asked_is_refused_at_the_start(
    tmp_path: Path, document: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(TextNLPError, match=said) as caught:
        wiring_of(tmp_path, document).require_usable()
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)
