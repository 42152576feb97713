"""What the use cases around batches stand on."""

from collections.abc import Callable
from dataclasses import dataclass

from textnlp.domain.batches.model import Batch
from textnlp.ports.batch_ledger import BatchLedger
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.event_publisher import EventPublisher
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.result_files import ResultFiles
from textnlp.ports.text_engine import TextEngine
from textnlp.ports.tracer import Tracer


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPorts:
    """The ports that every use case around batches shares.

    Attributes:
        blobs: holds the requests of each batch.
        results: writes the files of a batch that is done.
        events: where the end of a batch is announced; None where nobody listens.
        queue_entity: the queue that carries slices.
        lock_seconds: how long the queue locks a slice for.
        lease_seconds: how long a slice may be held without progress by renewing its lock.
    """

    ledger: BatchLedger
    queue: JobQueue
    blobs: BlobStore
    results: ResultFiles
    clock: Clock
    tracer: Tracer
    queue_entity: str
    lock_seconds: float
    lease_seconds: float
    events: EventPublisher | None = None


EngineFinder = Callable[[str], TextEngine]
"""Finds the engine for a model by the model's name; raises `NOT_FOUND` with the names that are known."""

BatchListener = Callable[[Batch], None]
"""Is told when a batch has ended."""
