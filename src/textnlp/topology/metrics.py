"""Metrics: every number that the platform reports, under the name that charts and alerts ask for."""

from dataclasses import dataclass
from enum import StrEnum

_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Bounds of `http.server.request.duration`, as OpenTelemetry's semantic conventions advise them."""

_MODEL_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
"""Bounds of `gen_ai.client.operation.duration`, from the same conventions."""

_VALIDATION_SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0, 3_000.0)
"""Bounds of `ValidationSeconds`: half a decade each, from one generation to millions of rows."""

_TOKENS = tuple(float(4**power) for power in range(14))
"""Bounds of `gen_ai.client.token.usage`, from the same conventions: 1, 4, 16 … 67,108,864."""


class MetricKind(StrEnum):
    """How values of a metric add up: they are summed, the last one counts, or they are distributed."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Metric:
    """A number the platform reports; `dimensions` tell its series apart.

    Attributes:
        name: OpenTelemetry's where its semantic conventions have one.
        unit: in UCUM's notation; what is counted stands in braces.
        bounds: upper bounds of a histogram's buckets, rising.
    """

    name: str
    kind: MetricKind
    unit: str
    measures: str
    dimensions: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a histogram without buckets, and buckets that do not rise."""
        if (self.kind is MetricKind.HISTOGRAM) != bool(self.bounds):
            raise ValueError(f"metric '{self.name}': bounds go with a histogram, and a histogram with bounds")
        if sorted(set(self.bounds)) != list(self.bounds):
            raise ValueError(f"metric '{self.name}': bounds do not rise")


