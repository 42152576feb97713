"""Records: what the database keeps, what tells two of a kind apart, for how long, and what erasing a person does."""

from dataclasses import dataclass
from enum import StrEnum

from textnlp.topology.telemetry_store import TELEMETRY_STORE

BATCHES = "batches"
BATCH_SLICES = "batch_slices"
BATCH_ROWS = "batch_rows"
BATCH_JOBS = "batch_jobs"
FILES = "files"
GENERATIONS = "generations"
USAGE = "usage"
IDEMPOTENCY_KEYS = "idempotency_keys"
CALL_CACHE = "call_cache"
WEBHOOKS = "webhooks"
WEBHOOK_DELIVERIES = "webhook_deliveries"
PROVIDER_BATCHES = "provider_batches"
DATASET_RUNS = "dataset_runs"
DATASET_CATALOG = "dataset_catalog"
DATASET_EVENTS = "dataset_events"
VALIDATIONS = "validations"
REVIEWS = "reviews"
REVIEW_ITEMS = "review_items"
CLIENTS = "clients"
BUDGETS = "budgets"
SIGN_INS = "sign_ins"
SESSIONS = "sessions"
MESSAGES = "messages"
SPANS = "spans"
LOG_LINES = "log_lines"
FIGURES = "figures"


class ErasureRule(StrEnum):
    """What becomes of a record in which a person is found whose data is erased."""

    ROW = "row"
    """It goes."""
    VALUES = "values"
    """It stays, and each text in it that names the person is replaced as a whole."""
    CONTENT = "content"
    """It stays as one that is counted, and all that was asked and answered in it is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """A kind of record, which is a table of the database, or several that go together.

    Attributes:
        holds: what one record says.
        key: the columns that are unique together.
        retention_days: days after which a record goes, None where time alone removes none; it goes earlier when its
            owner is deleted.
        counted_from: what the days are counted from, or what ends a record in their place.
        on_erasure: what becomes of one in which a person is found.
        tables: where they are kept, a table of the record's name where none is given.
    """

    name: str
    holds: str
    key: tuple[str, ...]
    retention_days: int | None
    counted_from: str
    on_erasure: ErasureRule = ErasureRule.VALUES
    tables: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a retention that keeps nothing."""
        if self.retention_days is not None and self.retention_days < 1:
            raise ValueError(f"record '{self.name}': retention_days is {self.retention_days}; a day is the least")

    @property
    def kept_in(self) -> tuple[str, ...]:
        """The tables that hold records of this kind."""
        return self.tables or (self.name,)


_ROW, _CONTENT = ErasureRule.ROW, ErasureRule.CONTENT

