import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.review.agreement.published import BEN, FOUR_OBSERVERS, GERRY, MEG, OWEN, of_rows, plain
from textnlp.domain.review.agreement.alpha import krippendorff_alpha
from textnlp.domain.review.agreement.ratings import Level, Ratings, ratings_of


def alpha_of(*rows: str, level: Level) -> float:
    ratings = of_rows(*rows, level=level)
    return plain(krippendorff_alpha(ratings), ratings)


def by_definition(ratings: Ratings) -> float:
    """Work alpha out from pairs of ratings one by one."""
    codes = [[int(code) for code in row if code >= 0] for row in ratings.codes]
    codes = [row for row in codes if len(row) > 1]
    everything = [code for row in codes for code in row]
    counts = [everything.count(code) for code in range(ratings.values.size)]

    def difference(a: int, b: int) -> float:
        low, high = sorted((a, b))
        if ratings.level is Level.NOMINAL:
            return float(a != b)
        if ratings.level is Level.INTERVAL:
            return float(ratings.values[a] - ratings.values[b]) ** 2
        return (sum(counts[low : high + 1]) - (counts[low] + counts[high]) / 2) ** 2

    observed = sum(difference(a, b) / (len(row) - 1) for row in codes for a in row for b in row)
    expected = sum(difference(a, b) for a in everything for b in everything)
    return 1 - (len(everything) - 1) * observed / expected if expected else math.nan


@pytest.mark.parametrize(
    ("rows", "level", "published"),
    [
        ((MEG, OWEN), Level.NOMINAL, 0.095),
        ((BEN, GERRY), Level.NOMINAL, 0.692),
        (FOUR_OBSERVERS, Level.NOMINAL, 0.743),
        (FOUR_OBSERVERS, Level.ORDINAL, 0.815),
        (FOUR_OBSERVERS, Level.INTERVAL, 0.849),
    ],
)
def test_it_is_what_krippendorff_publishes(rows: tuple[str, ...], level: Level, published: float) -> None:
    assert alpha_of(*rows, level=level) == pytest.approx(published, abs=0.0005)


@given(
    st.lists(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 5)), min_size=1, max_size=12),
    st.sampled_from(list(Level)),
)
def test_it_is_what_the_definition_says_of_pairs(units: list[dict[str, int]], level: Level) -> None:
    ratings = ratings_of(units, level=level)
    found = plain(krippendorff_alpha(ratings), ratings)
    assert found == pytest.approx(by_definition(ratings), nan_ok=True, abs=1e-9)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 4)), min_size=1, max_size=8),
    st.sampled_from(list(Level)),
    st.data(),
)
def test_a_weight_is_a_repetition(units: list[dict[str, int]], level: Level, data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(units), max_size=len(units)))
    ratings = ratings_of(units, level=level, order=range(1, 5))
    repeated = [unit for unit, weight in zip(units, weights, strict=True) for _ in range(weight)]
    other = ratings_of(repeated, level=level, order=range(1, 5))
    weighted = krippendorff_alpha(ratings)(np.array(weights, dtype=np.float64))
    assert weighted == pytest.approx(plain(krippendorff_alpha(other), other), nan_ok=True, abs=1e-9)


def test_it_is_not_defined_where_nothing_varies_or_nobody_compares() -> None:
    assert math.isnan(alpha_of("111", "111", level=Level.ORDINAL))
    assert math.isnan(alpha_of("12.", "..3", level=Level.NOMINAL))
