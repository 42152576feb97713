"""A meter that exports through OpenTelemetry."""

import contextlib
import platform
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics import AlwaysOffExemplarFilter, MeterProvider
from opentelemetry.sdk.metrics.export import MetricExporter, MetricsData
from opentelemetry.sdk.metrics.view import View
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

from textnlp.adapters.telemetry.histograms import HistogramBooks, unit_of, with_metrics
from textnlp.adapters.telemetry.metric_push import PushReader
from textnlp.adapters.telemetry.resource import process_resource
from textnlp.adapters.telemetry.series import Distribution, SeriesBook, Tally, bounded_values
from textnlp.domain.telemetry.rollup_book import Reading as SeriesReading
from textnlp.ports.clock import Clock
from textnlp.ports.meter import MetricsPage, Reading
from textnlp.topology.metrics import BUILD_INFO, METRICS, Metric, MetricKind

_SCOPE = "textnlp"
_NAMES = tuple(metric.name for metric in METRICS)
"""The SDK writes instruments in small letters, which charts that ask for `TokensGenerated` would not find."""


class OpenTelemetryMeter:
    """Satisfies `Meter`.

    Numbers are kept as plain ones and handed to OpenTelemetry when somebody looks: an instrument of its SDK takes
    about six microseconds a value, which a request would pay several times over. Counters and gauges are its
    observable instruments; for histograms there is none, so theirs are added to what the reader collects. What runs
    is on the page from the start.

    Args:
        version: the platform's.
        process: which of its processes this is.
        push_to: get all numbers whenever `push` is called.
    """

    def __init__(
        self, *, clock: Clock, version: str, process: str = _SCOPE, push_to: Sequence[MetricExporter] = ()
    ) -> None:
        self._counters: dict[str, SeriesBook[Tally]] = {}
        self._histograms: dict[str, SeriesBook[Distribution]] = {}
        self._readers: dict[str, tuple[Metric, list[Callable[[], Iterable[Reading]]]]] = {}
        self._registry = CollectorRegistry()
        books = HistogramBooks(self._histograms, clock=clock)
        self._pushers = [PushReader(exporter, books) for exporter in push_to]
        self._provider = MeterProvider(
            metric_readers=[_PageReader(books, registry=self._registry), *self._pushers],
            resource=process_resource(process, version=version),
            exemplar_filter=AlwaysOffExemplarFilter(),
            shutdown_on_exit=False,
            views=[View(instrument_name=name.lower(), name=name) for name in _NAMES if name != name.lower()],
        )
        self._meter = self._provider.get_meter(_SCOPE, version)
        self._is_closed = False
        self.observe(BUILD_INFO, read=lambda: [((version, platform.python_version()), 1)])

    def record(self, metric: Metric, value: float, *, dimensions: Sequence[str] = ()) -> None:
        """Add to a counter, or count in a bucket of a histogram."""
        book = self._histograms.get(metric.name) or self._counters.get(metric.name) or self._opened(metric)
        book.find(dimensions).add(value)

    def observe(self, metric: Metric, *, read: Callable[[], Iterable[Reading]]) -> None:
        """Ask `read` whenever the page is made."""
        _, readers = self._readers.setdefault(metric.name, (metric, []))
        readers.append(read)
        if len(readers) == 1:
            self._instrument(metric, lambda: (reading for each in readers for reading in each()))

    def page(self) -> MetricsPage:
        """Return all numbers as text, version 0.0.4 of the format."""
        return MetricsPage(generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4)

    def readings(self) -> list[SeriesReading]:
        """Return every series as it stands, without the way through OpenTelemetry; a reading that fails is left out."""
        found: dict[tuple[str, tuple[str, ...]], SeriesReading] = {}
        for metric, readers in self._readers.values():
            for read in readers:
                with contextlib.suppress(Exception):
                    for values, number in read():
                        reading = SeriesReading(metric, bounded_values(values), float(number))
                        found[reading.key] = reading
        for book in self._histograms.values():
            for named, kept in book:
                reading = SeriesReading(book.metric, tuple(named.values()), kept.total, tuple(kept.buckets))
                found[reading.key] = reading
        return list(found.values())

    async def push(self) -> None:
        """Hand all numbers to who collects them; returns at once where nobody does, and bears that they are away."""
        for pusher in self._pushers:
            await pusher.push()

    def close(self) -> None:
        """Shut the provider down; the page is empty from then on."""
        if not self._is_closed:
            self._is_closed = True
            self._provider.shutdown()

    def _opened(self, metric: Metric) -> SeriesBook[Tally] | SeriesBook[Distribution]:
        if metric.kind is MetricKind.HISTOGRAM:
            return self._histograms.setdefault(metric.name, SeriesBook(metric, make=Distribution))
        book = self._counters[metric.name] = SeriesBook(metric, make=Tally)
        self.observe(metric, read=lambda: ((tuple(named.values()), tally.total) for named, tally in book))
        return book

    def _instrument(self, metric: Metric, read: Callable[[], Iterable[Reading]]) -> None:
        def observations(_: CallbackOptions) -> Iterable[Observation]:
            for values, number in read():
                named = zip(metric.dimensions, bounded_values(values), strict=True)
                yield Observation(number, dict(named))

        is_counter = metric.kind is MetricKind.COUNTER
        create = self._meter.create_observable_counter if is_counter else self._meter.create_observable_gauge
        create(metric.name, callbacks=[observations], unit=unit_of(metric), description=metric.measures)


class _PageReader(PrometheusMetricReader):
    """Adds histograms that were kept outside OpenTelemetry's instruments to what these report."""

    def __init__(self, histograms: HistogramBooks, *, registry: CollectorRegistry) -> None:
        super().__init__(disable_target_info=True, scope_info_enabled=False, registry=registry)
        self._histograms = histograms

    def _receive_metrics(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **kwargs: Any) -> None:
        data = with_metrics(metrics_data, self._histograms.exported())
        super()._receive_metrics(data, timeout_millis, **kwargs)  # pyright: ignore[reportUnknownMemberType]  its kwargs
