"""The double itself: a listening socket, a clock that ticks, and what tests do to it."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from pathlib import Path

from tests.doubles.service_bus.broker import Broker
from tests.doubles.service_bus.connection import BrokerConnection
from tests.doubles.service_bus.faults import DETACH_FORCED, UNAUTHORIZED, Faults
from tests.doubles.service_bus.hub import Hub
from tests.doubles.service_bus.storage import load, save
from tests.doubles.service_bus.terms import Namespace
from textnlp.ports.clock import Clock

_TICK_SECONDS = 0.01


class ServiceBusDouble:
    """Listens on a port until it is stopped, on the event loop that it was started on.

    Args:
        file: what outlives it, written when it is stopped.
        is_durable: whether the file is written before anything is acknowledged, too, so that it may be killed.
        port: one that is free where it is 0.
    """

    def __init__(
        self,
        namespace: Namespace,
        *,
        clock: Clock,
        file: Path | None = None,
        is_durable: bool = False,
        port: int = 0,
    ) -> None:
        self._file = file
        self.broker = Broker(namespace, clock=clock)
        self.hub = Hub(self.broker)
        if file is not None and is_durable:
            self.hub.save = lambda: save(self.broker, file)
        self.port = port
        self._server: asyncio.Server | None = None
        self._ticking: asyncio.Task[None] | None = None

    @property
    def faults(self) -> Faults:
        """What is still to go wrong."""
        return self.hub.faults

    @property
    def connection_string(self) -> str:
        """What a client connects with."""
        return connection_string(self.port)

    async def start(self) -> None:
        """Listen, on the same port as before where it was stopped; read the file where there is one."""
        if self._file is not None:
            self.broker.forget()
            load(self.broker, self._file)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: BrokerConnection(self.hub), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Write the file where there is one, and cut every connection."""
        if self._file is not None:
            save(self.broker, self._file)
        if self._ticking is not None:
            self._ticking.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self.hub.connections):
            connection.drop()
        await asyncio.sleep(0)

    async def restart(self, *, down_seconds: float = 0.0) -> None:
        """Stop, be away for a while, and start again."""
        await self.stop()
        await asyncio.sleep(down_seconds)
        await self.start()

    def reset(self, clock: Clock) -> None:
        """Forget every message and fault, and go by another clock."""
        self.broker.clock = clock
        self.broker.forget()
        self.hub.faults = Faults()

    def detach_links(self, entity: str | None = None) -> int:
        """Detach links by force, as the service does when it moves an entity or a link has long been idle."""
        return self.hub.detach_all(DETACH_FORCED, "The link was detached by force.", entity=entity)

    def expire_tokens(self) -> int:
        """Detach every link because its token has expired."""
        return self.hub.detach_all(UNAUTHORIZED, "ExpiredToken: the token has expired.")

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            self.hub.settle_down()


@contextlib.asynccontextmanager
async def running_service_bus(
    namespace: Namespace,
    *,
    clock: Clock,
    file: Path | None = None,
) -> AsyncGenerator[ServiceBusDouble]:
    """Run a double while the block runs."""
    double = ServiceBusDouble(namespace, clock=clock, file=file)
    await double.start()
    try:
        yield double
    finally:
        await double.stop()


def connection_string(port: int) -> str:
    """Return what a client connects with to a double on this machine; the marked emulator is spoken to without TLS."""
    return (
        f"Endpoint=sb://127.0.0.1:{port};SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true;"
    )
