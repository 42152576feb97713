"""Duplicates among texts, however alike they have to be."""

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import BinaryIO, Protocol

import polars as pl

from textnlp.domain.duplicates.clusters import Clusters
from textnlp.domain.duplicates.exact_duplicate_index import ExactDuplicateIndex
from textnlp.domain.duplicates.near_duplicate_index import NearDuplicateIndex
from textnlp.domain.duplicates.ranked_rows import Ranks


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


def text_index(*, threshold: float, spill: BinaryIO | None = None, executor: Executor | None = None) -> TextIndex:
    """Return an index of near-duplicates, or one of equal texts for a threshold of 1; see `NearDuplicateIndex`."""
    return (
        ExactDuplicateIndex()
        if threshold == 1
        else NearDuplicateIndex(threshold=threshold, spill=spill, executor=executor)
    )
