"""The wired platform on a real PostgreSQL, served over a real socket by a thread of the test's own process."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from textnlp.api.app import create_app
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.make_datasets import DatasetKeeper
from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.bootstrap.dataset_runs import dataset_ports
from textnlp.bootstrap.engine_wiring import SCRIPTED_MODEL
from textnlp.bootstrap.platform import Platform, PlatformOptions, open_platform
from textnlp.console.app import console_router
from textnlp.console.front import console_front
from textnlp.domain.identity.client import ClientRequest, make_client
from textnlp.settings import Settings
from textnlp.topology.limits import CALL_LIMITS, LIMITS, Limits
from textnlp.topology.scopes import ADMIN, READ, WRITE
from textnlp.workers.batch_service import serve_batches
from textnlp.workers.generation_service import serve_generations
from textnlp.workers.validation_service import serve_validations

_NEARLY_NO_LIMIT = 2**40
_START_SECONDS = 60.0
_EVERYTHING = (READ, WRITE, ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPlatform:
    """Where the platform is served, and the API key of a caller who may do everything as often as it wants."""

    url: str
    api_key: str


@contextlib.asynccontextmanager
async def serve_platform(
    database_url: str,
    data_dir: Path,
    *,
    settings: Settings | None = None,
    limits: Limits = LIMITS,
    process: str = "textnlp",
) -> AsyncGenerator[tuple[Platform, ServedPlatform]]:
    """Wire the platform over a database, with workers, and serve it from the running loop.

    As with `textnlp up`, a service that fails takes the whole platform with it.
    """
    settings = settings or Settings(data_dir=data_dir, database_url=database_url, model=SCRIPTED_MODEL)
    async with open_platform(settings, PlatformOptions(takes_calls=True, process=process)) as platform:
        intake = BatchIntake(platform.batch_ports, open_source=platform.open_prompts, slice_rows=10)
        app = create_app(
            platform, intake=intake, limits=limits, pages=[console_router(settings)], front=console_front(platform)
        )
        async with (
            serve_app(app, port=0, is_authenticated=settings.authentication, limits=limits) as serving,
            asyncio.TaskGroup() as services,
        ):
            tasks = [
                services.create_task(service)
                for service in (
                    intake.run(),
                    serve_batches(platform),
                    serve_generations(platform),
                    serve_validations(platform),
                    DatasetKeeper(dataset_ports(platform)).run(),
                )
            ]
            yield platform, ServedPlatform(url=serving.url, api_key=await unlimited_key(platform))
            for task in tasks:
                task.cancel()


@contextlib.contextmanager
def platform_in_thread(
    database_url: str,
    data_dir: Path,
    *,
    settings: Settings | None = None,
    limits: Limits = LIMITS,
) -> Generator[ServedPlatform]:
    """Serve the platform from a thread, for clients that block theirs."""
    started: Future[tuple[ServedPlatform, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    failures: list[BaseException] = []

    async def serve() -> None:
        over = asyncio.Event()
        async with serve_platform(database_url, data_dir, settings=settings, limits=limits) as (_, served):
            started.set_result((served, asyncio.get_running_loop(), over))
            await over.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as exc:  # noqa: BLE001  the thread of the test raises it
            failures.append(exc)
            if not started.done():
                started.set_exception(exc)

    thread = threading.Thread(target=run, name="served platform")
    thread.start()
    served, loop, over = started.result(_START_SECONDS)
    try:
        yield served
    finally:
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(over.set)
        thread.join()
    if failures:
        raise failures[0]


async def unlimited_key(platform: Platform) -> str:
    limits = tuple((limit.name, _NEARLY_NO_LIMIT) for limit in CALL_LIMITS)
    request = ClientRequest(name="tester", permissions=_EVERYTHING, call_limits=limits)
    client, key = make_client(request, now=SYSTEM_CLOCK.now())
    await platform.gateway.clients.create(client)
    return key.text
