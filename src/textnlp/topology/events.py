"""Events: what the platform tells that has happened, and who is told."""

from dataclasses import dataclass

from textnlp.topology.containers import PROMPTS_BATCH
from textnlp.topology.queues import GENERATION_EVENTS, VALIDATION_QUEUE

GENERATION_COMPLETED = "TextGeneration.Completed"
GENERATION_FAILED = "TextGeneration.Failed"
BATCH_COMPLETED = "Batch.Completed"
BATCH_FAILED = "Batch.Failed"
BATCH_CANCELLED = "Batch.Cancelled"
DEAD_LETTERS_FOUND = "DeadLetters.Found"
BLOB_CREATED = "Microsoft.Storage.BlobCreated"

EVENT_TOPIC = "textnlp-events"
"""The Event Grid topic that the platform's own events are published to."""

STORAGE_EVENTS = "storage-events"
"""The system topic on which the primary storage account tells of its blobs."""

EVENT_SCHEMA = "CloudEventSchemaV1_0"
"""Schema of events on the way in and on the way out."""

STATUS_PROPERTY = "Status"
"""Property of a message on the topic `generation-events` that filters look at."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventType:
    """A kind of event; two copies of one event carry the same id, and whoever has seen the id does nothing.

    Attributes:
        name: the CloudEvents `type`.
        status: value of the property `Status` that its message carries on the topic, or None for an event that
            is not sent there.
        subject: what the event is about, as the CloudEvents `subject`.
        published_to: the event topic it appears on.
    """

    name: str
    subject: str
    status: str | None = None
    published_to: str = EVENT_TOPIC


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventRoute:
    """A subscription that carries events from an event topic to whoever acts on them.

    Attributes:
        event_types: the types that are carried.
        subject_prefix: only events about something under this prefix; None carries all.
        destination: a queue, a topic or a process.
        max_attempts: deliveries tried before the event is kept as undelivered.
        time_to_live_minutes: how long delivery is tried.
    """

    name: str
    event_types: tuple[str, ...]
    destination: str
    subject_prefix: str | None = None
    max_attempts: int = 30
    time_to_live_minutes: int = 1_440


EVENT_TYPES = (
    EventType(name=GENERATION_COMPLETED, subject="generations/{id}", status="Completed"),
    EventType(name=GENERATION_FAILED, subject="generations/{id}", status="Failed"),
    EventType(name=BATCH_COMPLETED, subject="batches/{id}", status="Completed"),
    EventType(name=BATCH_FAILED, subject="batches/{id}", status="Failed"),
    EventType(name=BATCH_CANCELLED, subject="batches/{id}", status="Cancelled"),
    EventType(name=DEAD_LETTERS_FOUND, subject="queues/{id}", status="Found"),
    EventType(name=BLOB_CREATED, subject="{container}/{blob}", published_to=STORAGE_EVENTS),
)

EVENT_ROUTES = (
    EventRoute(
        name="generation-completed",
        event_types=(GENERATION_COMPLETED, BATCH_COMPLETED),
        destination=VALIDATION_QUEUE,
    ),
    EventRoute(
        name="generation-events",
        event_types=(GENERATION_COMPLETED, GENERATION_FAILED, BATCH_COMPLETED, BATCH_FAILED, BATCH_CANCELLED),
        destination=GENERATION_EVENTS,
    ),
    EventRoute(
        name="platform-alerts",
        event_types=(DEAD_LETTERS_FOUND,),
        destination=GENERATION_EVENTS,
    ),
    EventRoute(
        name="prompts-uploaded",
        event_types=(BLOB_CREATED,),
        destination="functions",
        subject_prefix=PROMPTS_BATCH,
    ),
)
