"""The scores of a panel of judges as one, and how far the judges agree on it."""

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any


class Combination(StrEnum):
    """How the scores of a panel become one."""

    MEDIAN = "median"
    MEAN = "mean"
    MAJORITY = "majority"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAgreement:
    """How far the scores of one thing lie apart.

    Attributes:
        equal: share of the pairs of judges that gave the same; None where fewer than two answered.
        spread: the highest score less the lowest.
    """

    equal: float | None
    spread: float


def combine_scores(scores: Sequence[float], how: Combination) -> float:
    """Return one score for those of a panel, whatever their order; there must be one.

    The median of an even number lies between the two in the middle. The majority is the score that most judges gave;
    of scores that come equally often it is the median, the lower one where two are in the middle.

    Medians and means of panels come near people's verdicts with small judges (Verga et al. 2024, "Replacing Judges
    with Juries", arXiv 2404.18796).
    """
    match how:
        case Combination.MEDIAN:
            return float(statistics.median(scores))
        case Combination.MEAN:
            return statistics.fmean(scores)
        case Combination.MAJORITY:
            return float(statistics.median_low(most_frequent(scores)))


def score_agreement(scores: Sequence[float]) -> ScoreAgreement:
    """Return how far scores lie apart; there must be one."""
    return ScoreAgreement(equal=equal_share(scores), spread=max(scores) - min(scores))


def equal_share(values: Sequence[Any]) -> float | None:
    """Return the share of pairs that are equal; None where there is no pair."""
    pairs = list(combinations(values, 2))
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None


def most_frequent(values: Sequence[Any]) -> list[Any]:
    """Return the values that come most often, in the order in which they come first; none for none."""
    counts = Counter(values)
    most = max(counts.values(), default=0)
    return [value for value, count in counts.items() if count == most]
