"""Accept a generation that is written later."""

from dataclasses import dataclass

from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import GenerationRequest
from textnlp.domain.generation.record import GenerationRecord, encode_order
from textnlp.domain.identifiers import new_generation_id
from textnlp.domain.identity.tenant import Owner
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.event_publisher import EventPublisher
from textnlp.ports.generation_store import GenerationStore
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.tracer import Tracer


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationPorts:
    """The ports of the use cases around generations that are written later.

    Attributes:
        events: where the end of one is announced.
        queue_entity: the queue that carries them.
        max_delivery_count: how often the queue delivers one before it gives up.
        lock_seconds: how long the queue locks one for.
        lease_seconds: how long one may be held by renewing its lock.
    """

    store: GenerationStore
    queue: JobQueue
    blobs: BlobStore
    events: EventPublisher
    clock: Clock
    tracer: Tracer
    queue_entity: str
    max_delivery_count: int
    lock_seconds: float
    lease_seconds: float


async def submit_generation(
    ports: GenerationPorts,
    request: GenerationRequest,
    *,
    owner: Owner,
    count: int = 1,
) -> GenerationRecord:
    """Note a generation of `count` completions and queue it.

    Where it cannot be queued it is noted as failed, and the error raised.
    """
    now = ports.clock.now()
    record = GenerationRecord(
        id=new_generation_id(now),
        tenant=owner.tenant,
        caller=owner.caller,
        model=request.model,
        created_at=now,
    )
    await ports.store.create(record)
    try:
        await ports.queue.send(ports.queue_entity, [encode_order(record.id, request, count=count)])
    except TextNLPError as error:
        await ports.store.fail(record.id, error, at=ports.clock.now())
        raise
    return record
