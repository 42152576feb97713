"""Batches of Azure OpenAI without keys, wired from a models file as the platform wires them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.clock import HurriedClock
from tests.doubles.entra import Entra
from tests.doubles.openai_batch_states import Flavour, Plan
from tests.doubles.openai_batches import OpenAIBatches
from textnlp.adapters.azure_identity.entra_tokens import EntraAccessTokens
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.adapters.database.memory_provider_batch_journal import MemoryProviderBatchJournal
from textnlp.application.keep_calls import CallKeeper
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.engine_wiring import declared_models
from textnlp.bootstrap.provider_batches import ProviderBatches
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.filter_verdict import FilteredPart, FilterVerdict
from textnlp.domain.generation.model import Completion, GenerationRequest, Message, Role
from textnlp.ports.access_tokens import COGNITIVE_SERVICES, MACHINE_LEARNING
from textnlp.settings import read_settings

PROMPTS = [f"Number {number}" for number in range(6)]
FORMS = {"v1": "/openai/v1", "api-version": "/openai/deployments/bulk?api-version=2024-10-21"}


@pytest.fixture
async def server(entra: Entra) -> AsyncGenerator[OpenAIBatches]:
    async with OpenAIBatches(Flavour.AZURE, token_key=entra.key).serving() as server:
        yield server


@contextlib.asynccontextmanager
async def wired(
    folder: Path, entra: Entra, server: OpenAIBatches, *, form: str = "v1", **given: Any
) -> AsyncGenerator[ProviderBatches]:
    """Wire an alias `chat` over one deployment that takes batches and is shown a token."""
    url = server.base_url.removesuffix("/openai/v1") + FORMS[form]
    deployment = {"base_url": url, "model": "bulk", "batches": "azure", "authentication": "entra", **given}
    path = folder / "models.yaml"
    document = {"deployments": {"east": deployment}, "models": {"chat": {"deployments": [{"name": "east"}]}}}
    path.write_text(json.dumps(document), encoding="utf-8")
    settings = read_settings({}, models=path, data_dir=folder)
    clock = HurriedClock()
    tokens = EntraAccessTokens(clock=SystemClock(), ca_file=entra.certificates.authority)
    batches = ProviderBatches(
        settings=settings,
        catalog=declared_models(settings),
        journal=MemoryProviderBatchJournal(tenant="mine"),
        keeper=CallKeeper(MemoryCallCache(clock=clock, tenant="mine"), clock=clock),
        clock=clock,
        callers=DeploymentCallers(tokens),
    )
    async with contextlib.aclosing(tokens), contextlib.aclosing(batches):
        yield batches


async def asked(batches: ProviderBatches, prompt: str) -> Completion:
    request = GenerationRequest(model="chat", messages=(Message(Role.USER, prompt),))
    async with asyncio.timeout(20):
        return await batches.find("chat").generate(request)


@pytest.mark.parametrize("form", list(FORMS))
async def test_rows_are_answered_by_batches_for_a_token_and_no_key(
    tmp_path: Path, entra: Entra, server: OpenAIBatches, form: str
) -> None:
    async with wired(tmp_path, entra, server, form=form) as batches:
        assert batches.takes("chat")
        answers = await asyncio.gather(*(asked(batches, prompt) for prompt in PROMPTS))
    assert [answer.text for answer in answers] == [f"echo: {prompt}" for prompt in PROMPTS]
    assert (set(server.statuses), set(server.times_asked.values())) == ({"completed"}, {1})
    assert (set(entra.scopes), len(server.tokens)) == ({COGNITIVE_SERVICES}, 1)


async def test_a_token_for_something_else_is_refused_and_told(
    tmp_path: Path, entra: Entra, server: OpenAIBatches
) -> None:
    async with wired(tmp_path, entra, server, azureml_deployment="green") as batches:
        with pytest.raises(TextNLPError) as caught:
            await asked(batches, "Hello")
    assert (caught.value.kind, set(entra.scopes)) == (ErrorKind.UNAUTHENTICATED, {MACHINE_LEARNING})
    assert not server.batches


async def test_a_row_that_the_filter_stops_has_its_verdicts_and_the_others_their_answers(
    tmp_path: Path, entra: Entra, server: OpenAIBatches
) -> None:
    results = {"violence": {"filtered": True, "severity": "medium"}, "hate": {"filtered": False, "severity": "safe"}}
    inner = {"code": "ResponsibleAIPolicyViolation", "content_filter_result": results}
    refusal = {"code": "content_filter", "message": "The response was filtered.", "innererror": inner}
    server.plans.append(Plan(refusals={"Bad": (400, refusal)}))
    async with wired(tmp_path, entra, server) as batches:
        good, bad = await asyncio.gather(asked(batches, "Good"), asked(batches, "Bad"), return_exceptions=True)
    assert isinstance(good, Completion)
    assert isinstance(bad, TextNLPError)
    verdict = FilterVerdict(part=FilteredPart.PROMPT, category="violence", severity="medium", is_stopped=True)
    assert (bad.kind, bad.facts.verdicts) == (ErrorKind.CONTENT_FILTERED, (verdict,))
