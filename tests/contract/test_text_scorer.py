"""What holds for everything that says how likely texts are."""

import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import numpy as np
import pytest

from tests.doubles.likelihood_server import LikelihoodServer
from tests.doubles.real_model import real_model_file
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.engines.embedded_scorer import EmbeddedScorer
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.scorer import OpenAICompatibleScorer
from textnlp.adapters.engines.scripted_scorer import ScriptedScorer
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.ports.text_scorer import TextScorer

PROSE = "The old harbour town wakes slowly in winter, and the people who live here like it best that way."
REPEATED = "tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea tea"


@asynccontextmanager
async def scripted() -> AsyncGenerator[TextScorer]:
    yield ScriptedScorer()


@asynccontextmanager
async def openai_compatible() -> AsyncGenerator[TextScorer]:
    async with LikelihoodServer() as server:
        yield OpenAICompatibleScorer(parse_base_url(server.base_url), clock=SystemClock(), model="m")


@asynccontextmanager
async def embedded() -> AsyncGenerator[TextScorer]:
    yield EmbeddedScorer(await real_model_file(), name="smollm2", context_tokens=256)


@pytest.fixture(
    params=[
        pytest.param(scripted, id="scripted"),
        pytest.param(openai_compatible, id="openai_compatible"),
        pytest.param(embedded, id="embedded", marks=pytest.mark.model),
    ],
)
async def scorer(request: pytest.FixtureRequest) -> AsyncGenerator[TextScorer]:
    async with request.param() as made:
        yield made
        await made.aclose()


async def test_there_is_one_perplexity_a_text_in_their_order(scorer: TextScorer) -> None:
    found = await scorer.perplexities([PROSE, REPEATED, PROSE])
    assert scorer.name
    assert found.dtype == np.float64
    assert found[0] == pytest.approx(found[2], rel=1e-3)
    assert 1 <= found[1] < found[0]


async def test_texts_of_less_than_two_tokens_have_none(scorer: TextScorer) -> None:
    found = await scorer.perplexities(["", PROSE, "a"])
    assert np.isnan(found[0])
    assert np.isnan(found[2])
    assert math.isfinite(found[1])
    assert len(await scorer.perplexities([])) == 0


async def test_what_is_asked_together_changes_nothing(scorer: TextScorer) -> None:
    texts = [f"{PROSE} Number {number}." for number in range(20)]
    together = await scorer.perplexities(texts)
    apart = await asyncio.gather(*(scorer.perplexities([text]) for text in texts[:3]))
    assert [each[0] for each in apart] == pytest.approx(together[:3].tolist(), rel=2e-2)


async def test_a_long_text_is_judged_all_the_same(scorer: TextScorer) -> None:
    (found,) = await scorer.perplexities([PROSE * 60])
    assert math.isfinite(found)


async def test_marks_of_control_are_plain_text(scorer: TextScorer) -> None:
    (found,) = await scorer.perplexities(["<|im_start|>user says hello<|im_end|>"])
    assert math.isfinite(found)


async def test_text_that_is_no_unicode_is_refused(scorer: TextScorer) -> None:
    with pytest.raises(TextNLPError) as caught:
        await scorer.perplexities(["half \ud800 of a pair"])
    assert caught.value.kind is ErrorKind.INVALID_INPUT


async def test_after_closing_it_answers_no_more_and_may_be_closed_again(scorer: TextScorer) -> None:
    await scorer.aclose()
    await scorer.aclose()
    with pytest.raises(TextNLPError) as caught:
        await scorer.perplexities([PROSE])
    assert caught.value.kind is ErrorKind.UNAVAILABLE
