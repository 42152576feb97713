from collections.abc import Iterable

import pytest
from prometheus_client.parser import text_string_to_metric_families

from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.telemetry.null import NullMeter
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.ports.meter import Meter
from textnlp.topology.metrics import METRICS, MetricKind


@pytest.fixture(params=["null", "open telemetry"])
def meter(request: pytest.FixtureRequest) -> Iterable[Meter]:
    made: Meter = NullMeter() if request.param == "null" else OpenTelemetryMeter(clock=SystemClock(), version="1.2")
    yield made
    made.close()


def test_every_declared_metric_is_taken_and_the_page_can_be_read(meter: Meter) -> None:
    for metric in METRICS:
        values = ["value"] * len(metric.dimensions)
        if metric.kind is MetricKind.GAUGE:
            meter.observe(metric, read=lambda values=values: [(values, 2)])
        else:
            meter.record(metric, 2, dimensions=values)
    page = meter.page()
    assert page.media_type.startswith("text/plain")
    for family in text_string_to_metric_families(page.content.decode()):
        assert family.documentation


def test_a_reading_that_fails_spoils_no_page(meter: Meter) -> None:
    gauge = next(metric for metric in METRICS if metric.kind is MetricKind.GAUGE)

    def fail() -> list[tuple[list[str], float]]:
        raise RuntimeError

    meter.observe(gauge, read=fail)
    list(text_string_to_metric_families(meter.page().content.decode()))


def test_values_that_callers_made_up_are_taken(meter: Meter) -> None:
    metric = next(metric for metric in METRICS if metric.kind is MetricKind.COUNTER)
    for value in ("", "\ud800", 'a"b\\c\nd', "x" * 100_000):
        meter.record(metric, 1, dimensions=[value] * len(metric.dimensions))
    list(text_string_to_metric_families(meter.page().content.decode()))


def test_closing_twice_is_harmless(meter: Meter) -> None:
    meter.close()
    meter.close()
    meter.page()
