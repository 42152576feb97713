"""The composition root: settings and topology in, wired use cases out; the only module that names an adapter."""

import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textnlp.adapters.database.call_cache import PostgresCallCache
from textnlp.adapters.database.database_address import DatabaseAddress
from textnlp.adapters.database.migrate import upgrade
from textnlp.adapters.database.pool import DEFAULT_CONNECTIONS, PostgresDatabase
from textnlp.adapters.database.provider_batch_journal import PostgresProviderBatchJournal
from textnlp.adapters.prompt_files.opener import open_prompt_file
from textnlp.application.batch_ports import BatchPorts
from textnlp.application.engine_directory import EngineDirectory
from textnlp.application.job_ports import JobPorts
from textnlp.application.keep_calls import CallKeeper
from textnlp.application.link_downloads import NO_LINKS, DownloadLinks
from textnlp.application.metered_embeddings import MeteredEmbeddings
from textnlp.application.metered_engine import MeteredEngine
from textnlp.application.served_engine import ServedEmbeddings, ServedEngine
from textnlp.application.submit_generation import GenerationPorts
from textnlp.application.webhook_ports import WebhookPorts
from textnlp.bootstrap.azure_wiring import access_tokens
from textnlp.bootstrap.backup_hold import BackupHold
from textnlp.bootstrap.batch_wiring import batch_ports, generation_ports, job_ports
from textnlp.bootstrap.blob_wiring import download_links, open_blobs, open_folder
from textnlp.bootstrap.check_hold import CheckHold
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.closed_parts import closed_with
from textnlp.bootstrap.database_wiring import database_address
from textnlp.bootstrap.deployment_callers import DeploymentCallers
from textnlp.bootstrap.deployment_gates import DeploymentGates
from textnlp.bootstrap.engine_wiring import (
    EngineWiring,
    built_in_names,
    declared_models,
    embedded_names,
)
from textnlp.bootstrap.event_wiring import event_publisher
from textnlp.bootstrap.gateway import Gateway
from textnlp.bootstrap.metering import count_tokens, observe_gates
from textnlp.bootstrap.part_checks import Check, Checked, Deferred, checks_of
from textnlp.bootstrap.provider_batches import ProviderBatches
from textnlp.bootstrap.queue_wiring import job_queue, queue_system
from textnlp.bootstrap.retention_wiring import retention_ports
from textnlp.bootstrap.served_parts import served_parts
from textnlp.bootstrap.telemetry import EMBEDDED_PROCESS, NO_TELEMETRY, Telemetry
from textnlp.bootstrap.telemetry_wiring import open_telemetry
from textnlp.bootstrap.template_wiring import template_store
from textnlp.bootstrap.webhook_wiring import open_webhooks
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Usage
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.usage.account import Account
from textnlp.ports.access_tokens import AccessTokens
from textnlp.ports.call_cache import CallCache
from textnlp.ports.clock import Clock
from textnlp.ports.meter import Meter
from textnlp.ports.prompt_source import PromptSourceOpener
from textnlp.ports.template_store import TemplateStore
from textnlp.ports.tracer import Tracer
from textnlp.settings import Settings
from textnlp.topology.models import EMBEDDED_MODEL

if TYPE_CHECKING:
    # A run without callers saves the third of a second that importing what only callers need takes.
    from textnlp.application.apply_retention import RetentionPorts
    from textnlp.application.review_ports import ReviewPorts
    from textnlp.application.telemetry_ports import TelemetryPorts
    from textnlp.application.validation_ports import ValidationPorts
    from textnlp.bootstrap.dataset_hold import DatasetHold

