import platform
from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.doubles.clock import ManualClock
from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter
from textnlp.topology.metrics import (
    ACTIVE_REQUESTS,
    CALLS_REFUSED,
    ENGINE_BREAKER,
    QUEUE_OLDEST_AGE,
    REQUEST_SECONDS,
    TOKENS_GENERATED,
)


@pytest.fixture
def meter() -> Iterator[OpenTelemetryMeter]:
    made = OpenTelemetryMeter(clock=ManualClock(), version="1.2.3")
    yield made
    made.close()


def samples(meter: OpenTelemetryMeter) -> dict[str, list[Sample]]:
    """Return what the page shows, by the name of the sample."""
    found: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(meter.page().content.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, []).append(sample)
    return found


def test_what_runs_is_on_the_page_from_the_start(meter: OpenTelemetryMeter) -> None:
    (info,) = samples(meter)["textnlp_build_info"]
    assert (info.labels, info.value) == ({"version": "1.2.3", "python": platform.python_version()}, 1)


def test_a_counter_adds_up_by_its_dimensions(meter: OpenTelemetryMeter) -> None:
    for limit, times in (("quota", 2), ("rate-limit", 3)):
        for _ in range(times):
            meter.record(CALLS_REFUSED, 1, dimensions=(limit,))
    meter.observe(CALLS_REFUSED, read=lambda: [(("budget",), 7)])
    counted = {sample.labels["limit"]: sample.value for sample in samples(meter)["textnlp_calls_refused_total"]}
    assert counted == {"quota": 2, "rate-limit": 3, "budget": 7}


def test_a_histogram_counts_in_the_bucket_whose_bound_is_not_passed(meter: OpenTelemetryMeter) -> None:
    for seconds in (0.005, 0.0051, 100.0):
        meter.record(REQUEST_SECONDS, seconds, dimensions=("GET", "/x", "200"))
    page = samples(meter)
    buckets = {sample.labels["le"]: sample.value for sample in page["http_server_request_duration_seconds_bucket"]}
    assert (buckets["0.005"], buckets["0.01"], buckets["10.0"], buckets["+Inf"]) == (1, 2, 2, 3)
    (total,) = page["http_server_request_duration_seconds_sum"]
    assert total.value == pytest.approx(100.0101)
    assert total.labels["http_route"] == "/x"


def test_a_gauge_is_read_when_somebody_looks(meter: OpenTelemetryMeter) -> None:
    present = [1.0]
    meter.observe(ACTIVE_REQUESTS, read=lambda: [((), present[0])])
    assert samples(meter)["http_server_active_requests"][0].value == 1
    present[0] = 5
    assert samples(meter)["http_server_active_requests"][0].value == 5


def test_names_keep_their_capitals_and_say_their_unit_once(meter: OpenTelemetryMeter) -> None:
    meter.record(TOKENS_GENERATED, 5, dimensions=("m",))
    meter.observe(QUEUE_OLDEST_AGE, read=lambda: [(("q",), 3)])
    assert {"TokensGenerated_total", "QueueOldestAgeSeconds"} <= set(samples(meter))


def test_two_meters_do_not_share_a_page(meter: OpenTelemetryMeter) -> None:
    meter.record(CALLS_REFUSED, 1, dimensions=("quota",))
    other = OpenTelemetryMeter(clock=ManualClock(), version="1")
    assert "textnlp_calls_refused_total" not in samples(other)
    other.close()


def test_what_several_observe_is_shown_together(meter: OpenTelemetryMeter) -> None:
    for state in ("open", "closed"):
        meter.observe(ENGINE_BREAKER, read=lambda state=state: [(("d", state), 1)])
    assert {sample.labels["state"] for sample in samples(meter)["textnlp_engine_breaker"]} == {"open", "closed"}
