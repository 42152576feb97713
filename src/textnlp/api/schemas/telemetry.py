"""What the platform is at, as it is shown to its administrators."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from textnlp.api.schemas.batch import CountsRead
from textnlp.application.show_figures import PlatformView
from textnlp.domain.admission.breaker import BreakerState
from textnlp.domain.batches.model import Batch, BatchState
from textnlp.domain.telemetry.figures import DeploymentFigures, Latency, PlatformFigures


class LatencyRead(msgspec.Struct, kw_only=True):
    """How often something was done, and how long it took.

    Attributes:
        p50, p95, p99: seconds that half, 95% and 99% took at most; null where it was not done.
    """

    count: int
    p50: float | None
    p95: float | None
    p99: float | None


class RouteFiguresRead(msgspec.Struct, kw_only=True):
    """Requests to one route.

    Attributes:
        failed: how many were answered with a server error.
    """

    name: str
    latency: LatencyRead
    failed: int


class DeploymentFiguresRead(msgspec.Struct, kw_only=True):
    """Calls to one deployment of a model, by all processes.

    Attributes:
        failed: calls that failed.
        throttled: calls that were told to come back later.
        in_flight: calls under way.
        waiting: calls that wait for their turn.
        concurrency: calls that may be under way.
        breaker: state of its circuit breaker, the worst one where processes differ.
    """

    name: str
    latency: LatencyRead
    failed: int
    throttled: int
    in_flight: int
    waiting: int
    concurrency: int
    breaker: BreakerState


class ModelTokensRead(msgspec.Struct, kw_only=True):
    """Tokens of one model a minute."""

    name: str
    input_per_minute: float
    output_per_minute: float


class QueueFiguresRead(msgspec.Struct, kw_only=True):
    """A queue or subscription, as of a few seconds ago."""

    name: str
    waiting: int
    oldest_age_seconds: float
    dead_letters: int


class ProcessRead(msgspec.Struct, kw_only=True):
    """A process that is there, and when it last said so."""

    name: str
    instance: str
    at: datetime


class RunningBatchRead(msgspec.Struct, kw_only=True):
    """A batch that has not ended."""

    id: str
    name: str
    tenant: str
    state: BatchState
    model: str
    created_at: datetime
    counts: CountsRead


class FiguresRead(msgspec.Struct, kw_only=True):
    """What the platform is at; whatever has a rate or a count is of the last `seconds`.

    Attributes:
        rows: outcomes of rows by state.
        results: requests by the status that they were answered with; empty for callers who hung up.
        error_rate: share of the requests that were answered with a server error; null where there were none.
        refused: calls that were refused, by the limit that refused them.
        usage_pending: reservations and settlements that the ledger of usage has not committed.
        ledger_imbalance: rows that the ledger of batches has too many or too few; 0 where it balances.
        dropped: telemetry that was lost.
        batches: those under way among the newest fifty, of every tenant.
    """

    at: datetime
    seconds: float
    processes: list[ProcessRead]
    rows_per_second: float
    requests_per_second: float
    calls_per_second: float
    rows: dict[str, int]
    results: dict[str, int]
    error_rate: float | None
    refused: dict[str, int]
    active_requests: int
    usage_pending: int
    ledger_imbalance: int
    dropped: int
    routes: list[RouteFiguresRead]
    deployments: list[DeploymentFiguresRead]
    models: list[ModelTokensRead]
    queues: list[QueueFiguresRead]
    batches: list[RunningBatchRead]

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "at": "2026-03-01T12:00:00Z",
        "seconds": 30.0,
        "processes": [{"name": "textnlp", "instance": "host-4711", "at": "2026-03-01T11:59:59Z"}],
        "rows_per_second": 12.5,
        "requests_per_second": 0.4,
        "calls_per_second": 12.6,
        "rows": {"accepted": 375},
        "results": {"200": 12},
        "error_rate": 0.0,
        "refused": {},
        "active_requests": 1,
        "usage_pending": 0,
        "ledger_imbalance": 0,
        "dropped": 0,
        "routes": [
            {
                "name": "POST /api/v1/generate",
                "latency": {"count": 12, "p50": 0.21, "p95": 0.46, "p99": 0.49},
                "failed": 0,
            },
        ],
        "deployments": [
            {
                "name": "smollm2-135m",
                "latency": {"count": 378, "p50": 0.24, "p95": 0.61, "p99": 0.64},
                "failed": 0,
                "throttled": 0,
                "in_flight": 8,
                "waiting": 56,
                "concurrency": 8,
                "breaker": "closed",
            },
        ],
        "models": [{"name": "smollm2-135m", "input_per_minute": 9600.0, "output_per_minute": 28100.0}],
        "queues": [
            {"name": "batch-processing-queue", "waiting": 21, "oldest_age_seconds": 3.5, "dead_letters": 0},
        ],
        "batches": [
            {
                "id": "batch_01kx3v9qe8m2t6f0r7w4z1c5ny",
                "name": "reviews.csv",
                "tenant": "local",
                "state": "running",
                "model": "smollm2-135m",
                "created_at": "2026-03-01T11:59:00Z",
                "counts": {"input": 5000, "accepted": 740, "rejected": 0, "failed": 2, "pending": 4258},
            },
        ],
    }


def read_figures(view: PlatformView) -> FiguresRead:
    """Show what the platform is at."""
    figures = view.figures
    return FiguresRead(
        at=figures.at,
        seconds=figures.seconds,
        processes=[ProcessRead(name=each.name, instance=each.instance, at=each.at) for each in figures.processes],
        rows_per_second=figures.rows_per_second,
        requests_per_second=figures.requests_per_second,
        calls_per_second=figures.calls_per_second,
        rows=dict(figures.rows),
        results=dict(figures.results),
        error_rate=figures.error_rate,
        refused=dict(figures.refused),
        active_requests=figures.active_requests,
        usage_pending=figures.usage_pending,
        ledger_imbalance=figures.ledger_imbalance,
        dropped=figures.dropped,
        routes=[
            RouteFiguresRead(name=each.name, latency=_latency(each.latency), failed=each.failed)
            for each in figures.routes
        ],
        deployments=[_deployment(each) for each in figures.deployments],
        models=_models(figures),
        queues=_queues(figures),
        batches=[_batch(batch) for batch in view.batches],
    )


def _latency(latency: Latency) -> LatencyRead:
    return LatencyRead(count=latency.count, p50=latency.p50, p95=latency.p95, p99=latency.p99)


def _deployment(each: DeploymentFigures) -> DeploymentFiguresRead:
    return DeploymentFiguresRead(
        name=each.name,
        latency=_latency(each.latency),
        failed=each.failed,
        throttled=each.throttled,
        in_flight=each.in_flight,
        waiting=each.waiting,
        concurrency=each.concurrency,
        breaker=each.breaker,
    )


def _models(figures: PlatformFigures) -> list[ModelTokensRead]:
    return [
        ModelTokensRead(
            name=each.name, input_per_minute=each.input_per_minute, output_per_minute=each.output_per_minute
        )
        for each in figures.models
    ]


def _queues(figures: PlatformFigures) -> list[QueueFiguresRead]:
    return [
        QueueFiguresRead(
            name=each.name,
            waiting=each.waiting,
            oldest_age_seconds=each.oldest_age_seconds,
            dead_letters=each.dead_letters,
        )
        for each in figures.queues
    ]


def _batch(batch: Batch) -> RunningBatchRead:
    counts = batch.counts
    return RunningBatchRead(
        id=batch.id,
        name=batch.name,
        tenant=batch.tenant,
        state=batch.state,
        model=batch.spec.model,
        created_at=batch.created_at,
        counts=CountsRead(
            input=counts.input,
            accepted=counts.accepted,
            rejected=counts.rejected,
            failed=counts.failed,
            pending=counts.pending,
        ),
    )
