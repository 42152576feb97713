"""The perplexities of the embedded model against its own probabilities of the next token."""

import asyncio
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.doubles.real_model import real_model_file
from textnlp.adapters.engines.embedded_scorer import EmbeddedScorer
from textnlp.adapters.engines.llama_port import LlamaPort
from textnlp.adapters.engines.llama_server import ServerSize, load_state_server
from textnlp.domain.errors import ErrorKind, TextNLPError

pytestmark = pytest.mark.model

TEXTS = (
    "The cat sat on the mat, and the dog barked at the moon.",
    "Colourless green ideas sleep furiously beneath quarterly tungsten umbrellas.",
)
WORDS = 49_152


def next_token_likelihoods(model_file: Path, tokens: list[int]) -> list[float]:
    """Ask for the probabilities of the next token after each beginning of a text, as any writer of text would."""
    llama: Any = importlib.import_module("xllamacpp")
    parameters = llama.CommonParams()
    parameters.model.path = str(model_file)
    parameters.n_parallel = 1
    parameters.n_ctx = 256
    parameters.verbosity = -1
    parameters.warmup = False
    parameters.fit_params = False
    server = llama.Server(parameters)
    found: list[float] = []
    for end in range(1, len(tokens)):
        asked = {"prompt": tokens[:end], "n_predict": 1, "n_probs": WORDS, "temperature": 0}
        (said,) = server.handle_completions(asked)["choices"][0]["logprobs"]["content"]
        found.append(next(each["logprob"] for each in said["top_logprobs"] if each["id"] == tokens[end]))
    return found


async def test_perplexities_follow_from_the_probabilities_of_the_next_token() -> None:
    model_file = await real_model_file()
    scorer = EmbeddedScorer(model_file, name="smollm2", context_tokens=256)
    found = await scorer.perplexities(TEXTS)
    await scorer.aclose()

    port = LlamaPort(load_state_server(model_file, ServerSize(slots=1, threads=1, context_tokens=256)))
    expected = [
        np.exp(-np.mean(await asyncio.to_thread(next_token_likelihoods, model_file, port.tokens(text))))
        for text in TEXTS
    ]
    assert found.tolist() == pytest.approx(expected, rel=0.03)
    assert found[1] > 5 * found[0]


async def test_a_text_beyond_the_context_is_judged_by_its_beginning() -> None:
    scorer = EmbeddedScorer(await real_model_file(), name="smollm2", context_tokens=32)
    beginning = TEXTS[0] * 3
    short, long = await scorer.perplexities([beginning, beginning + TEXTS[1] * 20])
    await scorer.aclose()
    assert short == pytest.approx(long, rel=0.02)


async def test_a_file_whose_likelihoods_cannot_be_had_is_told_and_looked_for_again(tmp_path: Path) -> None:
    missing = EmbeddedScorer(tmp_path / "none.gguf", name="m")
    for _ in range(2):
        with pytest.raises(TextNLPError) as caught:
            await missing.perplexities(["a text of some words"])
        assert caught.value.kind is ErrorKind.NOT_FOUND
