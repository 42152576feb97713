"""Krippendorff's alpha: agreement of any number of raters, with missing ratings, by level of measurement.

After Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): one less the observed by the expected
disagreement, where pairs of ratings of a unit count by one over its other ratings.
"""

import numpy as np

from textnlp.domain.review.agreement.bootstrap import WeightedStatistic
from textnlp.domain.review.agreement.kappa import agreeing_pairs
from textnlp.domain.review.agreement.ratings import Level, Ratings, Real

_PAIR = 2


def krippendorff_alpha(ratings: Ratings) -> WeightedStatistic:
    """Return alpha at the level of the ratings; units with one rating or none are left out, as the definition has it.

    1 is perfect agreement and 0 what chance gives; it is nan where no two ratings differ, and where there are no pairs.
    """
    paired = ratings.sizes >= _PAIR
    kept = ratings.paired()
    inner = _nominal(kept) if ratings.level is Level.NOMINAL else _numeric(kept)

    def statistic(weights: Real) -> float:
        return inner(weights[paired])

    return statistic


def _nominal(ratings: Ratings) -> WeightedStatistic:
    sizes = ratings.sizes.astype(np.float64)
    disagreeing = (sizes * (sizes - 1) - agreeing_pairs(ratings)) / (sizes - 1)
    totals = _Totals(ratings)

    def statistic(weights: Real) -> float:
        counts = totals.of(weights)
        ratings_in_all = float(counts.sum())
        expected = ratings_in_all**2 - float((counts**2).sum())
        return _alpha(float(weights @ disagreeing), expected, ratings_in_all)

    return statistic


def _numeric(ratings: Ratings) -> WeightedStatistic:
    sizes = ratings.sizes.astype(np.float64)
    is_given = ratings.is_given
    safe_codes = np.where(is_given, ratings.codes, 0)
    totals = _Totals(ratings)

    def statistic(weights: Real) -> float:
        counts = totals.of(weights)
        ratings_in_all = float(counts.sum())
        # Ordinal differences are those of mid-ranks, which depend on how often each category comes.
        scale = ratings.values if ratings.level is Level.INTERVAL else np.cumsum(counts) - counts / 2
        center = float(counts @ scale) / max(ratings_in_all, 1.0)
        scale = scale - center
        placed = np.where(is_given, scale[safe_codes], 0.0)
        # Twice (n times the sum of squares less the square of the sum) is the sum over all ordered pairs.
        observed = 2 * (sizes * (placed**2).sum(axis=1) - placed.sum(axis=1) ** 2) / (sizes - 1)
        expected = 2 * (ratings_in_all * float(counts @ scale**2) - float(counts @ scale) ** 2)
        return _alpha(float(weights @ observed), expected, ratings_in_all)

    return statistic


class _Totals:
    """Counts ratings by category, each as often as its unit counts."""

    def __init__(self, ratings: Ratings) -> None:
        self._units, columns = np.nonzero(ratings.is_given)
        self._codes = ratings.codes[self._units, columns]
        self._categories = ratings.values.size

    def of(self, weights: Real) -> Real:
        counts = np.bincount(self._codes, weights=weights[self._units], minlength=self._categories)
        return counts.astype(np.float64, copy=False)


def _alpha(observed: float, expected: float, ratings_in_all: float) -> float:
    if ratings_in_all < _PAIR or expected <= 0:
        return float("nan")
    return 1.0 - observed * (ratings_in_all - 1) / expected
