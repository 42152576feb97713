"""Panels: what is drawn of the platform, for a workbook on Azure, a dashboard of Grafana and the console alike.

A panel says what is drawn, not in which language it is asked for.
"""

from dataclasses import dataclass
from enum import StrEnum

from textnlp.topology.metrics import (
    CALLS_REFUSED,
    ENGINE_SECONDS,
    LEDGER_IMBALANCE,
    QUEUE_OLDEST_AGE,
    REQUEST_SECONDS,
    TOKENS_GENERATED,
    Metric,
    MetricKind,
)

_FIVE_MINUTES = 300
_HOUR = 3_600


class PanelKind(StrEnum):
    """How a panel is drawn: lines over time, or bars over time."""

    LINES = "lines"
    BARS = "bars"


class Measure(StrEnum):
    """What is made of the values of a bin: of a histogram the first four, of a counter `SUM`, of a gauge the last two.

    `OFFSET` is the value that lies furthest from 0, as a distance.
    """

    AVERAGE = "average"
    P95 = "p95"
    P99 = "p99"
    COUNT = "count"
    SUM = "sum"
    MAXIMUM = "maximum"
    OFFSET = "offset"


_MEASURES = {
    MetricKind.HISTOGRAM: frozenset({Measure.AVERAGE, Measure.P95, Measure.P99, Measure.COUNT}),
    MetricKind.COUNTER: frozenset({Measure.SUM}),
    MetricKind.GAUGE: frozenset({Measure.MAXIMUM, Measure.OFFSET}),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """One chart.

    Attributes:
        metric: what it draws.
        measures: one line or row of bars each, and each of them once a value of `split_by`.
        split_by: a dimension of the metric; empty draws all together.
        only_failed: of requests, those that were not answered well.
        bin_seconds: how much time one point stands for.
    """

    title: str
    kind: PanelKind
    metric: Metric
    measures: tuple[Measure, ...]
    bin_seconds: int
    split_by: str = ""
    only_failed: bool = False

    def __post_init__(self) -> None:
        """Refuse what the metric cannot show."""
        unfit = [measure.value for measure in self.measures if measure not in _MEASURES[self.metric.kind]]
        if unfit or not self.measures:
            fit = ", ".join(sorted(_MEASURES[self.metric.kind]))
            raise ValueError(f"panel '{self.title}': a {self.metric.kind.value} has {fit}; not {', '.join(unfit)}")
        if self.split_by and self.split_by not in self.metric.dimensions:
            known = ", ".join(self.metric.dimensions)
            raise ValueError(
                f"panel '{self.title}': '{self.metric.name}' has the dimensions {known}, not {self.split_by}"
            )
        if self.only_failed and self.metric is not REQUEST_SECONDS:
            raise ValueError(f"panel '{self.title}': only of requests is known which failed")
        if self.bin_seconds <= 0:
            raise ValueError(f"panel '{self.title}': bin_seconds is {self.bin_seconds}")


PANELS = (
    Panel(
        title="API Performance",
        kind=PanelKind.LINES,
        metric=REQUEST_SECONDS,
        measures=(Measure.AVERAGE, Measure.P95, Measure.P99),
        bin_seconds=_FIVE_MINUTES,
    ),
    Panel(
        title="Generation Metrics",
        kind=PanelKind.BARS,
        metric=TOKENS_GENERATED,
        measures=(Measure.SUM,),
        bin_seconds=_HOUR,
    ),
    Panel(
        title="Error Rate",
        kind=PanelKind.LINES,
        metric=REQUEST_SECONDS,
        measures=(Measure.COUNT,),
        split_by="http.response.status_code",
        only_failed=True,
        bin_seconds=_FIVE_MINUTES,
    ),
    Panel(
        title="Queue Age",
        kind=PanelKind.LINES,
        metric=QUEUE_OLDEST_AGE,
        measures=(Measure.MAXIMUM,),
        split_by="entity",
        bin_seconds=_FIVE_MINUTES,
    ),
    Panel(
        title="Engine Latency",
        kind=PanelKind.LINES,
        metric=ENGINE_SECONDS,
        measures=(Measure.AVERAGE, Measure.P95),
        split_by="deployment",
        bin_seconds=_FIVE_MINUTES,
    ),
    Panel(
        title="Ledger Balance",
        kind=PanelKind.LINES,
        metric=LEDGER_IMBALANCE,
        measures=(Measure.OFFSET,),
        bin_seconds=_FIVE_MINUTES,
    ),
    Panel(
        title="Refused Calls",
        kind=PanelKind.BARS,
        metric=CALLS_REFUSED,
        measures=(Measure.SUM,),
        split_by="limit",
        bin_seconds=_FIVE_MINUTES,
    ),
)
