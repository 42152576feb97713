import math

import numpy as np
import pytest

from textnlp.domain.texts.perplexity import log_likelihoods, perplexity


def test_perplexity_is_the_number_of_equally_likely_words() -> None:
    assert perplexity([math.log(1 / 8)] * 5) == pytest.approx(8)
    assert perplexity([math.log(1 / 2), math.log(1 / 8)]) == pytest.approx(4)
    assert math.isnan(perplexity([]))
    assert perplexity([-1e9]) == math.inf


def test_likelihoods_are_those_of_a_softmax_however_the_matrix_is_cut() -> None:
    generator = np.random.default_rng(5)
    states = generator.normal(size=(7, 12)).astype(np.float32) * 3
    matrix = generator.normal(size=(50, 12)).astype(np.float32) * 3
    tokens = generator.integers(0, 50, 7)
    logits = states.astype(np.float64) @ matrix.T.astype(np.float64)
    expected = [logits[place, token] - np.log(np.exp(logits[place]).sum()) for place, token in enumerate(tokens)]
    for size in (1, 16, 50):
        blocks = [(first, matrix[first : first + size]) for first in range(0, 50, size)]
        assert log_likelihoods(states, tokens, blocks=blocks) == pytest.approx(expected, abs=1e-3)


def test_logits_whose_exponential_is_no_number_do_no_harm() -> None:
    states = np.full((1, 1), 1_000, dtype=np.float32)
    blocks = [(0, np.array([[1], [2]], dtype=np.float32)), (2, np.array([[2]], dtype=np.float32))]
    assert log_likelihoods(states, np.array([1]), blocks=blocks) == pytest.approx([math.log(0.5)])
