"""A scorer without a model: for tests, and for dry runs that must cost nothing."""

import math
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from textnlp.domain.errors import ErrorKind, TextNLPError, invalid_input
from textnlp.domain.texts.perplexity import perplexity
from textnlp.ports.text_scorer import Perplexities
from textnlp.ports.token_counter import TokenCounts

_SEEN = math.log(0.9)
_LEAST_SURPRISE, _MOST_SURPRISE = 3.0, 8.0


class ScriptedScorer:
    """Satisfies the `TextScorer` and `TokenCounter` ports: a token is a word.

    A word that came before in its text is likely, others are not; how unlikely follows from its letters, so that a
    text gets the same perplexity in every process.
    """

    def __init__(self, *, name: str = "scripted") -> None:
        self._name = name
        self._is_closed = False

    @property
    def name(self) -> str:
        """The model's name."""
        return self._name

    @property
    def context_tokens(self) -> int | None:
        """Texts are read whole."""
        return None

    async def perplexities(self, texts: Sequence[str]) -> Perplexities:
        """Return the perplexity of each text."""
        if self._is_closed:
            raise TextNLPError("The scorer is closed.", kind=ErrorKind.UNAVAILABLE)
        try:
            return np.array([perplexity(_likelihoods(text.lower().split())) for text in texts], dtype=np.float64)
        except UnicodeEncodeError as exc:
            raise invalid_input("A text holds half of a surrogate pair, which is no valid Unicode.") from exc

    async def token_counts(self, texts: Sequence[str]) -> TokenCounts:
        """Return how many words each text has."""
        if self._is_closed:
            raise TextNLPError("The scorer is closed.", kind=ErrorKind.UNAVAILABLE)
        return np.array([len(text.split()) for text in texts], dtype=np.int64)

    async def aclose(self) -> None:
        """Answer no further call."""
        self._is_closed = True


def _likelihoods(words: list[str]) -> list[float]:
    seen: set[str] = set()
    found: list[float] = []
    for word in words:
        found.append(_SEEN if word in seen else -_surprise(word))
        seen.add(word)
    return found[1:]


def _surprise(word: str) -> float:
    share = int.from_bytes(blake2b(word.encode(), digest_size=4).digest(), "big") / 2**32
    return _LEAST_SURPRISE + share * (_MOST_SURPRISE - _LEAST_SURPRISE)
