"""Drawing positions of a list, each as often as its weight says."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_HEAD = 8.0
"""How flat the head of a ranking is; with 8 the first of 34 names comes five times as often as the last."""


def cumulative(weights: Sequence[float] | Floats) -> Floats:
    """Return the shares of the weights, each with all before it; the last is 1."""
    sums = np.cumsum(np.asarray(weights, dtype=np.float64))
    return sums / sums[-1]


def by_rank(count: int) -> Floats:
    """Return the cumulative shares of `count` things, the most frequent first, by a shifted Zipf law.

    The law is Mandelbrot's: the share at rank r, from 0, goes as 1 / (r + 8).
    """
    return cumulative(1.0 / (np.arange(count, dtype=np.float64) + _HEAD))


def positions(shares: Floats, *, chances: Floats) -> Integers:
    """Return for each chance, a number in [0, 1), the position that it falls on."""
    return np.searchsorted(shares, chances, side="right").astype(np.int64)


def positions_by_group(groups: Integers, *, chances: Floats, shares_of: Callable[[int], Floats]) -> Integers:
    """Return positions where each chance falls on the shares of its own group."""
    found = np.empty(len(groups), dtype=np.int64)
    order = np.argsort(groups, kind="stable")
    present, starts = np.unique(groups[order], return_index=True)
    for group, rows in zip(present, np.split(order, starts)[1:], strict=True):
        found[rows] = positions(shares_of(int(group)), chances=chances[rows])
    return found
