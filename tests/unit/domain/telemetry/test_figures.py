import pytest

from tests.factories.telemetry import NOON, process, rollup
from textnlp.domain.admission.breaker import BreakerState
from textnlp.domain.telemetry.figures import platform_figures
from textnlp.domain.telemetry.rollups import ProcessFigures
from textnlp.topology.metrics import (
    ACTIVE_REQUESTS,
    CALLS_REFUSED,
    DEAD_LETTERS,
    ENGINE_BREAKER,
    ENGINE_CONCURRENCY,
    ENGINE_IN_FLIGHT,
    ENGINE_SECONDS,
    ENGINE_THROTTLED,
    ENGINE_WAITING,
    LEDGER_IMBALANCE,
    QUEUE_DEPTH,
    QUEUE_OLDEST_AGE,
    REQUEST_SECONDS,
    ROWS_RECORDED,
    TELEMETRY_DROPPED,
    TOKENS_USED,
    USAGE_PENDING,
)

POST = ("POST", "/api/v1/generate")


def test_nobody_who_says_anything_is_no_error() -> None:
    figures = platform_figures([], at=NOON)
    assert (figures.rows_per_second, figures.error_rate, figures.seconds) == (0, None, 0)
    assert figures.processes == figures.routes == figures.deployments == figures.models == figures.queues == ()


def test_rates_are_over_the_time_that_each_process_speaks_of() -> None:
    old = process(
        rollup(ROWS_RECORDED, "accepted", value=120),
        rollup(ROWS_RECORDED, "failed", value=60),
        rollup(TOKENS_USED, "m", "input", values=[30, 30]),
        rollup(TOKENS_USED, "m", "output", values=[90]),
    )
    fresh = process(
        rollup(ROWS_RECORDED, "accepted", value=20, seconds=10),
        rollup(TOKENS_USED, "m", "output", values=[10], seconds=10),
        seconds=10,
        instance="host-2",
        process="worker",
    )
    figures = platform_figures([old, fresh], at=NOON)
    assert figures.rows_per_second == pytest.approx(3 + 2)
    assert figures.rows == {"accepted": 140, "failed": 60}
    (model,) = figures.models
    assert (model.input_per_minute, model.output_per_minute) == (pytest.approx(60), pytest.approx(150))
    assert [(each.name, each.instance) for each in figures.processes] == [("api", "host-1"), ("worker", "host-2")]
    assert figures.seconds == 60


def test_requests_are_told_apart_by_route_and_by_answer() -> None:
    figures = platform_figures(
        [
            process(
                rollup(REQUEST_SECONDS, *POST, "200", values=[0.03] * 18),
                rollup(REQUEST_SECONDS, *POST, "503", values=[3.0] * 2),
                rollup(REQUEST_SECONDS, "GET", "", "404", values=[0.001]),
                rollup(CALLS_REFUSED, "rate-limit", value=4),
                rollup(CALLS_REFUSED, "budget", value=0),
                rollup(ACTIVE_REQUESTS, value=2),
            ),
            process(rollup(REQUEST_SECONDS, *POST, "200", values=[0.03] * 9), rollup(ACTIVE_REQUESTS, value=1)),
        ],
        at=NOON,
    )
    busiest, other = figures.routes
    assert (busiest.name, busiest.latency.count, busiest.failed) == ("POST /api/v1/generate", 29, 2)
    assert busiest.latency.p50 == pytest.approx(0.037, abs=0.002)
    assert busiest.latency.p99 == pytest.approx(4.6, abs=0.5)
    assert (other.name, other.latency.p50) == ("GET", pytest.approx(0.0025))
    assert figures.results == {"200": 27, "404": 1, "503": 2}
    assert figures.error_rate == pytest.approx(2 / 30)
    assert figures.refused == {"rate-limit": 4}
    assert figures.active_requests == 3
    assert figures.requests_per_second == pytest.approx(0.5)


def test_deployments_have_what_all_processes_ask_of_them() -> None:
    def asking(state: BreakerState, *, instance: str) -> list[ProcessFigures]:
        states = [rollup(ENGINE_BREAKER, "m", each.value, value=float(each is state)) for each in BreakerState]
        gauges = [
            rollup(metric, "m", value=value)
            for metric, value in ((ENGINE_IN_FLIGHT, 3), (ENGINE_WAITING, 1), (ENGINE_CONCURRENCY, 8))
        ]
        return [process(*states, *gauges, rollup(ENGINE_THROTTLED, "m", value=2), instance=instance)]

    calls = process(
        rollup(ENGINE_SECONDS, "m", "answered", values=[0.5] * 3),
        rollup(ENGINE_SECONDS, "m", "failed", values=[1.0]),
        rollup(ENGINE_CONCURRENCY, "idle", value=4),
    )
    said = [*asking(BreakerState.CLOSED, instance="1"), *asking(BreakerState.OPEN, instance="2"), calls]
    figures = platform_figures(said, at=NOON)
    idle, busy = figures.deployments
    assert (idle.name, idle.latency.count, idle.latency.p95, idle.breaker) == ("idle", 0, None, BreakerState.CLOSED)
    assert (busy.in_flight, busy.waiting, busy.concurrency, busy.throttled) == (6, 2, 16, 4)
    assert (busy.latency.count, busy.failed, busy.breaker) == (4, 1, BreakerState.OPEN)
    assert figures.calls_per_second == pytest.approx(4 / 60)


def test_queues_are_the_same_whoever_looks() -> None:
    def look(depth: float, age: float) -> ProcessFigures:
        return process(
            rollup(QUEUE_DEPTH, "q", value=depth),
            rollup(QUEUE_OLDEST_AGE, "q", value=age),
            rollup(DEAD_LETTERS, "q", value=1),
            rollup(LEDGER_IMBALANCE, "b", value=-depth),
            rollup(USAGE_PENDING, value=2),
            rollup(TELEMETRY_DROPPED, "spans", value=5),
        )

    figures = platform_figures([look(4, 2.5), look(3, 3.5)], at=NOON)
    (queue,) = figures.queues
    assert (queue.name, queue.waiting, queue.oldest_age_seconds, queue.dead_letters) == ("q", 4, 3.5, 1)
    assert (figures.ledger_imbalance, figures.usage_pending, figures.dropped) == (-4, 4, 10)
