"""What holds for every embedding engine."""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.doubles.openai_server import OpenAIStub
from tests.doubles.real_model import real_embedding_file
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.embedded_embeddings import EmbeddedEmbeddings
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.embeddings import OpenAICompatibleEmbeddings
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.domain.embedding.model import EmbeddingRequest, Embeddings
from textnlp.domain.embedding.rules import require_vectors
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.embedding_engine import EmbeddingEngine


@asynccontextmanager
async def scripted() -> AsyncGenerator[EmbeddingEngine]:
    yield ScriptedEmbeddings()


@asynccontextmanager
async def openai_compatible() -> AsyncGenerator[EmbeddingEngine]:
    async with OpenAIStub() as stub:
        engine = OpenAICompatibleEmbeddings(parse_base_url(stub.base_url), clock=SystemClock())
        yield engine
        await engine.aclose()


@asynccontextmanager
async def embedded() -> AsyncGenerator[EmbeddingEngine]:
    engine = EmbeddedEmbeddings(await real_embedding_file(), name="minilm", dimensions=384, context_tokens=512)
    yield engine
    await engine.aclose()


@pytest.fixture(
    params=[
        pytest.param(scripted, id="scripted"),
        pytest.param(openai_compatible, id="openai_compatible"),
        pytest.param(embedded, id="embedded", marks=pytest.mark.model),
    ],
)
async def engine(request: pytest.FixtureRequest) -> AsyncGenerator[EmbeddingEngine]:
    async with request.param() as made:
        yield made


def request(*texts: str, **given: Any) -> EmbeddingRequest:
    return EmbeddingRequest(model="some-model", inputs=texts or ("A kettle boils water.",), **given)


def nearness(answer: Embeddings, one: int, other: int) -> float:
    first, second = answer.vectors[one], answer.vectors[other]
    product = sum(a * b for a, b in zip(first, second, strict=True))
    return product / math.sqrt(sum(a * a for a in first) * sum(b * b for b in second))


async def test_it_has_a_name_and_can_be_used(engine: EmbeddingEngine) -> None:
    assert engine.name
    assert engine.most_inputs >= 1
    await engine.check()


async def test_there_is_one_vector_a_text_in_their_order_with_model_and_usage(engine: EmbeddingEngine) -> None:
    texts = [f"Sentence {number} is about {word}." for number, word in enumerate(["tea", "rain", "trains"] * 12)]
    whole = await engine.embed(request(*texts))
    require_vectors(whole, request(*texts))
    assert whole.model
    assert whole.usage.prompt_tokens > 0
    assert (whole.usage.completion_tokens, whole.attempts) == (0, 1)
    alone = await engine.embed(request(texts[7]))
    assert list(alone.vectors[0]) == pytest.approx(list(whole.vectors[7]), abs=1e-4)


async def test_equal_texts_have_equal_vectors_and_alike_ones_are_near(engine: EmbeddingEngine) -> None:
    texts = ("the red kettle boils water", "the red kettle boils milk", "zzz qqq jjj")
    answer = await engine.embed(request(*texts, texts[0]))
    assert nearness(answer, 0, 3) == pytest.approx(1.0, abs=1e-4)
    assert nearness(answer, 0, 1) > nearness(answer, 0, 2)


async def test_many_calls_at_once_do_not_mix(engine: EmbeddingEngine) -> None:
    texts = [f"{word} number {number}" for number, word in enumerate(["tea", "rain", "trains", "kettle"] * 3)]
    answers = await asyncio.gather(*(engine.embed(request(text)) for text in texts))
    together = await engine.embed(request(*texts))
    for answer, vector in zip(answers, together.vectors, strict=True):
        assert list(answer.vectors[0]) == pytest.approx(list(vector), abs=1e-4)


async def test_text_that_is_no_unicode_is_refused(engine: EmbeddingEngine) -> None:
    with pytest.raises(TextNLPError) as caught:
        await engine.embed(request("half \ud800"))
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_a_call_that_is_cancelled_frees_what_it_held(engine: EmbeddingEngine) -> None:
    calls = [asyncio.create_task(engine.embed(request(*["tea"] * 64))) for _ in range(4)]
    await asyncio.sleep(0.01)
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert len((await engine.embed(request())).vectors) == 1


async def test_after_closing_it_answers_no_more_and_may_be_closed_again(engine: EmbeddingEngine) -> None:
    await engine.aclose()
    await engine.aclose()
    with pytest.raises(TextNLPError) as caught:
        await engine.embed(request())
    assert caught.value.kind is ErrorKind.UNAVAILABLE
