"""How sure a statistic is: intervals by drawing the items again and again (Efron, 1979)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from textnlp.domain.review.agreement.ratings import Real, Whole

WeightedStatistic = Callable[[Real], float]
"""A statistic for a weight a unit: how often the unit counts. It is nan where it is not defined."""

REPLICATES = 1_000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A statistic with its interval.

    Attributes:
        value: what the data say; None where the statistic is not defined, as where nothing varies.
        low, high: the bounds between which it lies with a confidence of 95%; None where that cannot be told.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


def estimate(statistic: WeightedStatistic, items: Whole, *, seed: int, replicates: int = REPLICATES) -> Estimate:
    """Return a statistic of units with its percentile interval; the same seed gives the same bounds.

    `items` tells the item of each unit. As many items as there are, are drawn with replacement in each of
    `replicates`; those in which the statistic is not defined are left out. With fewer than two items, and where more
    than half of the replicates are left out, there are no bounds.
    """
    value = statistic(np.ones(len(items)))
    known, places = np.unique(items, return_inverse=True)
    if math.isnan(value):
        return Estimate(value=None)
    if known.size < 2:  # noqa: PLR2004  one item drawn again is itself
        return Estimate(value=value)
    generator = np.random.Generator(np.random.PCG64(seed))
    drawn = np.empty(replicates)
    for number in range(replicates):
        chosen = generator.integers(known.size, size=known.size)
        weights = np.bincount(chosen, minlength=known.size).astype(np.float64)
        drawn[number] = statistic(weights[places])
    defined = drawn[~np.isnan(drawn)]
    if 2 * defined.size < replicates:
        return Estimate(value=value)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Estimate(value=value, low=float(low), high=float(high))
