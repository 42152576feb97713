"""Panels as lines of points, from the bins of a metric."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from textnlp.domain.errors import invalid_input
from textnlp.domain.telemetry.quantiles import quantile
from textnlp.domain.telemetry.rollups import Bin, BinQuery
from textnlp.topology.metrics import Metric
from textnlp.topology.panels import Measure, Panel

MOST_POINTS = 2_016
"""Points of a line: a week of five minutes."""

_FAILED = ("4", "5")
"""With what the status of a request begins that was not answered well."""

_STATUS = "http.response.status_code"
_QUANTILES = frozenset({Measure.P95, Measure.P99})
_ADDED = frozenset({Measure.COUNT, Measure.SUM})
"""Measures of which nothing is 0; of the others nothing is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLine:
    """One line, or one row of bars.

    Attributes:
        split: the value of what the panel is split by; empty where it is not.
        values: one a point of time, in the unit of the metric; None where nothing is known.
    """

    measure: Measure
    split: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSeries:
    """What a panel draws.

    Attributes:
        times: where each bin begins; common to all lines.
    """

    panel: Panel
    times: tuple[datetime, ...]
    lines: tuple[PanelLine, ...]


def bins_of(panel: Panel, *, since: datetime, until: datetime) -> BinQuery:
    """Return what a panel asks the store for, with `since` moved to where its first bin begins.

    Raises `INVALID_INPUT` for a time that is empty, or longer than `MOST_POINTS` bins.
    """
    first = bin_start(since, panel.bin_seconds)
    bins = -(-(until - first).total_seconds() // panel.bin_seconds)
    if not 0 < bins <= MOST_POINTS:
        told = f"From {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} there are {bins:.0f} points of this panel"
        raise invalid_input(f"{told}; between 1 and {MOST_POINTS:,} can be drawn.", field="since")
    dimensions = panel.metric.dimensions
    return BinQuery(
        metric=panel.metric.name,
        since=first,
        until=until,
        bin_seconds=panel.bin_seconds,
        split_by=dimensions.index(panel.split_by) if panel.split_by else None,
        where=(dimensions.index(_STATUS), _FAILED) if panel.only_failed else None,
        has_buckets=not _QUANTILES.isdisjoint(panel.measures),
    )


def bin_start(moment: datetime, bin_seconds: int) -> datetime:
    """Return where the bin begins that `moment` is in."""
    seconds = int(moment.timestamp()) // bin_seconds * bin_seconds
    return datetime.fromtimestamp(seconds, tz=UTC)


def drawn(panel: Panel, asked: BinQuery, bins: Iterable[Bin]) -> PanelSeries:
    """Return the lines of a panel, one a measure and value of what it is split by.

    A panel that is not split has its lines even where nothing is known.
    """
    found: dict[str, dict[datetime, Bin]] = {} if panel.split_by else {"": {}}
    for each in bins:
        found.setdefault(each.split, {})[each.at] = each
    width = timedelta(seconds=panel.bin_seconds)
    count = int(-(-(asked.until - asked.since) // width))
    times = tuple(asked.since + index * width for index in range(count))
    lines = [
        PanelLine(measure=measure, split=split, values=_values(panel.metric, measure, times, of_split))
        for split, of_split in sorted(found.items())
        for measure in panel.measures
    ]
    return PanelSeries(panel=panel, times=times, lines=tuple(lines))


def measured(measure: Measure, metric: Metric, each: Bin) -> float | None:
    """Return what a measure makes of one bin; None where it says nothing."""
    return _MEASURED[measure](each, metric)


def _values(
    metric: Metric, measure: Measure, times: Sequence[datetime], bins: Mapping[datetime, Bin]
) -> tuple[float | None, ...]:
    nothing = 0.0 if measure in _ADDED else None
    return tuple(measured(measure, metric, bins[at]) if at in bins else nothing for at in times)


def _average(each: Bin, _: Metric) -> float | None:
    return each.total / each.count if each.count else None


def _quantile(share: float) -> Callable[[Bin, Metric], float | None]:
    return lambda each, metric: quantile(share, each.buckets, metric.bounds)


_MEASURED: Mapping[Measure, Callable[[Bin, Metric], float | None]] = {
    Measure.AVERAGE: _average,
    Measure.P95: _quantile(0.95),
    Measure.P99: _quantile(0.99),
    Measure.COUNT: lambda each, _: float(each.count),
    Measure.SUM: lambda each, _: each.total,
    Measure.MAXIMUM: lambda each, _: each.high,
    Measure.OFFSET: lambda each, _: max(abs(each.low), abs(each.high)),
}
