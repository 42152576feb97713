"""The embedded runtime: API, workers and file watch in one process, with everything they need started by it."""

import asyncio
import fcntl
import os
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from textnlp.api.app import create_app
from textnlp.api.binding import require_loopback
from textnlp.api.server import serve_app
from textnlp.application.batch_intake import BatchIntake
from textnlp.application.make_login_code import make_login_code
from textnlp.bootstrap.log_wiring import configure_logging
from textnlp.bootstrap.platform import Platform, PlatformOptions, open_platform
from textnlp.cli.model_progress import ensure_model
from textnlp.cli.progress import ProgressStyle, open_view
from textnlp.cli.run_loop import run_interruptible
from textnlp.console.app import console_router
from textnlp.console.front import console_front
from textnlp.domain.batches.model import BatchSpec
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.identity.sign_in import LOGIN_SECONDS
from textnlp.process_runtime import SERVICES, begin_keepers, begin_services, make_intake
from textnlp.settings import Settings, read_settings
from textnlp.topology.containers import PROMPTS_BATCH
from textnlp.topology.scopes import EVERY_GRANT


def up(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the API; 0 takes a free one.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    data_dir: Annotated[Path | None, typer.Option(help="Folder of database and blobs.")] = None,
    model: Annotated[str | None, typer.Option(help="Model asked where a request names none.")] = None,
    base_url: Annotated[str | None, typer.Option(help="OpenAI-compatible endpoint to ask.")] = None,
    api_key_env: Annotated[str | None, typer.Option(help="Environment variable that holds its key.")] = None,
    concurrency: Annotated[int | None, typer.Option(min=1, max=4096, help="Calls in flight at most.")] = None,
    is_authenticated: Annotated[
        bool | None,
        typer.Option("--auth/--no-auth", help="Whether callers must say who they are; without only on this machine."),
    ] = None,
) -> None:
    """Start database, queue, engine, workers and API on this machine, and stop them all on Ctrl-C."""
    settings = read_settings(
        data_dir=data_dir,
        model=model,
        base_url=base_url,
        api_key_env=api_key_env,
        concurrency=concurrency,
        authentication=is_authenticated,
    )
    settings = settings.model_copy(update={"backup_schedule": settings.backup_schedule is not False})
    configure_logging(settings)
    if not settings.authentication:
        require_loopback(host)
    lock = _hold(settings.data_dir)
    try:
        run_interruptible(lambda: _serve(settings, host=host, port=port))
    except KeyboardInterrupt:
        Console(stderr=True).print("Stopped. Batches go on when the platform is started again.")
    finally:
        os.close(lock)


async def _serve(settings: Settings, *, host: str, port: int) -> None:
    console = Console()
    await ensure_model(settings, settings.model or "", open_view(ProgressStyle.PLAIN, Console(stderr=True)))
    async with open_platform(settings, PlatformOptions(takes_calls=True)) as platform:
        intake = make_intake(platform)
        app = create_app(platform, intake=intake, pages=[console_router(settings)], front=console_front(platform))
        async with (
            serve_app(app, host=host, port=port, is_authenticated=settings.authentication) as serving,
            asyncio.TaskGroup() as tasks,
        ):
            begin_services(tasks, platform, dict.fromkeys(chain.from_iterable(SERVICES.values())))
            begin_keepers(tasks, platform, intake)
            tasks.create_task(_watch(platform, intake), name="watch")
            await platform.checks["engine"]()
            console.print(f"API      {serving.url}/api/v1   described at {serving.url}/docs", soft_wrap=True)
            console.print(f"Console  {serving.url}/console   {await _way_in(platform, console)}", soft_wrap=True)
            folder = settings.blobs_dir / PROMPTS_BATCH
            console.print(f"Folder   {folder}   every file put there becomes a batch", soft_wrap=True)
            console.print("ready", style="bold green")
            await serving.ended


async def _way_in(platform: Platform, console: Console) -> str:
    """Return how people sign in; a code is shown only where a person reads it, and not a log."""
    if platform.gateway.issuer is None:
        return "for people"
    if not console.is_terminal:
        return "for people; `textnlp login` gives a code to sign in with"
    code = await make_login_code(platform.gateway.sign_ins, EVERY_GRANT, clock=platform.clock)
    return f"sign in with {code}, once within {LOGIN_SECONDS // 60} minutes; `textnlp login` gives another code"


async def _watch(platform: Platform, intake: BatchIntake) -> None:
    spec = BatchSpec(model=platform.default_model, endpoint=platform.endpoint)
    await intake.watch(f"{PROMPTS_BATCH}/", spec=spec)


def _hold(data_dir: Path) -> int:
    """Keep a second platform off the folder; the lock ends with the process."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(data_dir / "platform.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise TextNLPError(
            f"Another platform runs on {data_dir}.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(hint="Stop it, or choose another folder: --data-dir DIR."),
        ) from exc
    except OSError as exc:
        raise TextNLPError(
            f"Cannot write to {data_dir}: {exc.strerror}.",
            kind=ErrorKind.FORBIDDEN,
            facts=ErrorFacts(hint="Choose a folder that you may write to: --data-dir DIR."),
        ) from exc
    return descriptor
