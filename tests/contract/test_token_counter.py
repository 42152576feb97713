"""What holds for everything that counts tokens."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from tests.doubles.real_model import real_model_file
from textnlp.adapters.engines.embedded_scorer import EmbeddedScorer
from textnlp.adapters.engines.scripted_scorer import ScriptedScorer
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.token_counter import TokenCounter


@asynccontextmanager
async def scripted() -> AsyncGenerator[TokenCounter]:
    yield ScriptedScorer()


@asynccontextmanager
async def embedded() -> AsyncGenerator[TokenCounter]:
    yield EmbeddedScorer(await real_model_file(), name="smollm2", context_tokens=64)


@pytest.fixture(
    params=[pytest.param(scripted, id="scripted"), pytest.param(embedded, id="embedded", marks=pytest.mark.model)]
)
async def counter(request: pytest.FixtureRequest) -> AsyncGenerator[TokenCounter]:
    async with request.param() as made:
        yield made
        await made.aclose()


async def test_tokens_are_counted_by_text_whatever_the_context(counter: TokenCounter) -> None:
    assert counter.name
    counts = (await counter.token_counts(["", "The", "The " * 100, "The cat"])).tolist()
    assert counts[:2] == [0, 1]
    assert counts[2] >= 100
    assert counts[3] == 2


async def test_after_closing_it_answers_no_more(counter: TokenCounter) -> None:
    await counter.aclose()
    with pytest.raises(TextNLPError) as caught:
        await counter.token_counts(["The"])
    assert caught.value.kind is ErrorKind.UNAVAILABLE
