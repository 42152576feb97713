"""The composition root: settings and topology in, wired use cases out; the only module that names an adapter."""

import asyncio
import contextlib
import platform
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import textnlp
from textnlp.adapters.blobs.local_folder import local_blob_store
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import PostgresDatabase, with_defaults
from textnlp.adapters.engines.embedded import EmbeddedEngine
from textnlp.adapters.engines.llama_server import usable_cores
from textnlp.adapters.engines.model_files import ModelFiles
from textnlp.adapters.engines.openai_compatible.address import parse_base_url
from textnlp.adapters.engines.openai_compatible.authentication import Authentication, BearerKey, NoAuthentication
from textnlp.adapters.engines.openai_compatible.connections import ConnectionOptions
from textnlp.adapters.engines.openai_compatible.engine import OpenAICompatibleEngine
from textnlp.adapters.engines.scripted import ScriptedEngine
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.adapters.queues.postgres import PostgresJobQueue
from textnlp.adapters.telemetry.null import NullMeter
from textnlp.application.admission_gate import AdmissionGate
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.examine_machine import Probe
from textnlp.application.govern_engine import GovernedEngine
from textnlp.application.job_ports import JobPorts
from textnlp.application.metered_engine import MeteredEngine
from textnlp.application.pull_model import pull_model
from textnlp.application.submit_generation import GenerationPorts
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.bootstrap.batch_wiring import batch_ports, generation_ports, job_ports
from textnlp.bootstrap.database_wiring import database_address
from textnlp.bootstrap.gateway import Gateway
from textnlp.bootstrap.metering import count_tokens, observe_engines, time_attempts
from textnlp.bootstrap.webhook_wiring import open_webhooks
from textnlp.domain.admission.limits import DeploymentLimits
from textnlp.domain.admission.retry import RetryPolicy
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.usage.account import Account
from textnlp.ports.blob_store import BlobStore
from textnlp.ports.clock import Clock
from textnlp.ports.meter import Meter
from textnlp.ports.model_store import ModelStore
from textnlp.ports.prompt_source import PromptSourceOpener
from textnlp.ports.text_engine import TextEngine
from textnlp.settings import Settings, read_secret
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.models import EMBEDDED_MODEL

SYSTEM_CLOCK: Clock = SystemClock()
SCRIPTED_MODEL = "scripted"
_EMBEDDED_ENDPOINT = "embedded"
_ENDPOINT_CONCURRENCY = 64
_SCRIPTED_CONCURRENCY = 64
_STRAGGLERS_TOO = 2
_NO_METER: Meter = NullMeter()

Check = Callable[[], Awaitable[None]]
"""Returns when a part can be used, raises `TextNLPError` saying what to do otherwise."""

_Govern = Callable[[TextEngine, int], GovernedEngine]
"""Puts an engine behind its limits, the second of which is calls in flight at most."""

