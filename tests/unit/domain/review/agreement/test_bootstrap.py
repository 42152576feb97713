import numpy as np

from tests.unit.domain.review.agreement.published import BEN, GERRY, PSYCHOLOGISTS, bounds, of_rows, of_table
from textnlp.domain.review.agreement.bootstrap import Estimate, estimate
from textnlp.domain.review.agreement.kappa import cohen_kappa, percent_agreement
from textnlp.domain.review.agreement.ratings import Level, Real


def mean_of(values: Real, weights: Real) -> float:
    return float(values @ weights / weights.sum())


def test_the_interval_of_a_mean_is_about_two_standard_errors_wide_on_each_side() -> None:
    values = np.random.Generator(np.random.PCG64(1)).normal(5.0, 2.0, size=400)
    found = estimate(lambda weights: mean_of(values, weights), np.arange(400), seed=7)
    low, value, high = bounds(found)
    error = values.std() / 20
    assert abs((high - low) / (2 * 1.96 * error) - 1) < 0.1
    assert low < value < high


def test_the_seed_decides_the_bounds_and_nothing_else() -> None:
    ratings = of_rows(BEN, GERRY, level=Level.NOMINAL)
    first, again, other = (estimate(cohen_kappa(ratings), ratings.items, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert first.value == other.value


def test_an_interval_gets_narrower_with_more_items() -> None:
    small, large = of_table(PSYCHOLOGISTS), of_table(tuple(tuple(9 * n for n in row) for row in PSYCHOLOGISTS))
    few, many = (estimate(cohen_kappa(each), each.items, seed=3, replicates=300) for each in (small, large))
    (few_low, _, few_high), (many_low, _, many_high) = bounds(few), bounds(many)
    assert 2 < (few_high - few_low) / (many_high - many_low) < 4


def test_units_of_one_item_are_drawn_together() -> None:
    values = np.repeat([0.0, 1.0], 50)
    apart = estimate(lambda weights: mean_of(values, weights), np.arange(100), seed=5)
    together = estimate(lambda weights: mean_of(values, weights), np.repeat([0, 1], 50), seed=5)
    assert (together.low, together.high) == (0.0, 1.0)
    assert bounds(apart)[0] > 0.3


def test_what_is_not_defined_has_no_value_and_one_item_no_bounds() -> None:
    same = of_rows("aa", "aa", level=Level.NOMINAL)
    assert estimate(cohen_kappa(same), same.items, seed=0) == Estimate(value=None)
    one = of_rows("a", "b", level=Level.NOMINAL)
    assert estimate(percent_agreement(one), one.items, seed=0) == Estimate(value=0.0)