REQUEST_SECONDS = Metric(
    name="http.server.request.duration",
    kind=MetricKind.HISTOGRAM,
    unit="s",
    measures="time from a request to the last byte of its answer; a caller who hung up has no status",
    dimensions=("http.request.method", "http.route", "http.response.status_code"),
    bounds=_REQUEST_SECONDS,
)
ACTIVE_REQUESTS = Metric(
    name="http.server.active_requests",
    kind=MetricKind.GAUGE,
    unit="{request}",
    measures="requests that are being answered",
)
CALLS_REFUSED = Metric(
    name="textnlp.calls.refused",
    kind=MetricKind.COUNTER,
    unit="{call}",
    measures="calls that were refused because their caller's limit is used up",
    dimensions=("limit",),
)
CALL_LIMITS_LOCAL = Metric(
    name="textnlp.call_limits.local",
    kind=MetricKind.GAUGE,
    unit="1",
    measures="1 while this process counts calls for itself because the shared counts are away, else 0",
)
TOKENS_USED = Metric(
    name="gen_ai.client.token.usage",
    kind=MetricKind.HISTOGRAM,
    unit="{token}",
    measures="tokens of a call to a model",
    dimensions=("gen_ai.request.model", "gen_ai.token.type"),
    bounds=_TOKENS,
)
TOKENS_GENERATED = Metric(
    name="TokensGenerated",
    kind=MetricKind.COUNTER,
    unit="{token}",
    measures="completion tokens of settled calls, added up every five minutes",
    dimensions=("model",),
)
ROWS_RECORDED = Metric(
    name="RowsRecorded",
    kind=MetricKind.COUNTER,
    unit="{row}",
    measures="rows that got their outcome",
    dimensions=("state",),
)
LEDGER_IMBALANCE = Metric(
    name="LedgerImbalance",
    kind=MetricKind.GAUGE,
    unit="{row}",
    measures="input less accepted, rejected, failed and pending; anything but 0 is an error",
    dimensions=("batch",),
)
ROWS_VALIDATED = Metric(
    name="RowsValidated",
    kind=MetricKind.COUNTER,
    unit="{row}",
    measures="rows that validations said something of",
    dimensions=("kind", "verdict"),
)
VALIDATION_SECONDS = Metric(
    name="ValidationSeconds",
    kind=MetricKind.HISTOGRAM,
    unit="s",
    measures="duration of one attempt at a validation, from its message to its report",
    dimensions=("kind", "outcome"),
    bounds=_VALIDATION_SECONDS,
)
QUEUE_DEPTH = Metric(
    name="QueueDepth",
    kind=MetricKind.GAUGE,
    unit="{message}",
    measures="messages waiting",
    dimensions=("entity",),
)
QUEUE_OLDEST_AGE = Metric(
    name="QueueOldestAgeSeconds",
    kind=MetricKind.GAUGE,
    unit="s",
    measures="age of the oldest message that is not done with",
    dimensions=("entity",),
)
DEAD_LETTERS = Metric(
    name="DeadLetters",
    kind=MetricKind.GAUGE,
    unit="{message}",
    measures="messages given up",
    dimensions=("entity",),
)
ENGINE_SECONDS = Metric(
    name="EngineSeconds",
    kind=MetricKind.HISTOGRAM,
    unit="s",
    measures="duration of one attempt at a model",
    dimensions=("deployment", "outcome"),
    bounds=_MODEL_SECONDS,
)
ENGINE_THROTTLED = Metric(
    name="EngineThrottled",
    kind=MetricKind.COUNTER,
    unit="{call}",
    measures="calls that a model's provider asked to come back later with",
    dimensions=("deployment",),
)
ENGINE_IN_FLIGHT = Metric(
    name="textnlp.engine.in_flight",
    kind=MetricKind.GAUGE,
    unit="{call}",
    measures="calls that a deployment is answering",
    dimensions=("deployment",),
)
ENGINE_WAITING = Metric(
    name="textnlp.engine.waiting",
    kind=MetricKind.GAUGE,
    unit="{call}",
    measures="calls that wait for their turn at a deployment",
    dimensions=("deployment",),
)
ENGINE_CONCURRENCY = Metric(
    name="textnlp.engine.concurrency",
    kind=MetricKind.GAUGE,
    unit="{call}",
    measures="calls that a deployment may be asked at once, as its refusals and answers have taught",
    dimensions=("deployment",),
)
ENGINE_BREAKER = Metric(
    name="textnlp.engine.breaker",
    kind=MetricKind.GAUGE,
    unit="1",
    measures="1 for the state that the circuit breaker of a deployment is in, 0 for the others",
    dimensions=("deployment", "state"),
)
USAGE_PENDING = Metric(
    name="textnlp.usage.pending",
    kind=MetricKind.GAUGE,
    unit="{call}",
    measures="reservations and settlements that the ledger of usage has not committed",
)
BUDGET_SPENT = Metric(
    name="BudgetSpentPercent",
    kind=MetricKind.GAUGE,
    unit="%",
    measures="part of a budget that is spent or reserved",
    dimensions=("budget",),
)
TELEMETRY_DROPPED = Metric(
    name="textnlp.telemetry.dropped",
    kind=MetricKind.COUNTER,
    unit="{record}",
    measures="spans, lines of the log and figures that the local store did not get, because it is slow or away",
    dimensions=("kind",),
)
BUILD_INFO = Metric(
    name="textnlp.build.info",
    kind=MetricKind.GAUGE,
    unit="1",
    measures="always 1; its dimensions say what runs",
    dimensions=("version", "python"),
)

METRICS = (
    REQUEST_SECONDS,
    ACTIVE_REQUESTS,
    CALLS_REFUSED,
    CALL_LIMITS_LOCAL,
    TOKENS_USED,
    TOKENS_GENERATED,
    ROWS_RECORDED,
    ROWS_VALIDATED,
    VALIDATION_SECONDS,
    LEDGER_IMBALANCE,
    QUEUE_DEPTH,
    QUEUE_OLDEST_AGE,
    DEAD_LETTERS,
    ENGINE_SECONDS,
    ENGINE_THROTTLED,
    ENGINE_IN_FLIGHT,
    ENGINE_WAITING,
    ENGINE_CONCURRENCY,
    ENGINE_BREAKER,
    USAGE_PENDING,
    BUDGET_SPENT,
    TELEMETRY_DROPPED,
    BUILD_INFO,
)
