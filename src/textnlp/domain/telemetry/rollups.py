"""Figures of metrics over a stretch of time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """What one series did in the `seconds` from `at`.

    Attributes:
        metric: its name in the declaration.
        dimensions: the values of the metric's dimensions, in their order.
        count: values of a histogram, looks at a gauge, 0 of a counter.
        total: sum of a histogram's values, what was added to a counter, the last value of a gauge.
        low, high: extremes of a gauge; the total elsewhere.
        buckets: values of a histogram between its bounds, the last one above all of them.
    """

    metric: str
    dimensions: tuple[str, ...]
    at: datetime
    seconds: float
    count: int
    total: float
    low: float
    high: float
    buckets: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFigures:
    """What one process has been at in the last `seconds`, as of `at`: counters over that time, gauges at present."""

    process: str
    instance: str
    at: datetime
    seconds: float
    rollups: tuple[Rollup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BinQuery:
    """Which bins are asked for: those of `metric` from `since` to just before `until`, `bin_seconds` wide.

    Bins begin at multiples of their width since 1970.

    Attributes:
        split_by: position of the dimension whose values are told apart; None for none.
        where: position of a dimension, and with what its value begins: one of these; None takes all.
        has_buckets: whether those of a histogram are asked for, which is most of the work.
    """

    metric: str
    since: datetime
    until: datetime
    bin_seconds: int
    split_by: int | None = None
    where: tuple[int, tuple[str, ...]] | None = None
    has_buckets: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """All series with one value of what is split by, over one bin; fields as those of `Rollup`, extremes over all."""

    at: datetime
    split: str
    count: int
    total: float
    low: float
    high: float
    buckets: tuple[int, ...] = ()
