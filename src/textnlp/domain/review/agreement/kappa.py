"""Agreement beyond chance of two raters (Cohen, 1960 and 1968) and of a fixed number of them (Fleiss, 1971)."""

import numpy as np

from textnlp.domain.errors import invalid_input
from textnlp.domain.review.agreement.bootstrap import WeightedStatistic
from textnlp.domain.review.agreement.ratings import MISSING, Ratings, Real, Truth

_PAIR = 2


def linear_weights(categories: int) -> Real:
    """Return the disagreement of each category with each: how many steps lie between them."""
    places = np.arange(categories, dtype=np.float64)
    return np.abs(places[:, None] - places[None, :])


def quadratic_weights(categories: int) -> Real:
    """Return the disagreement of each category with each: the square of the steps between them."""
    return linear_weights(categories) ** 2


def percent_agreement(ratings: Ratings) -> WeightedStatistic:
    """Return the share of pairs of raters that agree, averaged over the units with two ratings or more.

    It takes no account of chance; for two raters it is how often they say the same.
    """
    shares, is_paired = _pair_shares(ratings)

    def statistic(weights: Real) -> float:
        return _ratio(float(weights[is_paired] @ shares[is_paired]), float(weights[is_paired].sum()))

    return statistic


def cohen_kappa(ratings: Ratings, *, disagreement: Real | None = None) -> WeightedStatistic:
    """Return Cohen's kappa of two raters, from the units that both rated; nan where chance alone agrees wholly.

    `disagreement` is how much it counts that one says the row's and the other the column's category, 0 on the
    diagonal; without it all disagreements count alike. Raises `INVALID_INPUT` for other than two raters.
    """
    if ratings.codes.shape[1] != _PAIR:
        raise invalid_input("Cohen's kappa compares two raters; use Fleiss' kappa or Krippendorff's alpha.")
    categories = ratings.values.size
    matrix = 1.0 - np.eye(categories) if disagreement is None else disagreement
    both = ratings.is_given.all(axis=1)
    first, second = ratings.codes[both, 0], ratings.codes[both, 1]
    observed = matrix[first, second]

    def statistic(weights: Real) -> float:
        each = weights[both]
        rows = np.bincount(first, weights=each, minlength=categories)
        columns = np.bincount(second, weights=each, minlength=categories)
        expected = float(rows @ matrix @ columns)
        return 1.0 - _ratio(float(each @ observed) * float(each.sum()), expected)

    return statistic


def fleiss_kappa(ratings: Ratings) -> WeightedStatistic:
    """Return Fleiss' kappa; raters need not be the same for all units, but as many for each.

    Units without any rating are left out. Raises `INVALID_INPUT` where units have unlike numbers of ratings, or one.
    """
    sizes = ratings.sizes
    if np.unique(sizes[sizes > 0]).size != 1 or sizes.max() < _PAIR:
        raise invalid_input("Fleiss' kappa needs the same number of ratings, two or more, of every unit.")
    shares, is_paired = _pair_shares(ratings)

    def statistic(weights: Real) -> float:
        each = weights[is_paired]
        totals = category_totals(ratings, weights)
        chance = float(((totals / totals.sum()) ** 2).sum())
        agreed = float(each @ shares[is_paired]) / float(each.sum())
        return 1.0 - _ratio(1.0 - agreed, 1.0 - chance)

    return statistic


def category_totals(ratings: Ratings, weights: Real) -> Real:
    """Count the ratings of each category, each as often as its unit counts."""
    is_given = ratings.is_given
    each = np.broadcast_to(weights[:, None], is_given.shape)[is_given]
    counts = np.bincount(ratings.codes[is_given], weights=each, minlength=ratings.values.size)
    return counts.astype(np.float64, copy=False)


def agreeing_pairs(ratings: Ratings) -> Real:
    """Count for each unit the ordered pairs of different raters who say the same of it."""
    ordered = np.sort(ratings.codes, axis=1)
    counted = np.zeros(len(ordered))
    run = np.zeros(len(ordered))
    # In a sorted row a rating agrees with as many before it as its run of equals is long.
    for column in range(1, ordered.shape[1]):
        same = (ordered[:, column] == ordered[:, column - 1]) & (ordered[:, column] != MISSING)
        run = np.where(same, run + 1, 0.0)
        counted += 2 * run
    return counted


def _pair_shares(ratings: Ratings) -> tuple[Real, Truth]:
    """Return for each unit the share of pairs that agree, and which units have a pair."""
    sizes = ratings.sizes.astype(np.float64)
    is_paired = sizes >= _PAIR
    pairs = np.where(is_paired, sizes * (sizes - 1), 1.0)
    return agreeing_pairs(ratings) / pairs, is_paired


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")
