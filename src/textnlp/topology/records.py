"""Records: what the database keeps, what tells two of a kind apart, and for how long."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Record:
    """A kind of record, which is a table of the database.

    Attributes:
        holds: what one record says.
        key: the columns that are unique together.
        retention_days: days after which a record goes, counted from its last change; it goes earlier when its
            owner is deleted.
    """

    name: str
    holds: str
    key: tuple[str, ...]
    retention_days: int


RECORDS = (
    Record(name=BATCHES, holds="a batch, its state and its counts", key=("id",), retention_days=365),
    Record(
        name=BATCH_SLICES,
        holds="a run of neighbouring rows that travels as one message",
        key=("batch_id", "slice_index"),
        retention_days=365,
    ),
    Record(
        name=BATCH_ROWS,
        holds="the one outcome of a row, and why",
        key=("batch_id", "row_index"),
        retention_days=365,
    ),
    Record(
        name=BATCH_JOBS,
        holds="a batch as OpenAI's clients know it, with its input and output files",
        key=("id",),
        retention_days=365,
    ),
    Record(name=FILES, holds="a file of a caller's, or one that a batch left", key=("id",), retention_days=365),
    Record(name=GENERATIONS, holds="a generation outside batches", key=("id",), retention_days=365),
    Record(name=USAGE, holds="tokens and money of one call", key=("id",), retention_days=1_095),
    Record(name=WEBHOOKS, holds="where a tenant is told of events, and its secrets", key=("id",), retention_days=365),
    Record(
        name=WEBHOOK_DELIVERIES,
        holds="an event on its way to a webhook, and what became of it",
        key=("webhook_id", "event_id"),
        retention_days=30,
    ),
    Record(
        name=IDEMPOTENCY_KEYS,
        holds="what a call was answered with, for whoever repeats it with its key",
        key=("key_id",),
        retention_days=1,
    ),
    Record(
        name=CALL_CACHE,
        holds="what a model answered, for whoever asks the same again",
        key=("tenant", "key"),
        retention_days=30,
    ),
    Record(
        name=PROVIDER_BATCHES,
        holds="calls that a provider answers as a batch, and how far it is",
        key=("tenant", "key"),
        retention_days=30,
    ),
    Record(name=DATASET_RUNS, holds="a dataset in the making, and its versions", key=("id",), retention_days=365),
    Record(
        name=DATASET_CATALOG,
        holds="what is said of a dataset, and what is left of versions that were deleted",
        key=("dataset_id",),
        retention_days=730,
    ),
    Record(
        name=DATASET_EVENTS,
        holds="what was done to a dataset, by whom, when and why",
        key=("dataset_id", "position"),
        retention_days=730,
    ),
    Record(name=VALIDATIONS, holds="rows that are looked at, and their balance", key=("id",), retention_days=365),
    Record(name=REVIEWS, holds="rows that people look at, and what they are asked", key=("id",), retention_days=365),
    Record(
        name=REVIEW_ITEMS,
        holds="what people said of one row",
        key=("review_id", "position"),
        retention_days=365,
    ),
)
