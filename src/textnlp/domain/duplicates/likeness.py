"""How similar rows are, by whatever they are compared with."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from textnlp.domain.duplicates.hashed_words import Ints
from textnlp.domain.duplicates.shingle_sets import Ratios, ShingleSets, jaccards, shared_matrix


class Likeness(Protocol):
    """Compares rows."""

    def pairs(self, rows: Ints, others: Ints) -> Ratios:
        """Return how similar `rows[i]` and `others[i]` are, 0 to 1."""
        ...

    def matrix(self, rows: Ints, others: Ints) -> Ratios:
        """Return how similar each of some rows is to each of others (rows, others), 0 to 1."""
        ...


@dataclass(frozen=True, slots=True)
class SetLikeness:
    """Jaccard similarity of sets of shingles.

    Comparing many rows with many by a product of matrices is a thousand times as fast as pair by pair where they differ
    in little.
    """

    sets: ShingleSets

    def pairs(self, rows: Ints, others: Ints) -> Ratios:
        """Return the similarity of pairs; 0 with a null."""
        return jaccards(self.sets, rows, self.sets, others)

    def matrix(self, rows: Ints, others: Ints) -> Ratios:
        """Return the similarity of each to each; 0 with a null."""
        shared = shared_matrix(self.sets, rows, others)
        either = self.sets.sizes_of(rows)[:, None] + self.sets.sizes_of(others) - shared
        return np.divide(shared, either, out=np.zeros(shared.shape), where=either > 0)


class Equality:
    """Similarity of rows that are only compared where they are known to be equal."""

    def pairs(self, rows: Ints, others: Ints) -> Ratios:  # noqa: ARG002  the protocol's
        """Return 1 for each pair."""
        return np.ones(len(rows))

    def matrix(self, rows: Ints, others: Ints) -> Ratios:
        """Return 1 for each row and each of the others."""
        return np.ones((len(rows), len(others)))
