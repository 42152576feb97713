"""The wiring of what batches, jobs and single generations stand on."""

from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.file_catalog import PostgresFileCatalog
from textnlp.adapters.database.generation_store import PostgresGenerationStore
from textnlp.adapters.database.job_store import PostgresJobStore
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.result_files.writer import BlobResultFiles
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.job_ports import FilePorts, JobPorts
from textnlp.application.served_engine import ServedEngine
from textnlp.application.submit_generation import GenerationPorts
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.event_publisher import EventPublisher
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.tracer import Tracer
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, TEXT_GENERATION_QUEUE


def batch_ports(
    database: PostgresDatabase,
    queue: JobQueue,
    blobs: BlobStore,
    results: BlobStore,
    *,
    events: EventPublisher | None,
    tracer: Tracer,
) -> BatchPorts:
    """Wire batches whose ends are announced in `events`, nowhere where nobody listens."""
    declared = TOPOLOGY.queue(BATCH_PROCESSING_QUEUE)
    return BatchPorts(
        ledger=PostgresBatchLedger(database),
        queue=queue,
        blobs=blobs,
        results=BlobResultFiles(results),
        clock=SYSTEM_CLOCK,
        tracer=tracer,
        queue_entity=declared.name,
        lock_seconds=declared.lock_seconds,
        lease_seconds=declared.lease_seconds,
        events=events,
    )


def job_ports(
    database: PostgresDatabase,
    batches: BatchPorts,
    engines: EngineDirectory[ServedEngine],
    *,
    model: str,
    endpoint: str,
) -> JobPorts:
    """Wire files and jobs over batches."""
    return JobPorts(
        jobs=PostgresJobStore(database),
        files=FilePorts(catalog=PostgresFileCatalog(database), blobs=batches.blobs, clock=batches.clock),
        batches=batches,
        require_model=engines.require,
        default_model=model,
        endpoint=endpoint,
    )


def generation_ports(
    database: PostgresDatabase, queue: JobQueue, blobs: BlobStore, *, events: EventPublisher, tracer: Tracer
) -> GenerationPorts:
    """Wire single generations that are written later."""
    declared = TOPOLOGY.queue(TEXT_GENERATION_QUEUE)
    return GenerationPorts(
        store=PostgresGenerationStore(database),
        queue=queue,
        blobs=blobs,
        events=events,
        clock=SYSTEM_CLOCK,
        tracer=tracer,
        queue_entity=declared.name,
        max_delivery_count=declared.max_delivery_count,
        lock_seconds=declared.lock_seconds,
        lease_seconds=declared.lease_seconds,
    )
