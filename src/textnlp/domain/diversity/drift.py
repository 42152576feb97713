"""How far a distribution is from another one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from textnlp.domain.diversity.number_counts import NumberCounts

_SMALL, _LARGE = 0.1, 0.25
_NORMAL_95 = 1.6449
_STRETCHES = 10


class DriftLevel(StrEnum):
    """How much a population stability index says, by the usual rule of thumb (Siddiqi 2006).

    A distance that samples of these sizes have by chance is none, however large it is.
    """

    NONE = "none"
    """Below 0.1, or what chance explains."""
    MODERATE = "moderate"
    LARGE = "large"
    """0.25 or more."""
    UNKNOWN = "unknown"
    """One of the two is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How far one distribution is from a reference; measures that do not apply are None.

    Attributes:
        psi: population stability index; of numbers, over the deciles of the reference.
        chance: the index that two samples of these sizes of one distribution stay below in 19 of 20 cases: the index
            is about chi-squared with the cells less one, times 1/n + 1/m (Yurdakul 2018).
        jensen_shannon: divergence in bits, 0 to 1.
        kolmogorov_smirnov: the largest distance of the distribution functions, 0 to 1.
        wasserstein: mean distance that a number has to be moved, in the numbers' own unit.
    """

    level: DriftLevel
    psi: float | None = None
    chance: float | None = None
    jensen_shannon: float | None = None
    kolmogorov_smirnov: float | None = None
    wasserstein: float | None = None


def category_drift(reference: Mapping[str, int], current: Mapping[str, int]) -> Drift:
    """Return how far counts of values are from those of a reference."""
    names = sorted(reference.keys() | current.keys())
    before = [reference.get(name, 0) for name in names]
    after = [current.get(name, 0) for name in names]
    if not sum(before) or not sum(after):
        return Drift(level=DriftLevel.UNKNOWN)
    return _drift(before, after, jensen_shannon=jensen_shannon(before, after))


def number_drift(reference: NumberCounts, current: NumberCounts) -> Drift:
    """Return how far numbers are from those of a reference."""
    if not reference.count or not current.count:
        return Drift(level=DriftLevel.UNKNOWN)
    edges = sorted({reference.quantile(place / _STRETCHES) for place in range(1, _STRETCHES)})
    return _drift(
        _binned(reference, edges),
        _binned(current, edges),
        kolmogorov_smirnov=kolmogorov_smirnov(reference.counts, current.counts),
        wasserstein=wasserstein(reference.counts, current.counts),
    )


def population_stability_index(reference: Sequence[int], current: Sequence[int]) -> float:
    """Return the sum of (q - p) ln(q / p) over cells, p and q the shares of reference and current counts.

    An empty cell counts as half a row, so that the index is finite. Raises `ValueError` where one has no rows.
    """
    before, after = sum(reference), sum(current)
    if not before or not after:
        raise ValueError("There are no rows to compare.")
    shares = [
        ((one or 0.5) / before, (other or 0.5) / after)
        for one, other in zip(reference, current, strict=True)
        if one or other
    ]
    return math.fsum((q - p) * math.log(q / p) for p, q in shares)


def jensen_shannon(reference: Sequence[int], current: Sequence[int]) -> float:
    """Return the divergence of two distributions in bits (Lin 1991): 0 for the same shares, 1 for nothing in common.

    Raises `ValueError` where one has no rows.
    """
    before, after = sum(reference), sum(current)
    if not before or not after:
        raise ValueError("There are no rows to compare.")
    terms: list[float] = []
    for one, other in zip(reference, current, strict=True):
        p, q = one / before, other / after
        middle = (p + q) / 2
        terms += [share / 2 * math.log2(share / middle) for share in (p, q) if share]
    return min(1.0, max(0.0, math.fsum(terms)))


def kolmogorov_smirnov(reference: Mapping[float, int], current: Mapping[float, int]) -> float:
    """Return the largest distance between the distribution functions of numbers, given with their counts."""
    _, before, after = _functions(reference, current)
    return float(np.abs(before - after).max(initial=0.0))


def wasserstein(reference: Mapping[float, int], current: Mapping[float, int]) -> float:
    """Return the area between the distribution functions: the earth mover's distance of numbers with their counts."""
    places, before, after = _functions(reference, current)
    return float((np.abs(before - after)[:-1] * np.diff(places)).sum())


def _functions(
    reference: Mapping[float, int], current: Mapping[float, int]
) -> tuple["np.ndarray[tuple[int], np.dtype[np.float64]]", ...]:
    """Return all numbers in order, and the share of either distribution that is not above each."""
    numbers = sorted(reference.keys() | current.keys())
    found = [np.array(numbers, dtype=np.float64)]
    for counts in (reference, current):
        heaped = np.cumsum([counts.get(number, 0) for number in numbers], dtype=np.float64)
        found.append(heaped / heaped[-1])
    return tuple(found)


def _binned(numbers: NumberCounts, edges: Sequence[float]) -> list[int]:
    """Return how many numbers lie up to each edge, and beyond the last one."""
    counts = [0] * (len(edges) + 1)
    places = np.searchsorted(np.array(edges), np.array(list(numbers.counts)), side="left")
    for place, count in zip(places.tolist(), numbers.counts.values(), strict=True):
        counts[place] += count
    return counts


def _drift(reference: Sequence[int], current: Sequence[int], **measures: float) -> Drift:
    psi = population_stability_index(reference, current)
    cells = sum(1 for one, other in zip(reference, current, strict=True) if one or other)
    chance = _chi_squared_95(cells - 1) * (1 / sum(reference) + 1 / sum(current))
    level = DriftLevel.LARGE if psi >= _LARGE else DriftLevel.MODERATE
    is_chance = psi < _SMALL or psi <= chance
    return Drift(level=DriftLevel.NONE if is_chance else level, psi=psi, chance=chance, **measures)


def _chi_squared_95(freedom: int) -> float:
    """Return the 95th percentile of chi-squared, within 1 % (Wilson and Hilferty 1931)."""
    if freedom < 1:
        return 0.0
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + _NORMAL_95 * math.sqrt(spread)) ** 3
