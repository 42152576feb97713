"""The series of one metric, kept as plain numbers."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from textnlp.topology.metrics import Metric

OTHER = "_OTHER"
"""What stands for values beyond the bound, as in OpenTelemetry's conventions for request methods."""

_MOST_SERIES = 500
_LONGEST_VALUE = 100


class Tally:
    """The sum of a counter."""

    __slots__ = ("total",)

    def __init__(self, _: Metric) -> None:
        self.total: float = 0

    def add(self, value: float) -> None:
        """Add a value."""
        self.total += value


class Distribution:
    """The buckets of a histogram.

    Attributes:
        buckets: values that are above the bound before and at most their own; the last has no bound.
    """

    __slots__ = ("bounds", "buckets", "highest", "lowest", "total")

    def __init__(self, metric: Metric) -> None:
        self.bounds = metric.bounds
        self.buckets = [0] * (len(metric.bounds) + 1)
        self.total: float = 0
        self.lowest = float("inf")
        self.highest = float("-inf")

    def add(self, value: float) -> None:
        """Count a value in its bucket."""
        self.buckets[bisect_left(self.bounds, value)] += 1
        self.total += value
        self.lowest = min(self.lowest, value)
        self.highest = max(self.highest, value)


_Kept = TypeVar("_Kept", Tally, Distribution)


class SeriesBook(Generic[_Kept]):
    """Finds the series of a metric by the values of its dimensions; its size is bounded."""

    def __init__(self, metric: Metric, *, make: Callable[[Metric], _Kept]) -> None:
        self.metric = metric
        self._make = make
        self._series: dict[tuple[str, ...], _Kept] = {}

    def __iter__(self) -> Iterator[tuple[dict[str, str], _Kept]]:
        """Yield each series with its dimensions by name."""
        for values, kept in self._series.items():
            yield dict(zip(self.metric.dimensions, values, strict=True)), kept

    def find(self, dimensions: Sequence[str]) -> _Kept:
        """Return the series, made where there is none; raise `ValueError` for a wrong number of dimensions."""
        key = tuple(dimensions)
        found = self._series.get(key)
        return self._made(key) if found is None else found

    def _made(self, key: tuple[str, ...]) -> _Kept:
        names = self.metric.dimensions
        if len(key) != len(names):
            raise ValueError(f"metric '{self.metric.name}' has the dimensions {names}, not {len(key)} of them")
        bounded = bounded_values(key)
        if bounded not in self._series and len(self._series) >= _MOST_SERIES - 1:
            bounded = (OTHER,) * len(names)
        found = self._series.get(bounded)
        if found is None:
            found = self._series[bounded] = self._make(self.metric)
        return found


def bounded_values(values: Sequence[str]) -> tuple[str, ...]:
    """Return dimension values that any page can hold: short, and without what is no character."""
    return tuple(value[:_LONGEST_VALUE].encode("utf-8", "replace").decode() for value in values)
