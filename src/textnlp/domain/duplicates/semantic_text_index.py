"""Texts of a corpus that mean the same."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from textnlp.domain.duplicates.clusters import Clusters
from textnlp.domain.duplicates.hashed_words import as_series
from textnlp.domain.duplicates.ranked_rows import Ranks
from textnlp.domain.duplicates.semantic_duplicate_index import SemanticDuplicateIndex, Vectors


class SemanticTextIndex:
    """A `SemanticDuplicateIndex` that is told of texts, which `embed` turns into vectors (texts, dimensions)."""

    def __init__(self, embed: Callable[[Sequence[str]], npt.ArrayLike], *, threshold: float) -> None:
        self._embed = embed
        self._index = SemanticDuplicateIndex(threshold=threshold)

    def prime(self, texts: pl.Series | Sequence[str | None], *, dataset: str) -> None:
        """Take in texts of an earlier dataset, whose rows are always kept; before any are added."""
        self._index.prime(self._vectors(texts), dataset=dataset)

    def add(self, texts: pl.Series | Sequence[str | None], *, ranks: Ranks | None = None) -> None:
        """Take in texts; a null repeats nothing. The highest rank is kept, or the first."""
        self._index.add(self._vectors(texts), ranks=ranks)

    def clusters(self) -> Clusters:
        """Return what repeats what among all that was taken in."""
        return self._index.clusters()

    def _vectors(self, texts: pl.Series | Sequence[str | None]) -> Vectors:
        series = as_series(texts)
        there = series.is_not_null().to_numpy()
        known: list[str] = series.drop_nulls().to_list()
        found = np.asarray(self._embed(known), np.float32) if known else np.zeros((0, 0), np.float32)
        vectors = np.zeros((len(series), found.shape[1]), np.float32)
        vectors[there] = found
        return vectors
