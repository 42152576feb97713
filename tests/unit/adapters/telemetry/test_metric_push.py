import threading
import time
from typing import Any

from opentelemetry.sdk.metrics import Counter, Histogram, ObservableCounter
from opentelemetry.sdk.metrics.export import AggregationTemporality, MetricExporter, MetricExportResult, MetricsData

from tests.doubles.clock import ManualClock
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.topology.metrics import ENGINE_SECONDS, TOKENS_GENERATED

_DELTA = dict.fromkeys((Counter, Histogram, ObservableCounter), AggregationTemporality.DELTA)


class Keeper(MetricExporter):
    """Keeps what it gets."""

    def __init__(self, temporality: Any = None) -> None:
        super().__init__(preferred_temporality=temporality)
        self.got: list[dict[str, Any]] = []
        self.fails = False
        self.threads: set[str] = set()

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: Any) -> MetricExportResult:  # noqa: ARG002
        self.threads.add(threading.current_thread().name)
        if self.fails:
            raise OSError
        scopes = [scope for resource in metrics_data.resource_metrics for scope in resource.scope_metrics]
        self.got.append({metric.name: metric for scope in scopes for metric in scope.metrics})
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:
        """Keep what there is."""


async def test_sums_and_histograms_go_on_adding_up_where_the_collector_likes_them_so() -> None:
    keeper = Keeper()
    meter = OpenTelemetryMeter(clock=ManualClock(), version="1", push_to=[keeper])
    for _ in range(2):
        meter.record(TOKENS_GENERATED, 5, dimensions=("m",))
        meter.record(ENGINE_SECONDS, 0.1, dimensions=("d", "answered"))
        await meter.push()
    meter.close()
    assert [got["TokensGenerated"].data.data_points[0].value for got in keeper.got] == [5, 10]
    assert [got["EngineSeconds"].data.data_points[0].count for got in keeper.got] == [1, 2]
    assert keeper.threads == {"push metrics"}


async def test_a_collector_that_adds_up_itself_gets_what_is_new() -> None:
    keeper = Keeper(_DELTA)
    meter = OpenTelemetryMeter(clock=ManualClock(), version="1", push_to=[keeper])
    for seconds in (0.1, 0.5):
        meter.record(TOKENS_GENERATED, 5, dimensions=("m",))
        meter.record(ENGINE_SECONDS, seconds, dimensions=("d", "answered"))
        await meter.push()
    await meter.push()
    meter.close()
    assert [got["TokensGenerated"].data.data_points[0].value for got in keeper.got] == [5, 5, 0]
    points = [got["EngineSeconds"].data.data_points[0] for got in keeper.got[:2]]
    assert [(point.count, round(point.sum, 6), sum(point.bucket_counts)) for point in points] == [
        (1, 0.1, 1),
        (1, 0.5, 1),
    ]
    assert (points[0].min, points[1].min) == (0.1, None)
    assert "EngineSeconds" not in keeper.got[2]


async def test_the_page_shows_all_of_it_whoever_else_gets_what_is_new() -> None:
    meter = OpenTelemetryMeter(clock=ManualClock(), version="1", push_to=[Keeper(_DELTA)])
    for _ in range(2):
        meter.record(ENGINE_SECONDS, 0.1, dimensions=("d", "answered"))
        await meter.push()
    assert b'EngineSeconds_count{deployment="d",outcome="answered"} 2.0' in meter.page().content
    meter.close()


async def test_a_collector_that_is_away_costs_nothing_but_a_line_of_the_log() -> None:
    keeper = Keeper()
    keeper.fails = True
    meter = OpenTelemetryMeter(clock=ManualClock(), version="1", push_to=[keeper])
    began = time.monotonic()
    await meter.push()
    meter.close()
    assert time.monotonic() - began < 2