RECORDS = (
    Record(
        name=BATCHES,
        holds="a batch, its state and its counts",
        key=("id",),
        retention_days=365,
        counted_from="the batch's end",
    ),
    Record(
        name=BATCH_SLICES,
        holds="a run of neighbouring rows that travels as one message",
        key=("batch_id", "slice_index"),
        retention_days=365,
        counted_from="the batch's end",
    ),
    Record(
        name=BATCH_ROWS,
        holds="the one outcome of a row, and why",
        key=("batch_id", "row_index"),
        retention_days=365,
        counted_from="the batch's end",
        on_erasure=_CONTENT,
    ),
    Record(
        name=BATCH_JOBS,
        holds="a batch as OpenAI's clients know it, with its input and output files",
        key=("id",),
        retention_days=365,
        counted_from="the job's end",
    ),
    Record(
        name=FILES,
        holds="a file of a caller's, or one that a batch left",
        key=("id",),
        retention_days=365,
        counted_from="its upload, or earlier where the file itself says so",
    ),
    Record(
        name=GENERATIONS,
        holds="a generation outside batches",
        key=("id",),
        retention_days=365,
        counted_from="its end",
    ),
    Record(
        name=USAGE,
        holds="tokens and money of one call, and of the calls of an hour",
        key=("id",),
        retention_days=1_095,
        counted_from="the call",
        tables=("usage_entries", "usage_hours", "usage_reservations"),
    ),
    Record(
        name=BUDGETS,
        holds="what may be spent in a period, and what was",
        key=("id",),
        retention_days=None,
        counted_from="until it is removed",
        on_erasure=_ROW,
        tables=("usage_budgets", "budget_counters"),
    ),
    Record(
        name=CLIENTS,
        holds="who may call with an API key, and the key's hash",
        key=("id",),
        retention_days=365,
        counted_from="the day on which its key was revoked or ran out",
        on_erasure=_ROW,
    ),
    Record(
        name=SIGN_INS,
        holds="what a person allowed a program, and the hashes of what was given for it",
        key=("id",),
        retention_days=1,
        counted_from="its end",
        on_erasure=_ROW,
        tables=("sign_ins", "one_time_secrets"),
    ),
    Record(
        name=SESSIONS,
        holds="a session of the console",
        key=("id",),
        retention_days=1,
        counted_from="its beginning",
        on_erasure=_ROW,
        tables=("console_sessions",),
    ),
    Record(
        name=MESSAGES,
        holds="a message of a queue, and the ids by which a second copy is known",
        key=("sequence_number",),
        retention_days=None,
        counted_from="until it is settled or its queue lets it expire; a dead letter until it is purged",
        on_erasure=_ROW,
        tables=("queue_messages", "queue_message_ids", "queue_entities"),
    ),
    Record(
        name=WEBHOOKS,
        holds="where a tenant is told of events, and its secrets",
        key=("id",),
        retention_days=None,
        counted_from="until it is removed",
        tables=("webhooks", "webhook_secrets"),
    ),
    Record(
        name=WEBHOOK_DELIVERIES,
        holds="an event on its way to a webhook, and what became of it",
        key=("webhook_id", "event_id"),
        retention_days=30,
        counted_from="the event",
        on_erasure=_ROW,
    ),
    Record(
        name=IDEMPOTENCY_KEYS,
        holds="what a call was answered with, for whoever repeats it with its key",
        key=("key_id",),
        retention_days=1,
        counted_from="the answer",
        on_erasure=_ROW,
    ),
    Record(
        name=CALL_CACHE,
        holds="what a model answered, for whoever asks the same again",
        key=("tenant", "key"),
        retention_days=30,
        counted_from="the answer",
        on_erasure=_ROW,
    ),
    Record(
        name=PROVIDER_BATCHES,
        holds="calls that a provider answers as a batch, and how far it is",
        key=("tenant", "key"),
        retention_days=30,
        counted_from="the day on which they were handed over",
        on_erasure=_ROW,
    ),
    Record(
        name=DATASET_RUNS,
        holds="a dataset in the making, and its versions",
        key=("id",),
        retention_days=365,
        counted_from="the end of a run that left no version, or the deletion of its last version",
    ),
    Record(
        name=DATASET_CATALOG,
        holds="what is said of a dataset, and what is left of versions that were deleted",
        key=("dataset_id",),
        retention_days=730,
        counted_from="the deletion of the last version",
    ),
    Record(
        name=DATASET_EVENTS,
        holds="what was done to a dataset, by whom, when and why",
        key=("dataset_id", "position"),
        retention_days=730,
        counted_from="the deletion of the last version",
    ),
    Record(
        name=VALIDATIONS,
        holds="rows that are looked at, and their balance",
        key=("id",),
        retention_days=365,
        counted_from="its end",
    ),
    Record(
        name=REVIEWS,
        holds="rows that people look at, and what they are asked",
        key=("id",),
        retention_days=365,
        counted_from="the review's beginning",
    ),
    Record(
        name=REVIEW_ITEMS,
        holds="what people said of one row",
        key=("review_id", "position"),
        retention_days=365,
        counted_from="the review's beginning",
        on_erasure=_CONTENT,
    ),
    Record(
        name=SPANS,
        holds="a step of a trace",
        key=("span_id",),
        retention_days=TELEMETRY_STORE.span_days,
        counted_from="the day on which it began",
        on_erasure=_ROW,
        tables=("telemetry_spans",),
    ),
    Record(
        name=LOG_LINES,
        holds="a line of the log",
        key=("at", "ordinal"),
        retention_days=TELEMETRY_STORE.log_days,
        counted_from="the day on which it was written",
        on_erasure=_ROW,
        tables=("telemetry_lines",),
    ),
    Record(
        name=FIGURES,
        holds="figures of a metric in a minute, and what processes told of themselves last",
        key=("metric", "at"),
        retention_days=TELEMETRY_STORE.rollup_days,
        counted_from="the day that they are of",
        on_erasure=_ROW,
        tables=("telemetry_rollups", "telemetry_present"),
    ),
)
