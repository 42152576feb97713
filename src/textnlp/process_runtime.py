"""One process of the platform, as a container runs it: beside others, on a database and queues that they share."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.application.batch_intake import BatchIntake
from textnlp.application.keep_jobs import JobKeeper
from textnlp.application.make_datasets import DatasetKeeper
from textnlp.bootstrap.database_wiring import migrate_database
from textnlp.bootstrap.dataset_runs import dataset_ports
from textnlp.bootstrap.log_wiring import configure_logging
from textnlp.bootstrap.platform import Platform, PlatformOptions, open_platform
from textnlp.cli.run_loop import run_interruptible
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.settings import Settings, read_settings
from textnlp.topology import workloads
from textnlp.topology.catalog import TOPOLOGY
from textnlp.workers.backup_service import serve_backups
from textnlp.workers.batch_service import serve_batches
from textnlp.workers.expiry_service import serve_expiry
from textnlp.workers.generation_service import serve_generations
from textnlp.workers.queue_watch import watch_queues
from textnlp.workers.retention_service import serve_retention
from textnlp.workers.usage_service import serve_usage
from textnlp.workers.validation_service import serve_validations
from textnlp.workers.webhook_service import serve_webhooks

Service = Callable[[Platform], Awaitable[None]]
"""Works until it is cancelled."""

SERVICES: Mapping[str, tuple[Service, ...]] = {
    workloads.API: (serve_usage, watch_queues, serve_expiry, serve_retention, serve_backups),
    workloads.GENERATION_WORKER: (serve_generations,),
    workloads.BATCH_WORKER: (serve_batches,),
    workloads.VALIDATION_WORKER: (serve_validations,),
    workloads.WEBHOOK_WORKER: (serve_webhooks,),
}
"""What each process does, by its name in the declaration."""

ONE_OFFS: Mapping[str, Callable[[Settings], Awaitable[None]]] = {workloads.MIGRATIONS: migrate_database}
"""What each process does that ends by itself, likewise."""

ALIVE_SUFFIX = ".alive"
"""File in the data folder whose time of change is moved on for as long as the event loop gets round."""
_BEAT_SECONDS = 10.0
_CLOSE_SECONDS = 20
"""What a process needs of its time to drain for giving back what it holds, and for closing connections."""


def serve(
    process: Annotated[str, typer.Argument(help="Which process, by its name in the topology.")],
    *,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the API.")] = None,
    host: Annotated[str, typer.Option(help="Address of the API; callers must always say who they are.")] = "0.0.0.0",  # noqa: S104  a container's network is its own
) -> None:
    """Run one process of the platform; database, queues and the model are others', by DATABASE_URL and the like."""
    if process not in SERVICES and process not in ONE_OFFS:
        known = ", ".join([*SERVICES, *ONE_OFFS])
        raise invalid_input(f"{process!r} is no process of the cluster; {known} are.", field="PROCESS")
    settings = _shared(read_settings())
    configure_logging(settings)
    if process in ONE_OFFS:
        run_interruptible(lambda: ONE_OFFS[process](settings))
        Console().print(f"{process} done", style="bold green")
        return
    where = (host, port if port is not None else _declared_port(process))
    with contextlib.suppress(KeyboardInterrupt):
        run_interruptible(lambda: _serve(process, settings, where))


def _shared(settings: Settings) -> Settings:
    """Refuse settings with which this process would stand alone, or let everybody in."""
    if not settings.database_url:
        raise TextNLPError(
            "A process of its own needs a database that the others share.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="Set DATABASE_URL, or run everything in one process: textnlp up.", field="database"),
        )
    if not settings.authentication:
        raise invalid_input("TEXTNLP_AUTHENTICATION can be off only for textnlp up.", field="authentication")
    return settings


def _declared_port(process: str) -> int:
    return TOPOLOGY.process(process).port or 0


def _options(process: str) -> PlatformOptions:
    declared = TOPOLOGY.process(process)
    return PlatformOptions(
        takes_calls=True,
        process=process,
        drain_seconds=max(0, declared.drain_seconds - _CLOSE_SECONDS),
        database_connections=declared.database_connections,
    )


async def _serve(process: str, settings: Settings, where: tuple[str, int]) -> None:
    async with open_platform(settings, _options(process)) as platform:
        api = _serving_api(platform, settings, where) if process == workloads.API else contextlib.nullcontext()
        async with api, asyncio.TaskGroup() as tasks:
            begin_services(tasks, platform, SERVICES[process])
            Console().print(f"{process} ready", style="bold green")
            await _beat(settings.data_dir / f"{process}{ALIVE_SUFFIX}", platform)


def make_intake(platform: Platform) -> BatchIntake:
    """Make what reads files of prompts, as the topology says."""
    return BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=TOPOLOGY.limits.slice_rows)


def begin_services(tasks: asyncio.TaskGroup, platform: Platform, services: Iterable[Service]) -> None:
    """Start services, to run until they are cancelled."""
    for service in services:
        tasks.create_task(_run(service, platform), name=service.__name__)


def begin_keepers(tasks: asyncio.TaskGroup, platform: Platform, intake: BatchIntake) -> list[asyncio.Task[None]]:
    """Start what goes on without a message that calls for it, and so where a process always runs."""
    from textnlp.api.job_wire import OpenAIJobWire  # noqa: PLC0415  the API, which a worker does without

    return [
        tasks.create_task(intake.run(), name="intake"),
        tasks.create_task(DatasetKeeper(dataset_ports(platform)).run(), name="datasets"),
        tasks.create_task(JobKeeper(platform.job_ports, wire=OpenAIJobWire()).run(), name="jobs"),
    ]


async def _run(service: Service, platform: Platform) -> None:
    await service(platform)


@contextlib.asynccontextmanager
async def _serving_api(platform: Platform, settings: Settings, where: tuple[str, int]) -> AsyncGenerator[None]:
    from textnlp.api.app import create_app  # noqa: PLC0415  half a second, which a worker saves
    from textnlp.api.server import serve_app  # noqa: PLC0415  as above
    from textnlp.console.app import console_router  # noqa: PLC0415  as above
    from textnlp.console.front import console_front  # noqa: PLC0415  as above

    intake = make_intake(platform)
    app = create_app(platform, intake=intake, pages=[console_router(settings)], front=console_front(platform))
    host, port = where
    async with serve_app(app, host=host, port=port, is_authenticated=True) as serving, asyncio.TaskGroup() as tasks:
        kept = begin_keepers(tasks, platform, intake)
        Console().print(f"API {serving.url}/api/v1", soft_wrap=True)
        try:
            yield
        finally:
            for task in kept:
                task.cancel()


async def _beat(path: Path, platform: Platform) -> None:
    """Leave a sign of life where a health check looks for it; a full or missing folder is a fault that ends it."""
    await asyncio.to_thread(lambda: path.parent.mkdir(parents=True, exist_ok=True))
    while True:
        await asyncio.to_thread(path.touch)
        await platform.clock.sleep(_BEAT_SECONDS)
