"""A language model that says how likely texts are."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Perplexities = npt.NDArray[np.float64]


class TextScorer(Protocol):
    """Measures how much texts surprise a language model, and never blocks the event loop while it does.

    A text is read as it is, as the model's tokens and without a conversation around it; what is longer than
    `context_tokens` is judged by its beginning. The same text gets the same perplexity but for the last digits,
    whatever is asked together with it. A scorer makes one attempt a call.
    """

    @property
    def name(self) -> str:
        """The model that is asked, for messages; holds no secret."""
        ...

    @property
    def context_tokens(self) -> int | None:
        """How many tokens of a text are read; None where the model's server decides."""
        ...

    async def perplexities(self, texts: Sequence[str]) -> Perplexities:
        """Return the perplexity of each text: e to the mean negative log-likelihood of its tokens but the first.

        It is 1 at least, and nan where a text has fewer than two tokens. Raises what a `TextEngine` does, and
        `INVALID_INPUT` for a model whose likelihoods cannot be had.
        """
        ...

    async def aclose(self) -> None:
        """Free connections, threads and memory; closing twice is harmless."""
        ...
