"""`textnlp top`: what a running platform is at, second by second."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from rich.console import Console
from rich.live import Live

from textnlp.bootstrap.clock import SYSTEM_CLOCK
from textnlp.cli.quit_keys import quit_keys
from textnlp.cli.server_client import call_server
from textnlp.cli.top_frame import TopHistory, TopScreen, drawn
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.settings import read_settings
from textnlp.topology.scopes import ADMIN

if TYPE_CHECKING:
    from textnlp.client import AsyncClient
    from textnlp.client.telemetry import FiguresRead

_INTERVAL_SECONDS = 1.0
_FOR_A_MOMENT = frozenset({ErrorKind.UNAVAILABLE, ErrorKind.TIMEOUT, ErrorKind.BAD_RESPONSE, ErrorKind.RATE_LIMITED})
"""Errors of a platform that is restarted or busy; others end the command."""


def top(
    *,
    server: Annotated[
        str | None, typer.Option(help="Address of the platform; TEXTNLP_SERVER, or this machine.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and leave.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, one document a second.")] = False,
) -> None:
    """Watch throughput, latency, errors, queues, models and batches; q or Ctrl-C leaves. For administrators."""
    shown = server or read_settings().server or "this machine"
    is_single = once or not (as_json or sys.stdout.isatty())

    async def watch(client: "AsyncClient") -> None:
        if as_json:
            await _print_documents(client, is_single=is_single)
        elif is_single:
            figures = await client.telemetry.show_figures()
            console = Console()
            console.print(drawn(figures, TopHistory(), TopScreen(server=shown, width=console.width)))
        else:
            await _show_live(client, server=shown)

    try:
        call_server(server, watch, permissions=[ADMIN])
    except KeyboardInterrupt:
        return


async def _print_documents(client: "AsyncClient", *, is_single: bool) -> None:
    while True:
        figures = await client.telemetry.show_figures()
        sys.stdout.write(msgspec.json.encode(figures).decode() + "\n")
        sys.stdout.flush()
        if is_single:
            return
        await SYSTEM_CLOCK.sleep(_INTERVAL_SECONDS)


async def _show_live(client: "AsyncClient", *, server: str) -> None:
    """Redraw until a key says otherwise; a platform that is away for a moment leaves the last frame standing."""
    console, history, stopped = Console(), TopHistory(), asyncio.Event()
    figures: FiguresRead | None = None
    with (
        quit_keys(stopped.set),
        Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live,
    ):
        while not stopped.is_set():
            found, failure = await _asked(client.telemetry.show_figures)
            if found is not None:
                figures = found
                history.add(figures)
            screen = TopScreen(server=server, width=console.width, height=console.height, failure=failure, is_live=True)
            live.update(drawn(figures, history, screen), refresh=True)
            try:
                async with asyncio.timeout(_INTERVAL_SECONDS):
                    await stopped.wait()
            except TimeoutError:
                continue


async def _asked(show: Callable[[], Awaitable["FiguresRead"]]) -> "tuple[FiguresRead | None, str]":
    try:
        return await show(), ""
    except TextNLPError as error:
        if error.kind not in _FOR_A_MOMENT:
            raise
        return None, error.message
