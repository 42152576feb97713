import numpy as np
import pytest

from textnlp.domain.diversity.embedding_spread import embedding_spread
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_vectors_with_nothing_in_common_count_each() -> None:
    spread = embedding_spread(np.eye(5, 9))
    assert spread is not None
    assert (spread.vectors, spread.mean_distance) == (5, pytest.approx(1.0))
    assert spread.effective == pytest.approx(5.0)


def test_vectors_of_one_direction_count_as_one() -> None:
    spread = embedding_spread(np.outer([1.0, 2.0, 0.5, 7.0], [3.0, 4.0]))
    assert spread is not None
    assert spread.mean_distance == pytest.approx(0.0)
    assert spread.effective == pytest.approx(1.0)


def test_distance_and_effective_number_are_those_of_all_pairs() -> None:
    matrix = np.random.Generator(np.random.PCG64(1)).normal(size=(40, 6))
    unit = matrix / np.linalg.norm(matrix, axis=1)[:, None]
    cosines = unit @ unit.T
    eigenvalues = np.linalg.eigvalsh(cosines / 40).clip(1e-15)
    spread = embedding_spread(matrix)
    assert spread is not None
    assert spread.mean_distance == pytest.approx(1 - cosines[~np.eye(40, dtype=bool)].mean())
    assert spread.effective == pytest.approx(np.exp(-(eigenvalues * np.log(eigenvalues)).sum()))


def test_vectors_without_a_direction_are_left_out() -> None:
    assert embedding_spread(np.array([[0.0, 0.0], [1.0, 0.0], [np.nan, 1.0]])) is None
    with pytest.raises(TextNLPError) as caught:
        embedding_spread(np.zeros(3))
    assert caught.value.kind is ErrorKind.INVALID_INPUT
