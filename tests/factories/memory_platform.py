"""A whole platform in memory, for tests of use cases and of the API."""

from typing import TYPE_CHECKING

from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.memory_batch_ledger import MemoryBatchLedger
from textnlp.adapters.database.memory_call_cache import MemoryCallCache
from textnlp.adapters.database.memory_file_catalog import MemoryFileCatalog
from textnlp.adapters.database.memory_generation_store import MemoryGenerationStore
from textnlp.adapters.database.memory_idempotency_store import MemoryIdempotencyStore
from textnlp.adapters.database.memory_job_store import MemoryJobStore
from textnlp.adapters.database.memory_session_store import MemorySessionStore
from textnlp.adapters.database.memory_telemetry import MemoryTelemetry
from textnlp.adapters.database.memory_usage_ledger import MemoryUsageLedger
from textnlp.adapters.database.memory_validation_store import MemoryValidationStore
from textnlp.adapters.database.memory_webhooks import MemoryWebhookDeliveries, MemoryWebhookRegistry
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.engines.scripted_embeddings import ScriptedEmbeddings
from textnlp.adapters.identity.memory_client_registry import MemoryClientRegistry
from textnlp.adapters.identity.memory_sign_in_store import MemorySignInStore
from textnlp.adapters.limits.memory import MemoryCallLimiter
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.adapters.queues.memory import MemoryJobQueue
from textnlp.adapters.result_files.writer import BlobResultFiles
from textnlp.adapters.reviews.memory import MemoryReviewStore
from textnlp.adapters.telemetry.null import NullMeter, NullTracer
from textnlp.adapters.templates.memory import MemoryTemplateStore
from textnlp.adapters.usage.price_file import price_table
from textnlp.adapters.webhooks.memory import MemoryWebhookTransport
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.govern_embeddings import GovernedEmbeddings
from textnlp.application.govern_engine import GovernedEngine
from textnlp.application.job_ports import FilePorts, JobPorts
from textnlp.application.keep_answers import AnswerKeeper
from textnlp.application.limit_guesses import GuessLimit
from textnlp.application.review_ports import ReviewPorts
from textnlp.application.route_events import LocalEvents
from textnlp.application.served_engine import ServedEmbeddings, ServedEngine
from textnlp.application.submit_generation import GenerationPorts
from textnlp.application.telemetry_ports import TelemetryPorts
from textnlp.application.usage_recorder import UsageRecorder
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.bootstrap.gateway import Gateway
from textnlp.bootstrap.platform import Platform
from textnlp.bootstrap.served_validations import validation_ports
from textnlp.bootstrap.telemetry import Telemetry
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import NO_RETRIES, RetryPolicy
from textnlp.ports.authenticator import Authenticator
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.embedding_engine import EmbeddingEngine
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.meter import Meter
from textnlp.ports.text_engine import TextEngine
from textnlp.ports.tracer import Tracer
from textnlp.ports.webhook_transport import WebhookTransport
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import (
    BATCH_PROCESSING_QUEUE,
    GENERATION_EVENTS,
    TEXT_GENERATION_QUEUE,
    WEBHOOKS_SUB,
    subscription_entity,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CLOCK: Clock = SystemClock()
UNTRACED: Tracer = NullTracer()
MODEL = "scripted"


def memory_ports(*, tracer: Tracer = UNTRACED) -> BatchPorts:
    """Return ports of which everything is gone with the test."""
    queue = TOPOLOGY.queue(BATCH_PROCESSING_QUEUE)
    telemetry = Telemetry(meter=NullMeter(), tracer=tracer)
    blobs = telemetry.blobs(memory_blob_store())
    jobs = telemetry.queue(MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK), system="memory")
    return BatchPorts(
        ledger=MemoryBatchLedger(),
        queue=jobs,
        events=LocalEvents(jobs),
        blobs=blobs,
        results=BlobResultFiles(blobs),
        clock=CLOCK,
        tracer=tracer,
        queue_entity=queue.name,
        lock_seconds=queue.lock_seconds,
        lease_seconds=queue.lease_seconds,
    )


def memory_generation_ports(
    queue: JobQueue | None = None, blobs: BlobStore | None = None, *, tracer: Tracer = UNTRACED
) -> GenerationPorts:
    """Return ports for generations that are written later."""
    declared = TOPOLOGY.queue(TEXT_GENERATION_QUEUE)
    jobs = queue or MemoryJobQueue(topology=TOPOLOGY, clock=CLOCK)
    return GenerationPorts(
        store=MemoryGenerationStore(),
        queue=jobs,
        blobs=blobs or memory_blob_store(),
        events=LocalEvents(jobs),
        clock=CLOCK,
        tracer=tracer,
        queue_entity=declared.name,
        max_delivery_count=declared.max_delivery_count,
        lock_seconds=declared.lock_seconds,
        lease_seconds=declared.lease_seconds,
    )


