"""Agreement of all who rated: every statistic that can be had, with its interval."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textnlp.domain.review.agreement.alpha import krippendorff_alpha
from textnlp.domain.review.agreement.bootstrap import REPLICATES, Estimate, estimate
from textnlp.domain.review.agreement.kappa import cohen_kappa, fleiss_kappa, percent_agreement, quadratic_weights
from textnlp.domain.review.agreement.ratings import Level, Ratings

MAX_PAIRS = 100
"""Pairs of raters that are told at most, those with most units in common first."""

_PAIR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """How two raters agree.

    Attributes:
        units: units that both rated.
        percent: share of them on which they say the same.
        kappa: Cohen's; None where it is not defined.
        weighted_kappa: Cohen's with squared disagreements, for ordered values only.
    """

    first: str
    second: str
    units: int
    percent: float
    kappa: float | None
    weighted_kappa: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How all raters agree.

    Attributes:
        level: of measurement, which alpha is for.
        units: units with two ratings or more, from which everything follows.
        raters: how many raters there are.
        percent: share of pairs of raters that agree.
        alpha: Krippendorff's.
        fleiss: Fleiss' kappa, where all these units have as many ratings.
        cohen: Cohen's kappa, where there are two raters.
    """

    level: Level
    units: int
    raters: int
    percent: Estimate
    alpha: Estimate
    fleiss: Estimate | None = None
    cohen: Estimate | None = None
    pairs: Sequence[PairAgreement] = ()


def measure_agreement(ratings: Ratings, *, seed: int = 0, replicates: int = REPLICATES) -> Agreement:
    """Measure how raters agree; the intervals follow from `seed`."""
    paired = ratings.paired()
    statistics = {"percent": percent_agreement(paired), "alpha": krippendorff_alpha(paired)}
    if np.unique(paired.sizes).size == 1:
        statistics["fleiss"] = fleiss_kappa(paired)
    if len(ratings.raters) == _PAIR:
        statistics["cohen"] = cohen_kappa(paired)
    found = {
        name: estimate(statistic, paired.items, seed=seed, replicates=replicates)
        for name, statistic in statistics.items()
    }
    return Agreement(
        level=ratings.level,
        units=len(paired.codes),
        raters=len(ratings.raters),
        percent=found["percent"],
        alpha=found["alpha"],
        fleiss=found.get("fleiss"),
        cohen=found.get("cohen"),
        pairs=_pairs(paired),
    )


def _pairs(ratings: Ratings) -> list[PairAgreement]:
    given = ratings.is_given.astype(np.int64)
    common = given.T @ given
    pairs = [(int(common[a, b]), a, b) for a, b in itertools.combinations(range(len(ratings.raters)), 2)]
    chosen = sorted((pair for pair in pairs if pair[0]), key=_most_units_first)[:MAX_PAIRS]
    return [_pair(ratings, ratings.raters[a], ratings.raters[b]) for _, a, b in chosen]


def _most_units_first(pair: tuple[int, int, int]) -> tuple[int, int, int]:
    return -pair[0], pair[1], pair[2]


def _pair(ratings: Ratings, first: str, second: str) -> PairAgreement:
    both = ratings.between(first, second)
    ones = np.ones(len(both.codes))
    weighted = None
    if ratings.level is not Level.NOMINAL:
        weighted = cohen_kappa(both, disagreement=quadratic_weights(both.values.size))(ones)
    return PairAgreement(
        first=first,
        second=second,
        units=len(ones),
        percent=percent_agreement(both)(ones),
        kappa=_defined(cohen_kappa(both)(ones)),
        weighted_kappa=_defined(weighted),
    )


def _defined(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else value
