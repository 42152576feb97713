"""The processes that the platform consists of."""

from textnlp.topology import containers, events, queues, records, services
from textnlp.topology.node_pools import CPU_POOL, GPU_POOL, GPU_SPOT_POOL
from textnlp.topology.processes import Probe, Process, Resources
from textnlp.topology.scopes import READ_WRITE_ALL
from textnlp.topology.secret_names import BACKUP_ENCRYPTION_KEY, MODEL_PROVIDER_API_KEY

API = "api"
CONSOLE = "console"
GENERATION_WORKER = "generation-worker"
BATCH_WORKER = "batch-worker"
VALIDATION_WORKER = "validation-worker"
FUNCTIONS = "functions"
WORKFLOW = "workflow"
TRAINING = "training"
OPERATIONS = "operations"
MIGRATIONS = "migrations"

_LIVENESS = Probe(path="/health", initial_delay_seconds=30, period_seconds=10)
_READINESS = Probe(path="/ready", initial_delay_seconds=5, period_seconds=5)
_WORKER_SERVICES = (
    services.DATABASE,
    services.CACHE,
    services.BLOBS,
    services.MESSAGES,
    services.EVENTS,
    services.MODEL_SERVICE,
    services.VAULT,
    services.IDENTITY,
    services.LOGS,
)
_MODEL_SERVER_RESOURCES = Resources(
    cpu_millis=4_000,
    cpu_limit_millis=8_000,
    memory_mib=16_384,
    memory_limit_mib=32_768,
    gpu_count=1,
)