def memory_webhook_ports(
    batch_ports: BatchPorts | None = None,
    generation_ports: GenerationPorts | None = None,
    *,
    transport: WebhookTransport | None = None,
    clock: Clock = CLOCK,
) -> WebhookPorts:
    """Return ports for webhooks at `receiver.example` that are told of the events of these batches and generations."""
    batch_ports = batch_ports or memory_ports()
    generation_ports = generation_ports or memory_generation_ports(batch_ports.queue, batch_ports.blobs)
    registry = MemoryWebhookRegistry()
    return WebhookPorts(
        registry=registry,
        deliveries=MemoryWebhookDeliveries(registry.tables),
        transport=transport or MemoryWebhookTransport({"receiver.example": ["93.184.215.14"]}),
        queue=batch_ports.queue,
        queue_entity=subscription_entity(GENERATION_EVENTS, WEBHOOKS_SUB),
        ledger=batch_ports.ledger,
        generations=generation_ports.store,
        clock=clock,
        tracer=batch_ports.tracer,
        webhooks_per_tenant=TOPOLOGY.limits.webhooks_per_tenant,
        timeout_seconds=TOPOLOGY.limits.webhook_timeout_seconds,
    )


def memory_job_ports(
    batches: BatchPorts | None = None, engines: EngineDirectory[ServedEngine] | None = None
) -> JobPorts:
    """Return ports for files and jobs."""
    batches = batches or memory_ports()
    return JobPorts(
        jobs=MemoryJobStore(),
        files=FilePorts(catalog=MemoryFileCatalog(), blobs=batches.blobs, clock=batches.clock),
        batches=batches,
        require_model=(engines or engine_directory()).require,
        default_model=MODEL,
        endpoint="memory",
    )


def engine_directory(
    engine: TextEngine | None = None, *, policy: RetryPolicy = NO_RETRIES
) -> EngineDirectory[ServedEngine]:
    """Return a directory with one engine, under the name `scripted`."""
    engine = engine or ScriptedEngine(clock=CLOCK)
    gate = AdmissionGate(limits=DeploymentLimits(max_concurrency=8), clock=CLOCK, name=engine.name)
    return EngineDirectory({MODEL: lambda: GovernedEngine(engine, gate=gate, policy=policy, clock=CLOCK)})


def embedding_directory(engine: EmbeddingEngine | None = None) -> EngineDirectory[ServedEmbeddings]:
    """Return a directory with one embedding engine, under the name `scripted`."""
    engine = engine or ScriptedEmbeddings()
    gate = AdmissionGate(limits=DeploymentLimits(max_concurrency=8), clock=CLOCK, name=engine.name)
    return EngineDirectory({MODEL: lambda: GovernedEmbeddings(engine, gate=gate, policy=NO_RETRIES, clock=CLOCK)})


def memory_gateway(authenticator: Authenticator | None = None) -> Gateway:
    """Return a gateway that keeps everything in memory, and lets everybody in unless there is an authenticator."""
    usage = MemoryUsageLedger()
    idempotency = MemoryIdempotencyStore()
    return Gateway(
        authenticator=authenticator,
        issuer=None,
        clients=MemoryClientRegistry(),
        sign_ins=MemorySignInStore(),
        sessions=MemorySessionStore(),
        guesses=GuessLimit(clock=CLOCK),
        limiter=MemoryCallLimiter(clock=CLOCK),
        usage=usage,
        recorder=UsageRecorder(usage, clock=CLOCK),
        prices=price_table(free_models=[MODEL]),
        idempotency=idempotency,
        answers=AnswerKeeper(idempotency, clock=CLOCK),
    )


def memory_platform(
    engine: TextEngine | None = None,
    *,
    embeddings: EmbeddingEngine | None = None,
    engines: EngineDirectory[ServedEngine] | None = None,
    gateway: Gateway | None = None,
    meter: Meter | None = None,
    tracer: Tracer = UNTRACED,
    policy: RetryPolicy = NO_RETRIES,
) -> Platform:
    """Return a platform in memory that asks `engine` and `embeddings`, the scripted ones where None."""
    ports = memory_ports(tracer=tracer)
    generation_ports = memory_generation_ports(ports.queue, ports.blobs, tracer=tracer)
    telemetry = Telemetry(meter=NullMeter(), tracer=tracer)
    engine = telemetry.engine(engine or ScriptedEngine(clock=CLOCK), provider="scripted")
    engines = engines or engine_directory(engine, policy=policy)
    store = MemoryTelemetry(clock=CLOCK)
    checks: dict[str, Callable[[], Awaitable[None]]] = {
        "queue": ports.queue.check,
        "blobs": ports.blobs.check,
        "engine": lambda: engines.find(MODEL).check(),
    }
    return Platform(
        clock=CLOCK,
        meter=meter or NullMeter(),
        tracer=tracer,
        batch_ports=ports,
        generation_ports=generation_ports,
        webhook_ports=memory_webhook_ports(ports, generation_ports),
        job_ports=memory_job_ports(ports, engines),
        validations=validation_ports(
            MemoryValidationStore(), ports, generation_ports.store, meter=meter or NullMeter()
        ),
        reviews=ReviewPorts(store=MemoryReviewStore(), clock=CLOCK, blobs=ports.blobs),
        telemetry=TelemetryPorts(reader=store, retention=store, is_kept=True),
        templates=MemoryTemplateStore(),
        doors=gateway or memory_gateway(),
        engines=engines,
        embeddings=embedding_directory(embeddings),
        call_cache=MemoryCallCache(clock=CLOCK),
        default_model=MODEL,
        endpoint="memory",
        open_prompts=open_prompt_file,
        checks=checks,
    )
