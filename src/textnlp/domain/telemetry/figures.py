"""What the whole platform is at, from what its processes said of the last minute."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from textnlp.domain.admission.breaker import BreakerState
from textnlp.domain.telemetry.quantiles import added_buckets, quantile
from textnlp.domain.telemetry.rollups import ProcessFigures, Rollup
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
    Metric,
)

_SECONDS_A_MINUTE = 60
_INPUT = "input"
_FAILED_CALL = "failed"
_SERVER_ERROR = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """How often something was done in the stretch, and how long it took, in seconds; None where it was not done."""

    count: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFigures:
    """Requests to one route.

    Attributes:
        name: method and template, such as `POST /api/v1/generate`.
        failed: how many were answered with a server error.
    """

    name: str
    latency: Latency
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFigures:
    """Calls to one deployment of a model.

    Attributes:
        failed: calls that failed in the stretch; `throttled` those that were told to come back later.
        in_flight, waiting, concurrency: calls under way, calls that wait for their turn, and how many may be under way.
        breaker: state of its circuit breaker; the worst one where processes differ.
    """

    name: str
    latency: Latency
    failed: int
    throttled: int
    in_flight: int
    waiting: int
    concurrency: int
    breaker: BreakerState


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTokens:
    """Tokens of one model a minute."""

    name: str
    input_per_minute: float
    output_per_minute: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """A queue or subscription as it was when somebody last looked, a few seconds ago."""

    name: str
    waiting: int
    oldest_age_seconds: float
    dead_letters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenProcess:
    """A process that is there, and when it last said so."""

    name: str
    instance: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformFigures:
    """What the platform is at; whatever has a rate or a count is of the last `seconds`.

    Attributes:
        rows: outcomes of rows by state.
        results: requests by the status that they were answered with; empty for callers who hung up.
        refused: calls that were refused by the limit that refused them.
        active_requests: requests under way.
        usage_pending: reservations and settlements that the ledger of usage has not committed.
        ledger_imbalance: rows that the ledger of batches has too many or too few, 0 where it balances.
        dropped: telemetry that was lost.
    """

    at: datetime
    seconds: float
    processes: tuple[SeenProcess, ...]
    rows_per_second: float
    requests_per_second: float
    calls_per_second: float
    rows: Mapping[str, int]
    results: Mapping[str, int]
    refused: Mapping[str, int]
    routes: tuple[RouteFigures, ...]
    deployments: tuple[DeploymentFigures, ...]
    models: tuple[ModelTokens, ...]
    queues: tuple[QueueFigures, ...]
    active_requests: int
    usage_pending: int
    ledger_imbalance: int
    dropped: int

    @property
    def error_rate(self) -> float | None:
        """Share of the requests that were answered with a server error; None where there were none."""
        total = sum(self.results.values())
        failed = sum(count for status, count in self.results.items() if status.startswith(_SERVER_ERROR))
        return failed / total if total else None


def platform_figures(processes: Sequence[ProcessFigures], *, at: datetime) -> PlatformFigures:
    """Add up what processes said, with rates over the time that each of them speaks of."""
    parts = _Parts(processes)
    return PlatformFigures(
        at=at,
        seconds=max((each.seconds for each in processes), default=0.0),
        processes=tuple(SeenProcess(name=each.process, instance=each.instance, at=each.at) for each in processes),
        rows_per_second=parts.rate(ROWS_RECORDED),
        requests_per_second=parts.rate(REQUEST_SECONDS),
        calls_per_second=parts.rate(ENGINE_SECONDS),
        rows=_counts(parts.by(ROWS_RECORDED, 0)),
        results=_counts(parts.by(REQUEST_SECONDS, 2)),
        refused=_counts(parts.by(CALLS_REFUSED, 0)),
        routes=_routes(parts),
        deployments=_deployments(parts),
        models=_models(parts),
        queues=_queues(parts),
        active_requests=round(parts.total(ACTIVE_REQUESTS)),
        usage_pending=round(parts.total(USAGE_PENDING)),
        ledger_imbalance=round(max((each.total for each in parts.of(LEDGER_IMBALANCE)), key=abs, default=0.0)),
        dropped=round(parts.total(TELEMETRY_DROPPED)),
    )


class _Parts:
    """What all processes said, by metric."""

    def __init__(self, processes: Iterable[ProcessFigures]) -> None:
        self._of: dict[str, list[Rollup]] = defaultdict(list)
        for process in processes:
            for rollup in process.rollups:
                self._of[rollup.metric].append(rollup)

    def of(self, metric: Metric) -> list[Rollup]:
        return self._of[metric.name]

    def by(self, metric: Metric, position: int) -> dict[str, list[Rollup]]:
        """Return the series of a metric by the value of one dimension, in the order of the values."""
        found: dict[str, list[Rollup]] = defaultdict(list)
        for rollup in self._of[metric.name]:
            found[rollup.dimensions[position]].append(rollup)
        return dict(sorted(found.items()))

    def total(self, metric: Metric) -> float:
        return sum(rollup.total for rollup in self._of[metric.name])

    def rate(self, metric: Metric) -> float:
        return _rate(self._of[metric.name])


def _rate(rollups: Iterable[Rollup]) -> float:
    """Return how many a second; of a histogram how many values, of a counter how much."""
    return sum((each.count if each.buckets else each.total) / each.seconds for each in rollups if each.seconds)


def _counts(series: Mapping[str, Iterable[Rollup]]) -> dict[str, int]:
    """Count what happened by a dimension's value; what did not is left out."""
    counts = {
        value: round(sum(each.count if each.buckets else each.total for each in of)) for value, of in series.items()
    }
    return {value: count for value, count in counts.items() if count}


