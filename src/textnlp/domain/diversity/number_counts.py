"""How numbers are distributed, in bounded memory."""

import math
from collections import Counter

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

_BITS = 8


class NumberCounts:
    """Counts numbers, each to eight significant bits: at most a 256th away from what it is.

    Whole numbers below 256 are counted exactly, and there are 128 different keys for a power of two. `low`, `high`
    and `mean` are exact; of no numbers they are nan.
    """

    def __init__(self) -> None:
        self.counts: Counter[float] = Counter()
        self.count = 0
        self.low = self.high = math.nan
        self._total = 0.0

    def add(self, numbers: Numbers) -> None:
        """Count numbers in; those that are nan or infinite are left out."""
        finite = numbers[np.isfinite(numbers)]
        if not len(finite):
            return
        self.count += len(finite)
        self.low = float(np.fmin(self.low, finite.min()))
        self.high = float(np.fmax(self.high, finite.max()))
        self._total += float(finite.sum())
        mantissas, exponents = np.frexp(finite)
        keys, counts = np.unique(np.ldexp(np.rint(np.ldexp(mantissas, _BITS)), exponents - _BITS), return_counts=True)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            self.counts[key] += count

    @property
    def mean(self) -> float:
        """Their mean."""
        return self._total / self.count if self.count else math.nan

    def quantile(self, share: float) -> float:
        """Return the number that a share of all numbers does not exceed, 0.5 for the median; nan of none."""
        wanted = share * self.count
        seen = 0
        for number in sorted(self.counts):
            seen += self.counts[number]
            if seen >= wanted:
                return min(max(number, self.low), self.high)
        return math.nan

    def histogram(self, *, bars: int = 24, low: float | None = None, high: float | None = None) -> list[int]:
        """Return counts in `bars` stretches of equal width from `low` to `high`, their own bounds where left out.

        Numbers outside are left out. Whole numbers get a stretch each where there are fewer of them than bars, so that
        there may be fewer stretches.
        """
        edges = self.edges(bars=bars, low=low, high=high)
        keys = np.array(list(self.counts), dtype=np.float64)
        weights = np.array(list(self.counts.values()), dtype=np.int64)
        if low is None and high is None:
            keys = np.clip(keys, edges[0], edges[-1])
        found, _ = np.histogram(keys, bins=np.array(edges), weights=weights)
        return [int(count) for count in found]

    def edges(self, *, bars: int = 24, low: float | None = None, high: float | None = None) -> list[float]:
        """Return the bounds of the stretches of `histogram`, one more than there are stretches."""
        first = self.low if low is None else low
        last = self.high if high is None else high
        if not first <= last:
            return [0.0, 1.0]
        if low is None and high is None and self._is_whole():
            width = max(1, math.ceil((last - first + 1) / bars))
            stretches = math.ceil((last - first + 1) / width)
            return [first + place * width for place in range(stretches + 1)]
        if first == last:
            return [first - 0.5, first + 0.5]
        return np.linspace(first, last, bars + 1).tolist()

    def _is_whole(self) -> bool:
        return all(number.is_integer() for number in self.counts) and abs(self.low) + abs(self.high) < 1e15  # noqa: PLR2004  whole in a double
