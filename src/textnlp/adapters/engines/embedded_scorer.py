"""How much texts surprise the model that runs inside this process."""

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from textnlp.adapters.engines.llama_port import LlamaPort
from textnlp.adapters.engines.llama_server import choose_size, load_state_server, usable_cores
from textnlp.adapters.engines.output_matrix import OutputMatrix
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.texts.perplexity import log_likelihoods, perplexity
from textnlp.ports.text_scorer import Perplexities
from textnlp.ports.token_counter import TokenCounts

FindModelFile = Callable[[], Awaitable[Path]]

_SLOTS = 4
_STEP_TEXTS = 16
_STEP_TOKENS = 2_048
_LEAST_TOKENS = 2


@dataclass(frozen=True, slots=True)
class _Loaded:
    port: LlamaPort
    matrix: OutputMatrix


class EmbeddedScorer:
    """Satisfies the `TextScorer` and `TokenCounter` ports with a GGUF file and llama.cpp.

    llama.cpp gives no likelihoods of a prompt, but the states of its last layer, from which they follow: times the
    output matrix, which is read from the file, they are the logits. llama.cpp rounds these products a little more, so
    that perplexities differ from those of its own next-token probabilities by about one in a hundred.

    The model is loaded once, by the first text, beside the one that writes. Texts are computed sixteen at a time and
    one call after the other, since one alone keeps all cores busy; a call that is cancelled returns at once, and what
    it had begun ends after its sixteen texts.

    Args:
        model_file: the file, or what finds it when it is first needed.
        name: the model's name.
        context_tokens: how many tokens of a text are read.
    """

    def __init__(self, model_file: Path | FindModelFile, *, name: str, context_tokens: int = 1_024) -> None:
        self._model_file = model_file
        self._name = name
        self._context_tokens = context_tokens
        self._size = choose_size(cores=usable_cores(), slots=_SLOTS, context_tokens=context_tokens)
        self._turn = asyncio.Lock()
        self._loading = asyncio.Lock()
        self._loaded: list[_Loaded] = []
        # As in `EmbeddedEngine`: llama.cpp must go before the interpreter does.
        weakref.finalize(self, self._loaded.clear)
        self._is_closed = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def context_tokens(self) -> int | None:
        """How many tokens of a text are read."""
        return self._context_tokens

    async def perplexities(self, texts: Sequence[str]) -> Perplexities:
        """Return the perplexity of each text."""
        await self._load()
        found: list[float] = []
        for begin in range(0, len(texts), _STEP_TEXTS):
            part = texts[begin : begin + _STEP_TEXTS]
            found += await asyncio.shield(asyncio.create_task(self._scored(part), name="score"))
        return np.array(found, dtype=np.float64)

    async def token_counts(self, texts: Sequence[str]) -> TokenCounts:
        """Return how many tokens each text is; texts that are being measured are not waited for."""
        await self._load()
        loaded = self._loaded[0]

        def count() -> list[int]:
            return [len(loaded.port.tokens(text, with_special=False)) if text else 0 for text in texts]

        return np.array(await asyncio.to_thread(count), dtype=np.int64)

    async def aclose(self) -> None:
        """Wait for what is being computed, and free the model."""
        self._is_closed = True
        async with self._turn, self._loading:
            await asyncio.to_thread(self._loaded.clear)

    async def _load(self) -> None:
        async with self._loading:
            if self._is_closed:
                raise TextNLPError("The scorer is closed.", kind=ErrorKind.UNAVAILABLE)
            if not self._loaded:
                found = self._model_file
                model_file = found if isinstance(found, Path) else await found()
                self._loaded.append(await asyncio.to_thread(self._opened, model_file))

    def _opened(self, model_file: Path) -> _Loaded:
        port = LlamaPort(load_state_server(model_file, self._size))
        return _Loaded(port=port, matrix=OutputMatrix(model_file))

    async def _scored(self, texts: Sequence[str]) -> list[float]:
        async with self._turn:
            if not self._loaded:
                raise TextNLPError("The scorer is closed.", kind=ErrorKind.UNAVAILABLE)
            return await asyncio.to_thread(self._computed, self._loaded[0], texts)

    def _computed(self, loaded: _Loaded, texts: Sequence[str]) -> list[float]:
        tokens = [loaded.port.tokens(text)[: self._context_tokens] if text else [] for text in texts]
        measured = [place for place, each in enumerate(tokens) if len(each) >= _LEAST_TOKENS]
        found = [float("nan")] * len(texts)
        for part in _steps(measured, [len(each) for each in tokens]):
            for place, value in zip(part, _measure(loaded, [tokens[each] for each in part]), strict=True):
                found[place] = value
        return found


def _steps(places: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """Part texts so that the states of one part, which are numbers by the hundred a token, need not much memory."""
    steps: list[list[int]] = []
    room = 0
    for place in places:
        if lengths[place] > room:
            steps.append([])
            room = _STEP_TOKENS
        steps[-1].append(place)
        room -= lengths[place]
    return steps


def _measure(loaded: _Loaded, tokens: Sequence[list[int]]) -> list[float]:
    states = np.concatenate([each[:-1] for each in loaded.port.states(tokens)])
    following = np.concatenate([each[1:] for each in tokens])
    likelihoods = log_likelihoods(states, following, blocks=loaded.matrix.blocks())
    ends = np.cumsum([len(each) - 1 for each in tokens])
    return [perplexity(part) for part in np.split(likelihoods, ends[:-1])]
