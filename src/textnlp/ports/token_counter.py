"""How long texts are for a language model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

TokenCounts = npt.NDArray[np.int64]


class TokenCounter(Protocol):
    """Counts the tokens of texts, and never blocks the event loop while it does."""

    @property
    def name(self) -> str:
        """The model whose tokens are counted."""
        ...

    async def token_counts(self, texts: Sequence[str]) -> TokenCounts:
        """Return how many tokens each text is, without those that a model wants around it.

        Marks of control count as the plain text that they are. Raises `UNAVAILABLE`, and `INVALID_INPUT` for a text
        that is no valid Unicode.
        """
        ...

    async def aclose(self) -> None:
        """Free what counting needs; closing twice is harmless."""
        ...
