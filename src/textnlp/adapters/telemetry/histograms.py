"""Histograms that are kept as plain numbers, in the form that OpenTelemetry exports."""

import dataclasses
from collections.abc import Mapping, Sequence

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Histogram,
    HistogramDataPoint,
    MetricsData,
)
from opentelemetry.sdk.metrics.export import Metric as ExportedMetric

from textnlp.adapters.telemetry.series import Distribution, SeriesBook
from textnlp.ports.clock import Clock
from textnlp.topology.metrics import Metric

_NANOSECONDS = 1_000_000_000
_UNITS_SAID_BY_NAMES = {"s": "Seconds", "%": "Percent"}
"""A name that ends so gets no suffix for its unit on the page."""

Counted = dict[tuple[str, tuple[str, ...]], tuple[list[int], float]]
"""Buckets and total of each series, by the metric's name and its dimensions' values."""


class HistogramBooks:
    """Makes what a reader of metrics reports of all histograms."""

    def __init__(self, books: Mapping[str, SeriesBook[Distribution]], *, clock: Clock) -> None:
        self._books = books
        self._clock = clock
        self._began_at = self.now()

    def now(self) -> int:
        """Return the time in nanoseconds."""
        return int(self._clock.now().timestamp() * _NANOSECONDS)

    def exported(self) -> list[ExportedMetric]:
        """Return them since the process began."""
        now = self.now()
        return [
            _exported(book.metric, [_point(named, kept, self._began_at, now) for named, kept in book])
            for book in self._books.values()
        ]

    def exported_since(self, before: Counted, *, began_at: int) -> tuple[list[ExportedMetric], Counted]:
        """Return what was added to `before`, which stood at `began_at`, and what stands now.

        The least and the greatest value are told where all values of a series are new, and unknown elsewhere.
        """
        now, counted = self.now(), Counted()
        metrics: list[ExportedMetric] = []
        for book in self._books.values():
            points: list[HistogramDataPoint] = []
            for named, kept in book:
                key = (book.metric.name, tuple(named.values()))
                counted[key] = (list(kept.buckets), kept.total)
                old = before.get(key)
                point = _point(named, kept, began_at, now)
                points.append(point if old is None else _less(point, *old))
            fresh = [point for point in points if point.count]
            metrics.append(_exported(book.metric, fresh, AggregationTemporality.DELTA))
        return [metric for metric in metrics if metric.data.data_points], counted


def with_metrics(data: MetricsData, metrics: Sequence[ExportedMetric]) -> MetricsData:
    """Return `data` with further metrics in each of its scopes."""
    return MetricsData(
        [
            dataclasses.replace(
                resource,
                scope_metrics=[
                    dataclasses.replace(scope, metrics=[*scope.metrics, *metrics]) for scope in resource.scope_metrics
                ],
            )
            for resource in data.resource_metrics
        ]
    )


def unit_of(metric: Metric) -> str:
    """Return the unit as an instrument has it."""
    said = _UNITS_SAID_BY_NAMES.get(metric.unit)
    return "" if said is not None and metric.name.endswith(said) else metric.unit


def _exported(
    metric: Metric,
    points: list[HistogramDataPoint],
    temporality: AggregationTemporality = AggregationTemporality.CUMULATIVE,
) -> ExportedMetric:
    return ExportedMetric(
        name=metric.name,
        description=metric.measures,
        unit=unit_of(metric),
        data=Histogram(data_points=points, aggregation_temporality=temporality),
    )


def _point(named: dict[str, str], kept: Distribution, began_at: int, now: int) -> HistogramDataPoint:
    return HistogramDataPoint(
        attributes=named,
        start_time_unix_nano=began_at,
        time_unix_nano=now,
        count=sum(kept.buckets),
        sum=kept.total,
        bucket_counts=tuple(kept.buckets),
        explicit_bounds=kept.bounds,
        min=kept.lowest,
        max=kept.highest,
    )


def _less(point: HistogramDataPoint, buckets: Sequence[int], total: float) -> HistogramDataPoint:
    counts = tuple(now - then for now, then in zip(point.bucket_counts, buckets, strict=True))
    unknown: dict[str, None] = {"min": None, "max": None}
    # The data model has both as optional; the SDK's type leaves that out.
    return dataclasses.replace(
        point,
        count=sum(counts),
        sum=point.sum - total,
        bucket_counts=counts,
        **unknown,
    )
