"""Turns what a meter shows from time to time into figures over stretches of time."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.telemetry.panel_series import bin_start
from textnlp.domain.telemetry.rollups import Rollup
from textnlp.topology.metrics import Metric, MetricKind

_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a series shows: the total so far of a counter or histogram, with its buckets, or a gauge as it is."""

    metric: Metric
    dimensions: tuple[str, ...]
    total: float
    buckets: tuple[int, ...] = ()

    @property
    def key(self) -> _Key:
        """What tells series apart."""
        return self.metric.name, self.dimensions


@dataclass(slots=True)
class _Extremes:
    """What a gauge showed within a stretch."""

    looks: int
    last: float
    low: float
    high: float

    def add(self, value: float) -> None:
        self.looks += 1
        self.last = value
        self.low = min(self.low, value)
        self.high = max(self.high, value)


class RollupBook:
    """Remembers what a meter showed, as far back as its figures reach.

    Stretches that are kept begin at multiples of `rollup_seconds` since 1970, so that those of several processes can be
    added up; the first and the last one of a process may be shorter. A counter that shows less than before has begun
    anew.
    """

    def __init__(self, began_at: datetime, *, rollup_seconds: int, window_seconds: int) -> None:
        self._rollup_seconds = rollup_seconds
        self._window_seconds = window_seconds
        self._began_at = began_at
        self._base: dict[_Key, Reading] = {}
        self._gauges: dict[_Key, _Extremes] = {}
        self._window: deque[tuple[datetime, dict[_Key, Reading]]] = deque([(began_at, {})])

    def look(self, readings: Iterable[Reading], *, at: datetime) -> list[Rollup]:
        """Take what the meter shows `at` a moment; return the figures of the stretch that is over, if one is."""
        present = {reading.key: reading for reading in readings}
        over = self._cut(present, at) if bin_start(at, self._rollup_seconds) > self._began_at else []
        for key, reading in present.items():
            if reading.metric.kind is not MetricKind.GAUGE:
                continue
            value, known = reading.total, self._gauges.get(key)
            if known is None:
                self._gauges[key] = _Extremes(1, value, value, value)
            else:
                known.add(value)
        self._window.append((at, present))
        while len(self._window) > 1 and (at - self._window[1][0]).total_seconds() >= self._window_seconds:
            self._window.popleft()
        return over

    def present(self) -> tuple[float, tuple[Rollup, ...]]:
        """Return how many seconds back the window reaches, and its figures; gauges are as they were last seen."""
        (began_at, before), (at, now) = self._window[0], self._window[-1]
        seconds = (at - began_at).total_seconds()
        found = (_difference(reading, before.get(key), at=began_at, seconds=seconds) for key, reading in now.items())
        return seconds, tuple(rollup for rollup in found if rollup is not None)

    def close(self, readings: Iterable[Reading], *, at: datetime) -> list[Rollup]:
        """Return the figures of the stretch that ends with the process."""
        over = self.look(readings, at=at)
        return over + self._cut(self._window[-1][1], at)

    def _cut(self, present: Mapping[_Key, Reading], at: datetime) -> list[Rollup]:
        ends_at = bin_start(at, self._rollup_seconds)
        if ends_at <= self._began_at:
            ends_at = at
        seconds = (ends_at - self._began_at).total_seconds()
        rollups: list[Rollup] = []
        for key, reading in present.items():
            if reading.metric.kind is not MetricKind.GAUGE:
                rollup = _difference(reading, self._base.get(key), at=self._began_at, seconds=seconds)
                rollups += [rollup] if rollup else []
        for (metric, dimensions), seen in self._gauges.items():
            rollups.append(
                Rollup(
                    metric=metric,
                    dimensions=dimensions,
                    at=self._began_at,
                    seconds=seconds,
                    count=seen.looks,
                    total=seen.last,
                    low=seen.low,
                    high=seen.high,
                )
            )
        self._base, self._gauges, self._began_at = dict(present), {}, ends_at
        return rollups if seconds > 0 else []


def _difference(now: Reading, before: Reading | None, *, at: datetime, seconds: float) -> Rollup | None:
    """Return what was added to a series; None where nothing was."""
    total, buckets = now.total, now.buckets
    if now.metric.kind is MetricKind.GAUGE:
        count = 1
    else:
        if before is not None and before.total <= now.total:
            total -= before.total
            buckets = tuple(new - old for new, old in zip(now.buckets, before.buckets, strict=True))
        count = sum(buckets)
        if not count and not total:
            return None
    return Rollup(
        metric=now.metric.name,
        dimensions=now.dimensions,
        at=at,
        seconds=seconds,
        count=count,
        total=total,
        low=total,
        high=total,
        buckets=buckets,
    )
