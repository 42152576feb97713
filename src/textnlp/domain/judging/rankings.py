"""One order of some texts from several rankings of them, and how far the rankings agree."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The order that several rankings give together.

    Attributes:
        order: from the best to the worst; those that are tied in the order in which they were given.
        scores: by name, 0 to 1: the share of the others that it comes before, in the mean of the rankings.
        ties: groups of names whose scores are equal, the best first.
        agreement: Kendall's W of the rankings; None where there is one ranking alone.
    """

    order: tuple[str, ...]
    scores: Mapping[str, float]
    ties: tuple[tuple[str, ...], ...]
    agreement: float | None


def aggregate_rankings(names: Sequence[str], ballots: Sequence[Sequence[str]]) -> Ranking:
    """Return the order of Borda's count: a ranking gives a name one point for each that comes after it.

    After Borda, "Mémoire sur les élections au scrutin" (1781); the points are divided by the most there can be. Every
    ballot holds every name once; there must be a ballot, and two names.
    """
    points = dict.fromkeys(names, 0)
    for ballot in ballots:
        for place, name in enumerate(ballot):
            points[name] += len(names) - 1 - place
    order = sorted(names, key=lambda name: -points[name])
    groups = (tuple(name for name in order if points[name] == each) for each in dict.fromkeys(points[n] for n in order))
    most = len(ballots) * (len(names) - 1)
    return Ranking(
        order=tuple(order),
        scores={name: points[name] / most for name in names},
        ties=tuple(group for group in groups if len(group) > 1),
        agreement=kendall_w(list(points.values()), ballots=len(ballots)),
    )


def kendall_w(points: Sequence[int], *, ballots: int) -> float | None:
    """Return the coefficient of concordance from the Borda points of each name; None for one ballot.

    1 where all ballots are the same, 0 where every name has as many points. After Kendall and Babington Smith, "The
    Problem of m Rankings" (1939): W = 12 S / (m² (n³ - n)) with S the sum of squares of the rank sums about their
    mean, which points have as well, for they are ranks counted from the other end.
    """
    if ballots < 2:  # noqa: PLR2004  one ballot has nothing to agree with
        return None
    count = len(points)
    mean = sum(points) / count
    squares = sum((each - mean) ** 2 for each in points)
    return 12 * squares / (ballots**2 * (count**3 - count))


def shown_orders(count: int, orders: int, *, generator: np.random.Generator) -> list[tuple[int, ...]]:
    """Return different orders in which `count` texts are shown: drawn ones, each followed by its reverse.

    Their reverse takes the lead away from the position: a judge that always names the texts in the order in which it
    sees them finds all of them tied. Asking about shuffled lists and aggregating the answers is after Tang et al.
    2023, "Found in the Middle", arXiv 2310.07712. Raises `ValueError` for more orders than there are.
    """
    if orders > math.factorial(count):
        raise ValueError(f"there are no {orders} orders of {count}")
    found: dict[tuple[int, ...], None] = {}
    while len(found) < orders:
        drawn = tuple(int(place) for place in generator.permutation(count))
        found.setdefault(drawn)
        found.setdefault(drawn[::-1])
    return list(found)[:orders]
