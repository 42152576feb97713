"""How far apart texts lie in the space of their embeddings."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from textnlp.domain.errors import invalid_input


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSpread:
    """How embeddings are spread.

    Attributes:
        vectors: how many there are, those without a direction left out.
        mean_distance: mean cosine distance of two different ones, 0 to 2.
        effective: how many vectors that have nothing in common would be as diverse: the Vendi score of Friedman and
            Dieng ("The Vendi Score", 2023) with cosine similarity; 1 where all are alike, `vectors` where none are.
    """

    vectors: int
    mean_distance: float
    effective: float


def embedding_spread(matrix: npt.NDArray[np.floating]) -> EmbeddingSpread | None:
    """Return the spread of the rows of an (N, d) matrix; None for fewer than two vectors with a direction.

    Takes O(N d^2) time and O(d^2) memory beside the matrix. Raises `INVALID_INPUT` for what is no matrix.
    """
    if matrix.ndim != 2:  # noqa: PLR2004  rows and columns
        raise invalid_input("Embeddings are a matrix, a row a text.", field="embeddings")
    norms = np.linalg.norm(matrix, axis=1)
    has_direction = np.isfinite(norms) & (norms > 0)
    unit = matrix[has_direction].astype(np.float64) / norms[has_direction][:, None]
    count = len(unit)
    if count < 2:  # noqa: PLR2004  one vector has no distance
        return None
    total = unit.sum(axis=0)
    mean_cosine = (float(total @ total) - count) / (count * (count - 1))
    # The products of rows and of columns have the same eigenvalues but zeros; the smaller matrix is taken.
    gram = unit @ unit.T if count < unit.shape[1] else unit.T @ unit
    eigenvalues = np.linalg.eigvalsh(gram / count)
    positive = eigenvalues[eigenvalues > 1e-12]  # noqa: PLR2004  what is left of zero by rounding
    entropy = -float((positive * np.log(positive)).sum())
    return EmbeddingSpread(vectors=count, mean_distance=1 - mean_cosine, effective=float(np.exp(entropy)))
