"""How many different words and runs of words texts are made of."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from textnlp.domain.diversity.distinct_count import DistinctCount
from textnlp.domain.matching.word_table import WordTable

LENGTHS = (1, 2, 3)
_GROWTH = 1.25
_LEAST_POINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctGrams:
    """Runs of `length` words: all of them, and how many different ones there are."""

    length: int
    total: int
    distinct: int

    @property
    def share(self) -> float:
        """Different ones by all: distinct-n of Li et al. ("A Diversity-Promoting Objective …", 2016); 0 of none.

        The more text there is, the smaller it gets, so that only figures of about equally many words compare.
        """
        return self.distinct / self.total if self.total else 0.0


class Vocabulary:
    """Words and runs of words of any number of texts, counted in bounded memory (see `DistinctCount`)."""

    def __init__(self) -> None:
        self._totals = dict.fromkeys(LENGTHS, 0)
        self._distinct = {length: DistinctCount() for length in LENGTHS}
        self._growth: list[tuple[int, int]] = []

    def add(self, texts: pl.Series) -> None:
        """Count texts in; a null has no words."""
        words = WordTable.of(texts)
        for length in LENGTHS:
            _, hashes = words.grams(length)
            self._totals[length] += len(hashes)
            self._distinct[length].add(hashes)
        total = self._totals[1]
        if total and (not self._growth or total >= self._growth[-1][0] * _GROWTH):
            self._growth.append((total, self._distinct[1].count))

    @property
    def words(self) -> int:
        """All words."""
        return self._totals[1]

    def grams(self) -> tuple[DistinctGrams, ...]:
        """Return what there is of runs of one, two and three words."""
        return tuple(
            DistinctGrams(length=length, total=self._totals[length], distinct=self._distinct[length].count)
            for length in LENGTHS
        )

    def growth(self) -> tuple[tuple[int, int], ...]:
        """Return how the vocabulary grew, as (words, different words), each point a quarter further on at least."""
        last = (self._totals[1], self._distinct[1].count)
        is_behind = bool(last[0]) and (not self._growth or self._growth[-1][0] < last[0])
        return (*self._growth, last) if is_behind else tuple(self._growth)


def heaps_exponent(growth: Sequence[tuple[int, int]]) -> float | None:
    """Return how fast a vocabulary grows: b of `different = a * words ** b` (Heaps 1978), by least squares on logs.

    Natural texts have about 0.4 to 0.6 over large collections; 1 means that every word is another. None for fewer than
    three points.
    """
    points = [(math.log(words), math.log(distinct)) for words, distinct in growth if words and distinct]
    if len(points) < _LEAST_POINTS:
        return None
    x_mean = math.fsum(x for x, _ in points) / len(points)
    y_mean = math.fsum(y for _, y in points) / len(points)
    spread = math.fsum((x - x_mean) ** 2 for x, _ in points)
    return math.fsum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else None
