"""The model that embeds: what its contract does not say."""

import asyncio
import math
from collections.abc import AsyncGenerator
from itertools import pairwise

import pytest

from tests.doubles.real_model import real_embedding_file
from textnlp.adapters.engines.embedded_embeddings import EmbeddedEmbeddings
from textnlp.domain.embedding.model import EmbeddingRequest
from textnlp.domain.errors import ErrorKind, TextNLPError

pytestmark = pytest.mark.model

PARAPHRASES = [
    ("A man is eating a meal.", "Someone is having food."),
    ("How do I reset my password?", "I forgot my login secret and need a new one."),
    ("The invoice was paid late.", "Payment of the bill was overdue."),
    ("Doctors recommend daily exercise.", "Physicians advise working out every day."),
    ("The company fired its chief executive.", "The firm dismissed its CEO."),
    ("She adopted a small puppy.", "She took home a little dog."),
    ("Prices rose sharply last month.", "Costs increased a lot in the past month."),
    ("The phone's battery dies too soon.", "This mobile runs out of charge quickly."),
]

PUBLISHED = [0.0676569, 0.0634959, 0.0487131]
"""How the model's own page begins the vector of this sentence, computed by another library."""


@pytest.fixture
async def engine() -> AsyncGenerator[EmbeddedEmbeddings]:
    made = EmbeddedEmbeddings(await real_embedding_file(), name="all-minilm-l6-v2", dimensions=384, context_tokens=512)
    yield made
    await made.aclose()


def request(*texts: str, dimensions: int | None = None, timeout_seconds: float = 60.0) -> EmbeddingRequest:
    return EmbeddingRequest(model="m", inputs=texts, dimensions=dimensions, timeout_seconds=timeout_seconds)


async def test_vectors_are_those_that_the_model_is_known_for(engine: EmbeddedEmbeddings) -> None:
    (vector,) = (await engine.embed(request("This is an example sentence"))).vectors
    assert len(vector) == 384
    assert list(vector[:3]) == pytest.approx(PUBLISHED, abs=2e-4)
    assert math.fsum(value * value for value in vector) == pytest.approx(1.0, abs=1e-5)


async def test_every_sentence_is_nearest_to_its_own_paraphrase(engine: EmbeddedEmbeddings) -> None:
    firsts = (await engine.embed(request(*(one for one, _ in PARAPHRASES)))).vectors
    others = (await engine.embed(request(*(other for _, other in PARAPHRASES)))).vectors
    for place, first in enumerate(firsts):
        near = [sum(a * b for a, b in zip(first, other, strict=True)) for other in others]
        assert max(range(len(near)), key=near.__getitem__) == place, PARAPHRASES[place]
        highest, second = sorted(near, reverse=True)[:2]
        assert highest - second > 0.1


async def test_a_text_longer_than_the_model_reads_is_refused_and_shorter_ones_are_not(
    engine: EmbeddedEmbeddings,
) -> None:
    assert (await engine.embed(request("tea " * 500))).usage.prompt_tokens == 502
    for words in (511, 700, 5_000):
        with pytest.raises(TextNLPError, match="512 tokens") as caught:
            await engine.embed(request("short", "tea " * words))
        assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.CONTEXT_EXCEEDED, "input")
    assert len((await engine.embed(request("short"))).vectors) == 1


async def test_tokens_and_other_dimensions_are_refused(engine: EmbeddedEmbeddings) -> None:
    with pytest.raises(TextNLPError, match="takes texts"):
        await engine.embed(EmbeddingRequest(model="m", inputs=((1, 2),)))
    with pytest.raises(TextNLPError, match="384 dimensions"):
        await engine.embed(request("a", dimensions=64))
    assert len((await engine.embed(request("a", dimensions=384))).vectors[0]) == 384


async def test_a_call_that_takes_too_long_ends_in_time_and_the_next_one_is_answered(
    engine: EmbeddedEmbeddings,
) -> None:
    await engine.check()
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(TextNLPError) as caught:
        await engine.embed(request(*["tea " * 100] * 200, timeout_seconds=0.05))
    assert caught.value.kind is ErrorKind.TIMEOUT
    assert loop.time() - began < 10
    assert len((await engine.embed(request("a", "b"))).vectors) == 2


async def test_the_event_loop_goes_on_while_texts_are_computed(engine: EmbeddedEmbeddings) -> None:
    await engine.check()
    working = asyncio.create_task(engine.embed(request(*["tea " * 60] * 20)))
    turns = [asyncio.get_running_loop().time()]
    while not working.done():
        await asyncio.sleep(0.01)
        turns.append(asyncio.get_running_loop().time())
    assert len((await working).vectors) == 20
    assert len([1 for earlier, later in pairwise(turns) if later - earlier < 0.2]) > len(turns) / 2
