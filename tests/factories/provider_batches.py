"""Engines over a provider's batches whose pauses are as short as a test wants them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from tests.doubles.openai_batch_states import Flavour
from tests.doubles.openai_batches import OpenAIBatches
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.authentication import ApiKeyHeader, BearerKey
from textnlp.adapters.engines.openai_compatible.endpoint import Endpoint
from textnlp.adapters.engines.provider_batch.engine import ProviderBatchEngine
from textnlp.adapters.engines.provider_batch.options import AZURE_BATCHES, OPENAI_BATCHES, ProviderBatchOptions
from textnlp.domain.batches.provider_batch import ProviderBatch
from textnlp.domain.generation.model import Completion, GenerationRequest, Message, Role
from textnlp.ports.provider_batch_journal import ProviderBatchJournal

KEY = "sk-batches"
OF_FLAVOUR = {Flavour.OPENAI: OPENAI_BATCHES, Flavour.AZURE: AZURE_BATCHES}


def quick(flavour: Flavour, **given: Any) -> ProviderBatchOptions:
    """Return the options of a provider with pauses of milliseconds."""
    pauses: dict[str, Any] = {
        "gather_seconds": 0.02,
        "longest_gather_seconds": 1.0,
        "first_poll_seconds": 0.002,
        "longest_poll_seconds": 0.01,
        "first_retry_seconds": 0.002,
        "longest_retry_seconds": 0.01,
        "first_quota_seconds": 0.01,
        "longest_quota_seconds": 0.02,
        "abandoned_seconds": 0.2,
        "linger_seconds": 0.0,
        "call_seconds": 5.0,
    }
    return replace(OF_FLAVOUR[flavour], **{**pauses, **given})


def request(prompt: str = "Hello", *, model: str = "m", **given: Any) -> GenerationRequest:
    """Return a request for one prompt."""
    return GenerationRequest(model=model, messages=(Message(Role.USER, prompt),), **given)


@asynccontextmanager
async def batch_engine(
    server: OpenAIBatches,
    journal: ProviderBatchJournal,
    *,
    on_answer: Callable[[bytes, Completion], Awaitable[None]] | None = None,
    **given: Any,
) -> AsyncGenerator[ProviderBatchEngine]:
    """Open an engine of the server's flavour, as a process would that has just begun."""
    clock = SystemClock()
    authentication = ApiKeyHeader(KEY) if server.flavour is Flavour.AZURE else BearerKey(KEY)
    engine = ProviderBatchEngine(
        Endpoint(parse_base_url(server.base_url), clock=clock, authentication=authentication),
        journal=journal,
        clock=clock,
        name="west",
        options=quick(server.flavour, **given),
        on_answer=on_answer,
    )
    try:
        yield engine
    finally:
        await engine.aclose()


async def texts_of(engine: ProviderBatchEngine, *prompts: str) -> list[str]:
    """Ask all prompts together and return the answers in their order."""
    return [each.text for each in await asyncio.gather(*(engine.generate(request(prompt)) for prompt in prompts))]


async def until(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds; raise `TimeoutError` when it does not within ten seconds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is waited for happens in another process or out of reach
            await asyncio.sleep(0.002)


async def until_recorded(journal: ProviderBatchJournal) -> ProviderBatch:
    """Return the first batch that the journal of the engine holds, as soon as it does."""
    async with asyncio.timeout(10):
        while not (records := await journal.unsettled("west")):  # noqa: ASYNC110  a journal wakes nobody
            await asyncio.sleep(0.001)
    return records[0]