PROCESSES = (
    Process(
        name=API,
        does="answers HTTP calls",
        host=services.CLUSTER_SERVICE,
        images=("api",),
        pool=CPU_POOL,
        port=8_000,
        min_replicas=3,
        max_replicas=20,
        resources=Resources(cpu_millis=1_000, cpu_limit_millis=2_000, memory_mib=2_048, memory_limit_mib=4_096),
        liveness=_LIVENESS,
        readiness=_READINESS,
        drain_seconds=60,
        sends=(queues.TEXT_GENERATION_QUEUE, queues.BATCH_PROCESSING_QUEUE),
        publishes=(events.GENERATION_COMPLETED, events.GENERATION_FAILED, events.BATCH_CANCELLED),
        reads=(
            containers.PROMPTS_TEMPLATES,
            containers.PROMPTS_SYSTEM,
            containers.PROMPTS_USER_CONTENT,
            containers.PROMPTS_BATCH,
            containers.PROMPTS_QUARANTINE,
            containers.GENERATIONS_REALTIME,
            containers.GENERATIONS_BATCH,
            containers.VALIDATION_HUMAN_EVAL,
            containers.VALIDATION_REPORTS,
        ),
        writes=(
            containers.PROMPTS_TEMPLATES,
            containers.PROMPTS_SYSTEM,
            containers.PROMPTS_USER_CONTENT,
            containers.PROMPTS_BATCH,
            containers.GENERATIONS_REALTIME,
            containers.GENERATIONS_BATCH,
            containers.VALIDATION_HUMAN_EVAL,
        ),
        reads_records=(
            records.BATCHES,
            records.BATCH_SLICES,
            records.BATCH_ROWS,
            records.GENERATIONS,
            records.USAGE,
            records.IDEMPOTENCY_KEYS,
        ),
        writes_records=(
            records.BATCHES,
            records.BATCH_SLICES,
            records.BATCH_ROWS,
            records.GENERATIONS,
            records.USAGE,
            records.IDEMPOTENCY_KEYS,
        ),
        uses=_WORKER_SERVICES,
        secrets=(MODEL_PROVIDER_API_KEY,),
    ),
    Process(
        name=CONSOLE,
        does="shows people what runs and lets them act",
        host=services.CLUSTER_SERVICE,
        part_of=API,
    ),
    Process(
        name=GENERATION_WORKER,
        does="writes the generations that were asked for asynchronously",
        host=services.CLUSTER_SERVICE,
        images=("worker", "generation"),
        pool=GPU_POOL,
        max_replicas=10,
        scales_on=(queues.TEXT_GENERATION_QUEUE,),
        resources=_MODEL_SERVER_RESOURCES,
        drain_seconds=300,
        receives=(queues.TEXT_GENERATION_QUEUE,),
        publishes=(events.GENERATION_COMPLETED, events.GENERATION_FAILED),
        reads=(
            containers.PROMPTS_TEMPLATES,
            containers.PROMPTS_SYSTEM,
            containers.PROMPTS_USER_CONTENT,
            containers.MODELS_CHECKPOINTS,
            containers.MODELS_FINE_TUNED,
            containers.MODELS_CONFIGS,
        ),
        writes=(containers.GENERATIONS_REALTIME,),
        reads_records=(records.GENERATIONS,),
        writes_records=(records.GENERATIONS, records.USAGE),
        uses=_WORKER_SERVICES,
        secrets=(MODEL_PROVIDER_API_KEY,),
    ),
    Process(
        name=BATCH_WORKER,
        does="answers the rows of batches, many in flight at once",
        host=services.CLUSTER_SERVICE,
        images=("worker", "generation"),
        pool=GPU_SPOT_POOL,
        max_replicas=10,
        scales_on=(queues.BATCH_PROCESSING_QUEUE,),
        resources=_MODEL_SERVER_RESOURCES,
        drain_seconds=300,
        receives=(queues.BATCH_PROCESSING_QUEUE,),
        sends=(queues.BATCH_PROCESSING_QUEUE,),
        publishes=(events.BATCH_COMPLETED, events.BATCH_FAILED),
        reads=(
            containers.PROMPTS_BATCH,
            containers.GENERATIONS_BATCH,
            containers.MODELS_CHECKPOINTS,
            containers.MODELS_FINE_TUNED,
            containers.MODELS_CONFIGS,
        ),
        writes=(containers.GENERATIONS_BATCH,),
        reads_records=(records.BATCHES, records.BATCH_SLICES, records.BATCH_ROWS),
        writes_records=(records.BATCHES, records.BATCH_SLICES, records.BATCH_ROWS, records.USAGE),
        uses=_WORKER_SERVICES,
        secrets=(MODEL_PROVIDER_API_KEY,),
    ),
    Process(
        name=VALIDATION_WORKER,
        does="checks what models answered",
        host=services.CLUSTER_SERVICE,
        images=("validation",),
        pool=CPU_POOL,
        max_replicas=20,
        scales_on=(queues.VALIDATION_QUEUE,),
        resources=Resources(cpu_millis=2_000, cpu_limit_millis=4_000, memory_mib=4_096, memory_limit_mib=8_192),
        drain_seconds=120,
        receives=(
            queues.VALIDATION_QUEUE,
            queues.subscription_entity(queues.GENERATION_EVENTS, queues.VALIDATION_SUB),
        ),
        reads=(containers.GENERATIONS_REALTIME, containers.GENERATIONS_BATCH, containers.VALIDATION_HUMAN_EVAL),
        writes=(containers.VALIDATION_METRICS, containers.VALIDATION_REPORTS),
        reads_records=(records.BATCHES, records.BATCH_ROWS, records.GENERATIONS),
        writes_records=(records.USAGE,),
        uses=_WORKER_SERVICES,
        secrets=(MODEL_PROVIDER_API_KEY,),
    ),
    Process(
        name=FUNCTIONS,
        does="starts a batch for every file of prompts that arrives, and does what the clock asks for",
        host=services.FUNCTION_APP,
        images=("functions",),
        max_replicas=40,
        timers=(
            ("aggregate-usage", "0 */5 * * * *"),
            ("apply-lifecycle", "0 30 3 * * *"),
            ("check-budgets", "0 */15 * * * *"),
            ("expire-answers", "0 */5 * * * *"),
            ("switch-environments", "0 0 * * * *"),
        ),
        receives=(queues.subscription_entity(queues.GENERATION_EVENTS, queues.MONITORING_SUB),),
        sends=(queues.BATCH_PROCESSING_QUEUE,),
        publishes=(events.BATCH_FAILED,),
        reads=(containers.PROMPTS_BATCH,),
        writes=(containers.PROMPTS_BATCH, containers.PROMPTS_QUARANTINE, containers.GENERATIONS_BATCH),
        reads_records=(records.BATCHES, records.USAGE, records.IDEMPOTENCY_KEYS),
        writes_records=(
            records.BATCHES,
            records.BATCH_SLICES,
            records.BATCH_ROWS,
            records.USAGE,
            records.IDEMPOTENCY_KEYS,
        ),
        uses=(
            services.DATABASE,
            services.BLOBS,
            services.MESSAGES,
            services.EVENTS,
            services.IDENTITY,
            services.LOGS,
        ),
    ),
    Process(
        name=WORKFLOW,
        does="generates, validates and stores on one request, for callers that cannot code",
        host=services.LOGIC_APP,
        writes=(containers.GENERATIONS_REALTIME,),
        uses=(services.GATEWAY, services.BLOBS, services.IDENTITY, services.LOGS),
        roles=(READ_WRITE_ALL,),
    ),
    Process(
        name=TRAINING,
        does="fine-tunes models and scores whole datasets",
        host=services.MACHINE_LEARNING,
        reads=(containers.GENERATIONS_BATCH, containers.MODELS_CHECKPOINTS, containers.MODELS_CONFIGS),
        writes=(containers.MODELS_CHECKPOINTS, containers.MODELS_FINE_TUNED, containers.MODELS_CONFIGS),
        uses=(services.BLOBS, services.IDENTITY, services.LOGS),
    ),
    Process(
        name=OPERATIONS,
        does="backs up, restores, archives and drills",
        host=services.JOBS,
        images=("api",),
        reads=tuple(prefix for container in containers.CONTAINERS for prefix in container.prefixes),
        writes=(
            containers.GENERATIONS_ARCHIVE,
            containers.BACKUPS_DATABASE,
            containers.BACKUPS_CONFIGURATIONS,
        ),
        reads_records=tuple(record.name for record in records.RECORDS),
        uses=(services.DATABASE, services.BLOBS, services.VAULT, services.IDENTITY, services.LOGS),
        secrets=(BACKUP_ENCRYPTION_KEY,),
    ),
    Process(
        name=MIGRATIONS,
        does="brings the database to the schema of its version, before any other process of that version starts",
        host=services.JOBS,
        images=("api",),
        writes_records=tuple(record.name for record in records.RECORDS),
        uses=(services.DATABASE, services.IDENTITY, services.LOGS),
    ),
)
