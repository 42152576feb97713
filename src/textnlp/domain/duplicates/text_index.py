"""Duplicates among texts, however alike they have to be."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import BinaryIO, Literal, Protocol

import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.clusters import Clusters
from textnlp.domain.duplicates.exact_duplicate_index import ExactDuplicateIndex
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex
from textnlp.domain.duplicates.ranked_rows import Ranks
from textnlp.domain.duplicates.semantic_text_index import SemanticTextIndex
from textnlp.domain.errors import invalid_input

Embed = Callable[[Sequence[str]], npt.ArrayLike]
"""Returns a vector for each text, (texts, dimensions); it may take its time."""


class TextIndex(Protocol):
    """Takes in the texts of a corpus in batches, and tells what repeats what."""

    def prime(self, texts: pl.Series | Sequence[str | None], *, dataset: str) -> None:
        """Take in texts of an earlier dataset, whose rows are always kept; before any are added."""
        ...

    def add(self, texts: pl.Series | Sequence[str | None], *, ranks: Ranks | None = None) -> None:
        """Take in texts; of those that repeat each other the highest rank is kept, or the first."""
        ...

    def clusters(self) -> Clusters:
        """Return what repeats what among all that was taken in."""
        ...


def text_index(
    method: Literal["exact", "near", "semantic"] = "near",
    *,
    threshold: float,
    spill: BinaryIO | None = None,
    executor: Executor | None = None,
    embed: Embed | None = None,
) -> TextIndex:
    """Return an index of equal texts, of near-duplicates, or of texts that mean the same, for which it needs `embed`.

    Near-duplicates at a threshold of 1 are equal texts. See `NearDuplicateIndex` for `spill` and `executor`.
    """
    if method == "semantic":
        if embed is None:
            raise invalid_input("Semantic duplicates cannot be looked for from here.", field="duplicates.method")
        return SemanticTextIndex(embed, threshold=threshold)
    if method == "exact" or threshold == 1:
        return ExactDuplicateIndex()
    return NearDuplicateIndex(threshold=threshold, spill=spill, executor=executor)
