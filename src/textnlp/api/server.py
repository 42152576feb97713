"""Serves an ASGI application from the running event loop."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.net import SocketHolder  # pyright: ignore[reportPrivateImportUsage]  its stub leaves it out
from granian.server.embed import Server

from textnlp.api.binding import require_loopback
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.limits import Limits

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
_BACKLOG = 1024
_GRACE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Serving:
    """A server that takes requests.

    Attributes:
        url: where, with the port that was really taken.
        ended: is done only when the server ended by itself, which is a fault.
    """

    url: str
    ended: asyncio.Future[None]


@contextlib.asynccontextmanager
async def serve_app(
    app: Any,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    is_authenticated: bool = False,
    limits: Limits = TOPOLOGY.limits,
) -> AsyncGenerator[Serving]:
    """Serve `app` until the block ends; port 0 takes a free one.

    Requests are taken as soon as the block begins. When it ends, those in hand have half a second to be answered and
    are then cancelled, streams with them. A connection on which no whole head of a request comes within
    `limits.header_timeout_seconds` is closed, as is one with a larger head than `limits.max_header_bytes`.

    Raises `FORBIDDEN` for a host that others can reach unless callers are authenticated, `CONFLICT` for a port that is
    taken, `INVALID_INPUT` for an address that this machine does not have.
    """
    if not is_authenticated:
        require_loopback(host)
    listener = _listen(host, port)
    url = _url(listener)
    requests = _RequestsInHand(app)
    server = _ListeningServer(requests, listener, limits=limits)
    serving = asyncio.create_task(server.serve(), name="http server")
    try:
        yield Serving(url, serving)
    finally:
        server.stop()
        await requests.finish(within_seconds=_GRACE_SECONDS)
        await asyncio.gather(serving, return_exceptions=True)


class _ListeningServer(Server):
    """Granian's embedded server on a socket that listens already.

    Left to itself it binds a port that another process of the same user may share, so that a taken port goes
    unnoticed, and does not tell which port stands for 0.
    """

    def __init__(self, app: Any, listener: socket.socket, *, limits: Limits) -> None:
        host, port = listener.getsockname()[:2]
        self._listener = listener
        super().__init__(
            app,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=_BACKLOG,
            http1_settings=HTTP1Settings(
                header_read_timeout=round(limits.header_timeout_seconds * 1000),
                max_buffer_size=limits.max_header_bytes,
            ),
            log_enabled=False,
        )

    def _init_shared_socket(self) -> None:
        self._ssp: Any = None
        holder: Any = SocketHolder
        self._shd: Any = holder(self._listener.detach(), False, _BACKLOG)  # noqa: FBT003  it takes no names
        self._sfd: Any = self._shd.get_fd()


class _RequestsInHand:
    """Passes requests on, and can bring those that are being answered to an end.

    The server itself waits for them without limit, and a stream of events may last for hours.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self._tasks: set[asyncio.Task[Any]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        task = asyncio.current_task()
        if scope["type"] != "http" or task is None:
            await self._app(scope, receive, send)
            return
        self._tasks.add(task)
        try:
            await self._app(scope, receive, send)
        finally:
            self._tasks.discard(task)

    async def finish(self, *, within_seconds: float) -> None:
        """Return when no request is in hand any more; what is after `within_seconds` is cancelled."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=within_seconds)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Connections inherit it; without it the pieces of a stream wait for the receiver's delayed acknowledgements.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((host.strip("[]"), port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)  # noqa: FBT003  the standard library takes no name
    except (OSError, OverflowError) as exc:
        listener.close()
        raise _cannot_listen(host, port, exc) from exc
    return listener


def _cannot_listen(host: str, port: int, exc: Exception) -> TextNLPError:
    if isinstance(exc, OSError) and exc.errno == errno.EADDRINUSE:
        return TextNLPError(
            f"Port {port} of {host} is taken.",
            kind=ErrorKind.CONFLICT,
            facts=ErrorFacts(
                hint="Stop what listens there, or choose another: --port 0 finds a free one.",
                field="port",
            ),
        )
    return TextNLPError(
        f"Cannot listen on port {port} of {host}: {exc}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint="Choose an address of this machine and a port that you may use.", field="port"),
    )


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
