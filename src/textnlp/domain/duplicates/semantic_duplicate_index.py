"""Texts of a corpus that mean the same."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textnlp.domain.duplicates.clusters import Clusters, clusters_of
from textnlp.domain.duplicates.components import Components
from textnlp.domain.duplicates.hashed_words import Ints
from textnlp.domain.duplicates.ranked_rows import RankedRows, Ranks
from textnlp.domain.duplicates.shingle_sets import Ratios
from textnlp.domain.errors import invalid_input

Vectors = npt.NDArray[np.float32]

_BLOCK = 2_048
_ROUNDING = 1e-6


class SemanticDuplicateIndex:
    """The embeddings of texts, and which of them point the same way.

    Two rows are duplicates where the cosine of their vectors reaches the threshold; what is kept of them,
    `Clusters` tells. Every pair is compared, in blocks and single precision, so that time grows with the
    square of the rows: 100,000 of 384 dimensions take minutes. A vector takes four bytes for each dimension. A vector
    of zeros, with a value that is not finite, or without dimensions, stands for a text without an embedding and repeats
    nothing.

    Raises `INVALID_INPUT` for a threshold that does not lie above 0 and up to 1, and for vectors of another length.
    """

    def __init__(self, *, threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise invalid_input(f"The threshold is {threshold:g}, and lies above 0 and up to 1.", field="threshold")
        self._least = np.float32(threshold - _ROUNDING)
        self._rows = RankedRows()
        self._dimensions = 0
        self._vectors: list[Vectors] = [np.zeros((0, 0), np.float32)]

    def __len__(self) -> int:
        return len(self._rows)

    def prime(self, vectors: npt.ArrayLike, *, dataset: str) -> None:
        """Take in vectors (rows, dimensions) of an earlier dataset, which are always kept; before any are added."""
        found = self._normalised(vectors)
        self._rows.prime(len(found), dataset=dataset)
        self._vectors.append(found)

    def add(self, vectors: npt.ArrayLike, *, ranks: Ranks | None = None) -> None:
        """Take in vectors (rows, dimensions); of those that are alike the highest rank is kept, or the first."""
        found = self._normalised(vectors)
        self._rows.add(len(found), ranks)
        self._vectors.append(found)

    def clusters(self) -> Clusters:
        """Return what repeats what among all that was taken in; similarities are cosines, and 0 where negative."""
        vectors = np.concatenate([part if part.shape[1] else self._zeros(len(part)) for part in self._vectors])
        self._vectors = [vectors]
        components = Components(len(vectors))
        before = sum(rows for _, rows in self._rows.earlier)
        for first in range(0, len(vectors), _BLOCK):
            for second in range(first, len(vectors), _BLOCK):
                if second + _BLOCK > before:
                    self._join(components, vectors, (first, second), before)
        return clusters_of(
            components.all_roots(),
            ranks=self._rows.ranks(),
            earlier=self._rows.earlier,
            likeness=_Cosines(vectors),
            threshold=float(self._least),
        )

    def _join(self, components: Components, vectors: Vectors, begins: tuple[int, int], before: int) -> None:
        first, second = begins
        others = vectors[second : second + _BLOCK]
        reaches = vectors[first : first + _BLOCK] @ others.T >= self._least
        places = np.flatnonzero(reaches)
        rows, columns = first + places // len(others), second + places % len(others)
        wanted = (rows < columns) & (columns >= before)
        components.join(rows[wanted], columns[wanted])

    def _zeros(self, count: int) -> Vectors:
        return np.zeros((count, max(self._dimensions, 1)), np.float32)

    def _normalised(self, vectors: npt.ArrayLike) -> Vectors:
        found = np.atleast_2d(np.asarray(vectors, np.float32))
        dimensions = found.shape[1]
        if not dimensions:
            return found
        if self._dimensions not in {0, dimensions}:
            raise invalid_input(f"The vectors have {dimensions} dimensions, and those before {self._dimensions}.")
        self._dimensions = dimensions
        found = np.where(np.isfinite(found).all(axis=1, keepdims=True), found, np.float32(0))
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0)


@dataclass(frozen=True, slots=True)
class _Cosines:
    vectors: Vectors

    def pairs(self, rows: Ints, others: Ints) -> Ratios:
        found = np.zeros(len(rows))
        for first in range(0, len(rows), _BLOCK):
            block = slice(first, first + _BLOCK)
            found[block] = np.einsum("ij,ij->i", self.vectors[rows[block]], self.vectors[others[block]])
        return np.clip(found, 0, 1)

    def matrix(self, rows: Ints, others: Ints) -> Ratios:
        return np.clip(self.vectors[rows] @ self.vectors[others].T, 0, 1).astype(np.float64)