def _latency(metric: Metric, rollups: Sequence[Rollup]) -> Latency:
    buckets = added_buckets(rollup.buckets for rollup in rollups)
    p50, p95, p99 = (quantile(share, buckets, metric.bounds) for share in (0.5, 0.95, 0.99))
    return Latency(count=sum(buckets), p50=p50, p95=p95, p99=p99)


def _routes(parts: _Parts) -> tuple[RouteFigures, ...]:
    """Return the routes that were asked for, the busiest first; addresses that are none are `method` alone."""
    found: dict[str, list[Rollup]] = defaultdict(list)
    for rollup in parts.of(REQUEST_SECONDS):
        method, template, _ = rollup.dimensions
        found[f"{method} {template}".rstrip()].append(rollup)
    routes = [
        RouteFigures(
            name=name,
            latency=_latency(REQUEST_SECONDS, of_route),
            failed=sum(each.count for each in of_route if each.dimensions[2].startswith(_SERVER_ERROR)),
        )
        for name, of_route in found.items()
    ]
    return tuple(sorted(routes, key=lambda route: (-route.latency.count, route.name)))


def _deployments(parts: _Parts) -> tuple[DeploymentFigures, ...]:
    gauges = (ENGINE_IN_FLIGHT, ENGINE_WAITING, ENGINE_CONCURRENCY, ENGINE_THROTTLED)
    in_flight, waiting, concurrency, throttled = (_totals(parts.by(metric, 0)) for metric in gauges)
    calls, breakers = parts.by(ENGINE_SECONDS, 0), parts.by(ENGINE_BREAKER, 0)
    return tuple(
        DeploymentFigures(
            name=name,
            latency=_latency(ENGINE_SECONDS, calls.get(name, [])),
            failed=sum(each.count for each in calls.get(name, []) if each.dimensions[1] == _FAILED_CALL),
            throttled=throttled.get(name, 0),
            in_flight=in_flight.get(name, 0),
            waiting=waiting.get(name, 0),
            concurrency=concurrency.get(name, 0),
            breaker=_breaker(breakers.get(name, [])),
        )
        for name in sorted({*calls, *concurrency})
    )


def _totals(series: Mapping[str, Iterable[Rollup]]) -> dict[str, int]:
    return {value: round(sum(each.total for each in of)) for value, of in series.items()}


def _breaker(rollups: Iterable[Rollup]) -> BreakerState:
    states = {each.dimensions[1] for each in rollups if each.total}
    worst = (BreakerState.OPEN, BreakerState.HALF_OPEN)
    return next((state for state in worst if state.value in states), BreakerState.CLOSED)


def _models(parts: _Parts) -> tuple[ModelTokens, ...]:
    return tuple(
        ModelTokens(
            name=model,
            input_per_minute=_per_minute(each for each in series if each.dimensions[1] == _INPUT),
            output_per_minute=_per_minute(each for each in series if each.dimensions[1] != _INPUT),
        )
        for model, series in parts.by(TOKENS_USED, 0).items()
    )


def _per_minute(rollups: Iterable[Rollup]) -> float:
    return sum(each.total / each.seconds for each in rollups if each.seconds) * _SECONDS_A_MINUTE


def _queues(parts: _Parts) -> tuple[QueueFigures, ...]:
    """Return all queues; several processes that look at the same one see the same, so the greatest figure counts."""
    depth, age, dead = (_greatest(parts.by(metric, 0)) for metric in (QUEUE_DEPTH, QUEUE_OLDEST_AGE, DEAD_LETTERS))
    return tuple(
        QueueFigures(
            name=name,
            waiting=round(depth.get(name, 0)),
            oldest_age_seconds=age.get(name, 0.0),
            dead_letters=round(dead.get(name, 0)),
        )
        for name in sorted({*depth, *age, *dead})
    )


def _greatest(series: Mapping[str, Sequence[Rollup]]) -> dict[str, float]:
    return {value: max(each.total for each in of) for value, of in series.items()}