_EMBEDDED_ENDPOINT = "embedded"
_Part = TypeVar("_Part")

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
        process: what its telemetry calls it.
        drain_seconds: how long work that was begun may go on once the run is told to stop.
        database_connections: how many it opens at most.
    """

    namespace: str = ""
    results_root: Path | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    takes_calls: bool = False
    process: str = EMBEDDED_PROCESS
    drain_seconds: float = 0.0
    database_connections: int = DEFAULT_CONNECTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The wired platform; everything that entry points need is here.

    Attributes:
        templates: those of this machine's tenant, and the way to others'.
        engines: write texts.
        embeddings: turn texts into vectors.
        call_cache: answers for whoever asks a model the same again.
        default_model: the model asked where a request names none.
        endpoint: where models are asked, without secrets.
        checks: parts that must work before requests are taken, by name.
        provider_batches: answer through providers' batches; None where there is no journal of them.
        doors: the gateway, None where nobody calls.
        meter: counts what this process does; keeps nothing where nobody calls.
        tracer: records what belongs together; nothing where nobody collects it.
        datasets: keeps those that it makes, None where nobody calls.
        reviews: those of its tenants, None where nobody calls.
        validations: rows that a worker looks at, None where nobody calls.
        telemetry: what is kept of the platform's own, None where nobody calls.
        backups: what takes them, None where nobody calls.
        retention: what lets go of data whose time is over, None where nobody calls.
        outside: makes checks that ask somebody; None where they are refused.
        downloads: which files are fetched by a link, none of them where nothing else is said.
        drain_seconds: how long a worker that is cancelled may go on with what it has begun.
    """

    clock: Clock
    meter: Meter
    tracer: Tracer
    batch_ports: BatchPorts
    generation_ports: GenerationPorts
    webhook_ports: WebhookPorts
    job_ports: JobPorts
    templates: TemplateStore
    engines: EngineDirectory[ServedEngine]
    embeddings: EngineDirectory[ServedEmbeddings]
    call_cache: CallCache
    default_model: str
    endpoint: str
    open_prompts: PromptSourceOpener
    checks: Mapping[str, Check]
    provider_batches: ProviderBatches | None = None
    doors: Gateway | None = None
    datasets: "DatasetHold | None" = None
    reviews: "ReviewPorts | None" = None
    validations: "ValidationPorts | None" = None
    telemetry: "TelemetryPorts | None" = None
    backups: BackupHold | None = None
    retention: "RetentionPorts | None" = None
    outside: CheckHold | None = None
    downloads: DownloadLinks = NO_LINKS
    drain_seconds: float = 0.0

    @property
    def dataset_hold(self) -> "DatasetHold":
        """What keeps datasets; raise `INTERNAL` for a platform that was opened without."""
        return _required(self.datasets, "datasets")

    @property
    def review_ports(self) -> "ReviewPorts":
        """What the use cases around reviews stand on; raise `INTERNAL` for a platform that was opened without."""
        return _required(self.reviews, "reviews")

    @property
    def validation_ports(self) -> "ValidationPorts":
        """What the use cases around validations stand on; raise `INTERNAL` for a platform opened without."""
        return _required(self.validations, "validations")

    @property
    def telemetry_ports(self) -> "TelemetryPorts":
        """What the use cases around telemetry stand on; raise `INTERNAL` for a platform that was opened without."""
        return _required(self.telemetry, "telemetry")

    @property
    def gateway(self) -> Gateway:
        """What stands before calls; raise `INTERNAL` for a platform that was opened without."""
        return _required(self.doors, "a gateway")

    def charged_engine(
        self,
        model: str,
        account: Account,
        *,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> MeteredEngine:
        """Return the engine for `model`, its calls charged to `account`; raise `NOT_FOUND` where there is none."""
        return MeteredEngine(
            self.engines.find(model),
            account=account,
            recorder=self.gateway.recorder,
            prices=self.gateway.prices,
            clock=self.clock,
            on_usage=self._counting(model, on_usage),
        )

    def charged_embeddings(
        self,
        model: str,
        account: Account,
        *,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> MeteredEmbeddings:
        """Return what embeds with `model`, its calls charged to `account`; raise `NOT_FOUND` where there is none."""
        return MeteredEmbeddings(
            self.embeddings.find(model),
            account=account,
            recorder=self.gateway.recorder,
            prices=self.gateway.prices,
            clock=self.clock,
            on_usage=self._counting(model, on_usage),
        )

    def _counting(self, model: str, on_usage: Callable[[Usage], None] | None) -> Callable[[Usage], None]:
        def count(usage: Usage) -> None:
            count_tokens(self.meter, model, usage)
            if on_usage is not None:
                on_usage(usage)

        return count


def _required(part: _Part | None, name: str) -> _Part:
    if part is None:
        raise TextNLPError(f"This platform was opened without {name}.", kind=ErrorKind.INTERNAL)
    return part


def default_model(settings: Settings) -> str:
    """Return the model asked where none is named: the setting's, else the embedded one's name."""
    if settings.model:
        return settings.model
    return settings.model_file.stem if settings.model_file else EMBEDDED_MODEL.name


def endpoint_name(settings: Settings) -> str:
    """Say where models are asked; holds no secret."""
    if settings.base_url:
        return settings.base_url
    return _EMBEDDED_ENDPOINT if settings.models is None else settings.models.name


def is_embedded(settings: Settings, model: str) -> bool:
    """Whether `model` is the one that runs in this process."""
    return model in embedded_names(settings)


def open_engines(settings: Settings) -> EngineDirectory[ServedEngine]:
    """Wire the engines that write texts, without a platform around them."""
    return _engine_wiring(settings, PlatformOptions(), NO_TELEMETRY, DeploymentCallers()).engines


@contextlib.asynccontextmanager
async def open_platform(settings: Settings, options: PlatformOptions | None = None) -> AsyncGenerator[Platform]:
    """Start what has to run, wire everything, and close it all when the block ends."""
    options = options or PlatformOptions()
    async with contextlib.AsyncExitStack() as stack:
        tokens = closed_with(stack, access_tokens())
        telemetry = await open_telemetry(stack, settings, process=options.process, has_page=options.takes_calls)
        tracer = telemetry.tracer
        address = await _migrated(stack, settings, tokens)
        database = _database(stack, address, options.database_connections, telemetry)
        bare = job_queue(settings, database, address=address, namespace=options.namespace, tokens=tokens)
        queue = closed_with(stack, telemetry.queue(bare, system=queue_system(settings, options.namespace)))
        blobs = telemetry.blobs(store := await open_blobs(stack, settings, tokens))
        results = await open_folder(stack, options.results_root) if options.results_root else blobs
        wiring = _usable_engines(stack, settings, options, telemetry, tokens)
        gateway = await _gateway(stack, settings, database, wiring, tokens) if options.takes_calls else None
        model, cache = default_model(settings), PostgresCallCache(database)
        outside = closed_with(stack, CheckHold(settings))
        events = closed_with(stack, event_publisher(settings, queue, tokens))
        ports = batch_ports(database, queue, blobs, results, events=events if gateway else None, tracer=tracer)
        parts = served_parts(
            settings, database, ports, telemetry=telemetry, outside=outside, is_called=gateway is not None
        )
        yield Platform(
            clock=SYSTEM_CLOCK,
            meter=telemetry.meter,
            tracer=tracer,
            batch_ports=ports,
            generation_ports=generation_ports(database, queue, blobs, events=events, tracer=tracer),
            job_ports=job_ports(database, ports, wiring.engines, model=model, endpoint=endpoint_name(settings)),
            webhook_ports=open_webhooks(stack, settings, database, queue=queue, ledger=ports.ledger, tracer=tracer),
            templates=template_store(blobs),
            doors=gateway,
            datasets=parts.datasets,
            reviews=parts.reviews,
            validations=parts.validations,
            telemetry=parts.telemetry,
            backups=BackupHold(settings=settings, database=database) if options.takes_calls else None,
            retention=retention_ports(settings, database, blobs) if options.takes_calls else None,
            outside=outside,
            downloads=download_links(settings, store),
            drain_seconds=options.drain_seconds,
            engines=wiring.engines,
            embeddings=wiring.embeddings,
            call_cache=cache,
            provider_batches=_provider_batches(stack, settings, database, wiring, cache),
            default_model=model,
            endpoint=endpoint_name(settings),
            open_prompts=open_prompts,
            checks=_checks(database, queue, blobs, gateway, engine=Deferred(lambda: wiring.engines.find(model))),
        )


async def _migrated(stack: contextlib.AsyncExitStack, settings: Settings, tokens: AccessTokens) -> DatabaseAddress:
    """Return the address of the database, brought to the structure of this version."""
    address = await stack.enter_async_context(database_address(settings, tokens))
    await upgrade(address)
    return address


def _database(
    stack: contextlib.AsyncExitStack, address: DatabaseAddress, most: int, telemetry: Telemetry
) -> PostgresDatabase:
    if telemetry.local is not None:
        telemetry.local.begin(stack, address)
    cursors = telemetry.cursor_class()
    database = PostgresDatabase(address, clock=SYSTEM_CLOCK, max_connections=most, cursor_class=cursors)
    stack.push_async_callback(database.aclose)
    return database


def _checks(
    database: Checked, queue: Checked, blobs: Checked, gateway: Gateway | None, *, engine: Checked
) -> dict[str, Check]:
    limits = gateway and gateway.limiter
    return checks_of(database=database, queue=queue, blobs=blobs, limits=limits, engine=engine)


def _usable_engines(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    options: PlatformOptions,
    telemetry: Telemetry,
    tokens: AccessTokens,
) -> EngineWiring:
    wiring = _engine_wiring(settings, options, telemetry, DeploymentCallers(tokens))
    wiring.require_usable()
    observe_gates(telemetry.meter, wiring.gates.all)
    for each in (wiring.engines, wiring.embeddings):
        stack.push_async_callback(each.aclose)
    return wiring


def _engine_wiring(
    settings: Settings, options: PlatformOptions, telemetry: Telemetry, callers: DeploymentCallers
) -> EngineWiring:
    gates = DeploymentGates(
        settings,
        requests_per_minute=options.requests_per_minute,
        tokens_per_minute=options.tokens_per_minute,
        meter=telemetry.meter,
    )
    catalog = declared_models(settings)
    return EngineWiring(settings=settings, catalog=catalog, gates=gates, telemetry=telemetry, callers=callers)


async def _gateway(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    database: PostgresDatabase,
    wiring: EngineWiring,
    tokens: AccessTokens,
) -> Gateway:
    from textnlp.adapters.usage.price_file import price_table  # noqa: PLC0415  as below
    from textnlp.bootstrap.gateway_wiring import open_gateway  # noqa: PLC0415  its docstring says why

    prices = price_table(free_models=built_in_names(settings), catalog=wiring.catalog)
    return await open_gateway(stack, settings, database, prices=prices, telemetry=wiring.telemetry, tokens=tokens)


def _provider_batches(
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    database: PostgresDatabase,
    wiring: EngineWiring,
    cache: PostgresCallCache,
) -> ProviderBatches:
    batches = ProviderBatches(
        settings=settings,
        catalog=wiring.catalog,
        journal=PostgresProviderBatchJournal(database, tenant=LOCAL_TENANT),
        keeper=CallKeeper(cache.for_tenant(LOCAL_TENANT), clock=SYSTEM_CLOCK),
        clock=SYSTEM_CLOCK,
        callers=wiring.callers,
    )
    stack.push_async_callback(batches.aclose)
    return batches
