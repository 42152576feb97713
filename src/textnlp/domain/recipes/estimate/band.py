"""A number that is not known yet: at least, most likely, at most."""

import math
from dataclasses import dataclass
from enum import IntEnum

_Z_95 = 1.959963984540054


class Size(IntEnum):
    """One of the three cases that are worked out."""

    LOW = 0
    EXPECTED = 1
    HIGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateBand:
    """Three finite numbers, `0 <= low <= expected <= high`; raises `ValueError` for others."""

    low: float
    expected: float
    high: float

    def __post_init__(self) -> None:
        if not (0 <= self.low <= self.expected <= self.high < math.inf):
            raise ValueError(f"no band: {self.low}, {self.expected}, {self.high}")

    def at(self, size: Size) -> float:
        """Return the number in one case."""
        return (self.low, self.expected, self.high)[size]

    def plus(self, other: "EstimateBand") -> "EstimateBand":
        """Add case by case."""
        return EstimateBand(
            low=self.low + other.low, expected=self.expected + other.expected, high=self.high + other.high
        )

    def times(self, other: "EstimateBand | float") -> "EstimateBand":
        """Multiply case by case, or by a number that is 0 or more."""
        factor = other if isinstance(other, EstimateBand) else exactly(other)
        return EstimateBand(
            low=self.low * factor.low, expected=self.expected * factor.expected, high=self.high * factor.high
        )

    def over(self, divisor: "EstimateBand") -> "EstimateBand":
        """Divide by what is above 0: the least by the most, the most by the least."""
        return EstimateBand(
            low=self.low / divisor.high, expected=self.expected / divisor.expected, high=self.high / divisor.low
        )

    def at_most(self, limit: float) -> "EstimateBand":
        """Cut off what is above a limit."""
        return EstimateBand(low=min(self.low, limit), expected=min(self.expected, limit), high=min(self.high, limit))

    def greatest(self, other: "EstimateBand") -> "EstimateBand":
        """Return the greater number of each case."""
        return EstimateBand(
            low=max(self.low, other.low), expected=max(self.expected, other.expected), high=max(self.high, other.high)
        )

    def narrowed(self, measured: "EstimateBand") -> "EstimateBand":
        """Return what was measured, cut to this band on each side on which its middle does not contradict that."""
        low, middle, high = measured.low, measured.expected, measured.high
        return EstimateBand(
            low=max(low, self.low) if self.low <= middle else low,
            expected=middle,
            high=min(high, self.high) if self.high >= middle else high,
        )


def exactly(value: float) -> EstimateBand:
    """Return the band of a number that is known."""
    return EstimateBand(low=value, expected=value, high=value)


def spanning(*values: float, expected: float) -> EstimateBand:
    """Return the band from the least to the greatest of some numbers, `expected` among them."""
    return EstimateBand(low=min(*values, expected), expected=expected, high=max(*values, expected))


NOTHING = exactly(0.0)


def wilson_share(hits: int, of: int) -> EstimateBand:
    """Return a share with its interval of 95% (Wilson, "Probable inference", 1927); nothing is known where `of` is 0.

    Raises `ValueError` for more hits than there were trials.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"{hits} of {of} is no share")
    if of == 0:
        return EstimateBand(low=0.0, expected=0.5, high=1.0)
    share = hits / of
    spread = _Z_95**2 / of
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z_95 * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return EstimateBand(
        low=max(0.0, min(middle - reach, share)), expected=share, high=min(1.0, max(middle + reach, share))
    )


def mean_interval(mean: float, *, count: int, variation: float) -> EstimateBand:
    """Return a mean of `count` values with about its interval of 95%, for a coefficient of variation."""
    reach = _Z_95 * variation / math.sqrt(max(1, count))
    return EstimateBand(low=mean * max(0.0, 1 - reach), expected=mean, high=mean * (1 + reach))