open_prompts: PromptSourceOpener = open_prompt_file


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformOptions:
    """What distinguishes one run of the platform from another on the same machine.

    Attributes:
        namespace: keeps the queue messages of a local run apart from everybody else's.
        results_root: folder that result files are written to; the blob store where None.
        requests_per_minute: cap on calls begun, None for none.
        tokens_per_minute: cap on tokens, None for none.
        takes_calls: others call it, so that it needs a gateway.
    """

    namespace: str = ""
    results_root: Path | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    takes_calls: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The wired platform; everything that entry points need is here.

    Attributes:
        default_model: the model asked where a request names none.
        endpoint: where models are asked, without secrets.
        checks: parts that must work before requests are taken, by name.
        doors: the gateway, None where nobody calls.
        meter: counts what this process does; keeps nothing where nobody calls.
    """

    clock: Clock
    meter: Meter
    batch_ports: BatchPorts
    generation_ports: GenerationPorts
    webhook_ports: WebhookPorts
    job_ports: JobPorts
    engines: EngineDirectory
    default_model: str
    endpoint: str
    open_prompts: PromptSourceOpener
    checks: Mapping[str, Check]
    doors: Gateway | None = None

    @property
    def gateway(self) -> Gateway:
        """What stands before calls; raise `INTERNAL` for a platform that was opened without."""
        if self.doors is None:
            raise TextNLPError("This platform was opened without a gateway.", kind=ErrorKind.INTERNAL)
        return self.doors

    def charged_engine(
        self,
        model: str,
        account: Account,
        *,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> MeteredEngine:
        """Return the engine for `model`, its calls charged to `account`; raise `NOT_FOUND` where there is none."""

        def count(usage: Usage) -> None:
            count_tokens(self.meter, model, usage)
            if on_usage is not None:
                on_usage(usage)

        return MeteredEngine(
            self.engines.find(model),
            account=account,
            recorder=self.gateway.recorder,
            prices=self.gateway.prices,
            clock=self.clock,
            on_usage=count,
        )


def default_model(settings: Settings) -> str:
    """Return the model asked where none is named: the setting's, else the embedded one's name."""
    if settings.model:
        return settings.model
    return settings.model_file.stem if settings.model_file else EMBEDDED_MODEL.name


def endpoint_name(settings: Settings) -> str:
    """Say where models are asked; holds no secret."""
    return settings.base_url or _EMBEDDED_ENDPOINT


def is_embedded(settings: Settings, model: str) -> bool:
    """Whether `model` is the one that runs in this process."""
    return model in _embedded_names(settings)


def model_store(settings: Settings) -> ModelStore:
    """Return where model files are found and fetched to."""
    return ModelFiles(settings.models_dir, clock=SYSTEM_CLOCK, own_file=settings.model_file)


def open_engines(
    settings: Settings, options: PlatformOptions | None = None, *, meter: Meter = _NO_METER
) -> EngineDirectory:
    """Wire the engines: the embedded model, the scripted one, and the endpoint where the settings name one."""
    options = options or PlatformOptions()
    govern = partial(_governed, options, meter)
    embedded = partial(_embedded_engine, settings, govern)
    builders = dict.fromkeys(_embedded_names(settings), embedded)
    builders[SCRIPTED_MODEL] = partial(_scripted_engine, govern)
    fallback = partial(_endpoint_engine, settings, govern) if settings.base_url else None
    return EngineDirectory(builders, fallback=fallback)


@contextlib.asynccontextmanager
async def open_platform(settings: Settings, options: PlatformOptions | None = None) -> AsyncGenerator[Platform]:
    """Start what has to run, wire everything, and close it all when the block ends."""
    options = options or PlatformOptions()
    async with contextlib.AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(database_address(settings))
        await upgrade(dsn)
        database = PostgresDatabase(dsn, clock=SYSTEM_CLOCK)
        stack.push_async_callback(database.aclose)
        queue = PostgresJobQueue(
            database.connection,
            listen_dsn=lambda: with_defaults(dsn),
            topology=TOPOLOGY,
            clock=SYSTEM_CLOCK,
            namespace=options.namespace,
        )
        stack.push_async_callback(queue.aclose)
        blobs = await _opened_store(stack, settings.blobs_dir)
        results = await _opened_store(stack, options.results_root) if options.results_root else blobs
        meter = _meter(stack) if options.takes_calls else _NO_METER
        engines = open_engines(settings, options, meter=meter)
        observe_engines(meter, engines)
        stack.push_async_callback(engines.aclose)
        gateway = await _gateway(stack, settings, database, meter) if options.takes_calls else None
        model = default_model(settings)
        ports = batch_ports(database, queue, blobs, results, has_listeners=options.takes_calls, clock=SYSTEM_CLOCK)
        yield Platform(
            clock=SYSTEM_CLOCK,
            meter=meter,
            batch_ports=ports,
            generation_ports=generation_ports(database, queue, blobs, clock=SYSTEM_CLOCK),
            job_ports=job_ports(database, ports, engines, model=model, endpoint=endpoint_name(settings)),
            webhook_ports=open_webhooks(stack, settings, database, queue=queue, ledger=ports.ledger),
            doors=gateway,
            engines=engines,
            default_model=model,
            endpoint=endpoint_name(settings),
            open_prompts=open_prompts,
            checks={
                "database": database.check,
                "queue": queue.check,
                "blobs": blobs.check,
                **({} if gateway is None else {"limits": gateway.limiter.check}),
                "engine": lambda: engines.find(model).check(),
            },
        )


def _meter(stack: contextlib.AsyncExitStack) -> Meter:
    from textnlp.adapters.telemetry.open_telemetry import OpenTelemetryMeter  # noqa: PLC0415  a seventh of a second

    meter = OpenTelemetryMeter(clock=SYSTEM_CLOCK, version=textnlp.__version__)
    stack.callback(meter.close)
    return meter


async def _gateway(
    stack: contextlib.AsyncExitStack, settings: Settings, database: PostgresDatabase, meter: Meter
) -> Gateway:
    from textnlp.bootstrap.gateway_wiring import open_gateway  # noqa: PLC0415  its docstring says why

    free_models = _embedded_names(settings) | {SCRIPTED_MODEL}
    return await open_gateway(stack, settings, database, free_models=free_models, meter=meter)


async def _opened_store(stack: contextlib.AsyncExitStack, root: Path) -> BlobStore:
    store = await asyncio.to_thread(local_blob_store, root, clock=SYSTEM_CLOCK)
    stack.push_async_callback(store.aclose)
    return store


def _embedded_names(settings: Settings) -> set[str]:
    return {EMBEDDED_MODEL.name, settings.model_file.stem} if settings.model_file else {EMBEDDED_MODEL.name}


def _embedded_engine(settings: Settings, govern: _Govern) -> GovernedEngine:
    name = settings.model_file.stem if settings.model_file else EMBEDDED_MODEL.name
    engine = EmbeddedEngine(partial(pull_model, model_store(settings)), name=name, slots=settings.concurrency)
    return govern(engine, engine.capabilities.max_concurrency or 1)


def _scripted_engine(govern: _Govern) -> GovernedEngine:
    return govern(ScriptedEngine(clock=SYSTEM_CLOCK), _SCRIPTED_CONCURRENCY)


def _endpoint_engine(settings: Settings, govern: _Govern) -> GovernedEngine:
    concurrency = settings.concurrency or _ENDPOINT_CONCURRENCY
    engine = OpenAICompatibleEngine(
        parse_base_url(settings.base_url or ""),
        clock=SYSTEM_CLOCK,
        authentication=_authentication(settings),
        connections=ConnectionOptions(max_connections=concurrency * _STRAGGLERS_TOO + 1),
    )
    return govern(engine, concurrency)


def _authentication(settings: Settings) -> Authentication:
    return BearerKey(read_secret(settings.api_key_env)) if settings.api_key_env else NoAuthentication()


def _governed(options: PlatformOptions, meter: Meter, engine: TextEngine, concurrency: int) -> GovernedEngine:
    limits = DeploymentLimits(
        max_concurrency=concurrency,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
    )
    on_attempt = time_attempts(meter, engine.name)
    gate = AdmissionGate(limits=limits, clock=SYSTEM_CLOCK, name=engine.name, on_attempt=on_attempt)
    policy = RetryPolicy(deadline_seconds=TOPOLOGY.limits.generation_deadline_seconds)
    return GovernedEngine(engine, gate=gate, policy=policy, clock=SYSTEM_CLOCK)


def machine_probes(settings: Settings) -> dict[str, Probe]:
    """Return what `doctor` looks at, by name."""
    return {
        "python": _probe_python,
        "cores": _probe_cores,
        "data folder": partial(_probe_folder, settings.data_dir),
        "cache folder": partial(_probe_folder, settings.cache_dir),
        "database": partial(_probe_database, settings),
        "engine": partial(_probe_engine, settings),
    }


async def _probe_python() -> str:
    return f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"


async def _probe_cores() -> str:
    return f"{usable_cores()} cores that this process may use"


async def _probe_folder(folder: Path) -> str:
    async with contextlib.aclosing(local_blob_store(folder, clock=SYSTEM_CLOCK)) as store:
        await store.check()
    return f"{folder}, {shutil.disk_usage(folder).free >> 20:,} MB free"


async def _probe_database(settings: Settings) -> str:
    async with database_address(settings) as dsn:
        await upgrade(dsn)
    return "the one of DATABASE_URL" if settings.database_url else f"embedded, in {settings.postgres_dir}"


async def _probe_engine(settings: Settings) -> str:
    model = default_model(settings)
    if is_embedded(settings, model) and model_store(settings).find(EMBEDDED_MODEL) is None:
        raise TextNLPError(
            f"The model {model} is not on this machine yet.",
            kind=ErrorKind.NOT_FOUND,
            facts=ErrorFacts(hint="Fetch it with: textnlp model pull. The first run does so by itself."),
        )
    async with contextlib.aclosing(open_engines(settings)) as engines:
        await engines.find(model).check()
    return f"{model}, {endpoint_name(settings)}"
