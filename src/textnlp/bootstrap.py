"""The composition root: settings and topology in, wired use cases out; the only module that names an adapter."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path

from textnlp.adapters.blobs.obstore_store import local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.batch_ledger import PostgresBatchLedger
from textnlp.adapters.database.embedded import EmbeddedPostgres
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.adapters.engines.embedded import EmbeddedEngine
from textnlp.adapters.engines.openai_compatible.authentication import BearerKey, NoAuthentication
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.adapters.result_files.writer import BlobResultFiles
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.govern_engine import GovernedEngine
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.job_queue import JobQueue
from textnlp.ports.prompt_source import PromptSourceOpener
from textnlp.ports.text_engine import TextEngine
from textnlp.settings import Settings
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE

SYSTEM_CLOCK = SystemClock()

Check = Callable[[], Awaitable[None]]
"""Returns when a part can be used, raises `TextNLPError` saying what to do otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformOptions:
    """What distinguishes one run of the platform from another on the same machine.

    Attributes:
        namespace: keeps the queue messages of a local run apart from everybody else's.
        results_root: folder that result files are written to; the blob store where None.
        requests_per_minute: cap on calls begun, None for none.
        tokens_per_minute: cap on tokens, None for none.
    """

    namespace: str = ""
    results_root: Path | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The wired platform; everything that entry points need is here.

    Attributes:
        default_model: the model asked where a request names none.
        endpoint: where models are asked, without secrets.
        checks: parts that must work before requests are taken, by name.
    """

    clock: Clock
    batch_ports: BatchPorts
    engines: EngineDirectory
    default_model: str
    endpoint: str
    open_prompts: PromptSourceOpener
    checks: Mapping[str, Check]
