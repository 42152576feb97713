# Made from the OpenAPI document. To renew: make reference
"""The operations around telemetry, and the models."""

import datetime as dt

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.shared import BatchState, BreakerState, CountsRead
from textnlp.client.transport import Transport


class LatencyRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How often something was done, and how long it took.

    Attributes:
        p50: seconds that half, 95% and 99% took at most; null where it was not done.
        p95: seconds that half, 95% and 99% took at most; null where it was not done.
        p99: seconds that half, 95% and 99% took at most; null where it was not done.
    """

    count: int
    p50: float | None
    p95: float | None
    p99: float | None


class DeploymentFiguresRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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


class ModelTokensRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens of one model a minute."""

    name: str
    input_per_minute: float
    output_per_minute: float


class ProcessRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A process that is there, and when it last said so."""

    name: str
    instance: str
    at: dt.datetime


class QueueFiguresRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A queue or subscription, as of a few seconds ago."""

    name: str
    waiting: int
    oldest_age_seconds: float
    dead_letters: int


class RouteFiguresRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Requests to one route.

    Attributes:
        failed: how many were answered with a server error.
    """

    name: str
    latency: LatencyRead
    failed: int


class RunningBatchRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A batch that has not ended."""

    id: str
    name: str
    tenant: str
    state: BatchState
    model: str
    created_at: dt.datetime
    counts: CountsRead


class FiguresRead(msgspec.Struct, kw_only=True, omit_defaults=True):
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

    at: dt.datetime
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


class Telemetry:
    """The operations around telemetry, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def show_figures(self) -> FiguresRead:
        """Show the figures of the last seconds, of all processes that keep telemetry, and the batches under way."""
        return self._transport.decoded(_show_figures(), FiguresRead)


class AsyncTelemetry:
    """The operations around telemetry, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def show_figures(self) -> FiguresRead:
        """Show the figures of the last seconds, of all processes that keep telemetry, and the batches under way."""
        return await self._transport.decoded(_show_figures(), FiguresRead)


def _show_figures() -> Call:
    return Call(method="GET", path="/api/v1/telemetry/figures")
