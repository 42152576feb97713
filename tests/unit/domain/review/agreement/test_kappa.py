import math

import numpy as np
import pytest

from tests.unit.domain.review.agreement.published import DIAGNOSES, PSYCHOLOGISTS, of_counts, of_rows, of_table, plain
from textnlp.domain.errors import TextNLPError
from textnlp.domain.review.agreement.kappa import (
    category_totals,
    cohen_kappa,
    fleiss_kappa,
    linear_weights,
    percent_agreement,
    quadratic_weights,
)
from textnlp.domain.review.agreement.ratings import Level, ratings_of


def test_cohens_kappa_is_what_cohen_publishes() -> None:
    ratings = of_table(PSYCHOLOGISTS)
    assert plain(percent_agreement(ratings), ratings) == pytest.approx(0.70)
    assert plain(cohen_kappa(ratings), ratings) == pytest.approx(0.492, abs=0.0005)


def test_weighted_kappa_is_what_cohen_publishes() -> None:
    ratings = of_table(PSYCHOLOGISTS)
    disagreement = np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]], dtype=np.float64)
    assert plain(cohen_kappa(ratings, disagreement=disagreement), ratings) == pytest.approx(0.348, abs=0.0005)


def test_fleiss_kappa_is_what_fleiss_publishes() -> None:
    ratings = of_counts(DIAGNOSES)
    totals = category_totals(ratings, np.ones(30))
    assert list(totals) == [26, 26, 30, 55, 43]
    assert plain(percent_agreement(ratings), ratings) == pytest.approx(0.555, abs=0.001)
    assert plain(fleiss_kappa(ratings), ratings) == pytest.approx(0.430, abs=0.0005)


def test_weights_of_two_categories_change_nothing() -> None:
    ratings = of_table(((20, 5), (10, 15)))
    plainly = plain(cohen_kappa(ratings), ratings)
    assert plainly == pytest.approx(0.4)
    for weights in (linear_weights(2), quadratic_weights(2)):
        assert plain(cohen_kappa(ratings, disagreement=weights), ratings) == pytest.approx(plainly)


def test_near_misses_weigh_less_than_far_ones() -> None:
    near, far = of_rows("123123", "123122", level=Level.ORDINAL), of_rows("123123", "123121", level=Level.ORDINAL)
    weights = quadratic_weights(3)
    assert plain(cohen_kappa(near, disagreement=weights), near) > plain(cohen_kappa(far, disagreement=weights), far)


def test_kappa_is_not_defined_where_both_say_one_thing_only() -> None:
    ratings = of_rows("aaaa", "aaaa", level=Level.NOMINAL)
    assert plain(percent_agreement(ratings), ratings) == 1.0
    assert math.isnan(plain(cohen_kappa(ratings), ratings))
    assert math.isnan(plain(fleiss_kappa(ratings), ratings))


def test_numbers_of_raters_that_a_kappa_is_not_for_are_refused() -> None:
    three = of_rows("ab", "ab", "b.", level=Level.NOMINAL)
    with pytest.raises(TextNLPError, match="two raters"):
        cohen_kappa(three)
    with pytest.raises(TextNLPError, match="same number"):
        fleiss_kappa(three)
    with pytest.raises(TextNLPError, match="same number"):
        fleiss_kappa(ratings_of([], level=Level.NOMINAL))
