"""A Service Bus double and links to it that many tests share, because opening and closing links takes seconds."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

from azure.servicebus.aio import ServiceBusReceiver, ServiceBusSender

from tests.contract.job_queue_cases import TOPOLOGY, SmallTopology
from tests.doubles.service_bus.server import ServiceBusDouble, running_service_bus
from tests.doubles.service_bus.terms import declared_namespace
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.queues.service_bus import ServiceBusJobQueue
from textnlp.adapters.queues.service_bus_address import read_address
from textnlp.adapters.queues.service_bus_errors import BackOff
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.adapters.queues.service_bus_receive import ReceiveTimes
from textnlp.ports.clock import Clock
from textnlp.ports.job_queue import JobQueue

START = datetime(2100, 1, 4, 9, 0, tzinfo=UTC)
"""The library compares the ends of locks with the time of the machine, which a clock under test must not reach."""

SWIFT = ReceiveTimes(look_seconds=0.04, gather_seconds=0.04, slice_seconds=0.1)
SWIFT_BACK_OFF = BackOff(attempts=4, first_seconds=0.02, busy_seconds=0.05, call_seconds=10.0)
_MORE_RECEIVERS = 7
READ_SECONDS = 0.02


class _LentLinks(ServiceBusLinks):
    """Links that stay open when a queue is closed."""

    async def aclose(self) -> None:
        """Leave the links to the next test."""

    async def open_all(self, *, senders: Sequence[str], receivers: Sequence[str]) -> None:
        """Open links all at once, where that has not been done: one after another would take long."""
        if self._senders:
            return

        async def open_one(lent: AbstractAsyncContextManager[ServiceBusSender | ServiceBusReceiver]) -> None:
            async with lent as link:
                await link.__aenter__()

        await asyncio.gather(
            *(open_one(self.sender(entity)) for entity in senders),
            *(open_one(self.receiver(entity)) for entity in receivers),
        )

    async def close_for_good(self) -> None:
        """Close the links."""
        await super().aclose()


class ServiceBusBench:
    """Opens queues on one double, which forgets everything in between."""

    def __init__(
        self,
        double: ServiceBusDouble,
        links: _LentLinks,
        *,
        topology: SmallTopology,
        session_entities: Collection[str],
    ) -> None:
        self.double = double
        self._links = links
        self._topology = topology
        self._session_entities = frozenset(session_entities)

    @contextlib.asynccontextmanager
    async def queue(self, clock: Clock) -> AsyncGenerator[JobQueue]:
        """A queue of one test's own, on links that others have used."""
        self.double.reset(clock)
        receivers = sorted(self.double.broker.namespace.entities.keys() - self._session_entities)
        receivers += ["orders"] * _MORE_RECEIVERS if "orders" in receivers else []
        await self._links.open_all(
            senders=list(self.double.broker.namespace.routes),
            receivers=[name.replace("/subscriptions/", "/") for name in receivers],
        )
        queue = self.another_queue(clock)
        yield queue
        await queue.aclose()

    def another_queue(self, clock: Clock, *, links: ServiceBusLinks | None = None) -> JobQueue:
        """A queue as another process would have, with the messages that there are, on the shared links or others."""
        return ServiceBusJobQueue(
            links or self._links,
            topology=self._topology,
            clock=clock,
            session_entities=self._session_entities,
            times=SWIFT,
        )

    @contextlib.asynccontextmanager
    async def fresh_queue(self, clock: Clock) -> AsyncGenerator[JobQueue]:
        """A queue on links of its own."""
        address = read_address(self.double.connection_string)
        links = ServiceBusLinks(address, clock=clock, back_off=SWIFT_BACK_OFF, read_seconds=READ_SECONDS)
        queue = self.another_queue(clock, links=links)
        try:
            yield queue
        finally:
            await queue.aclose()


@contextlib.asynccontextmanager
async def service_bus_bench(
    *,
    topology: SmallTopology = TOPOLOGY,
    session_entities: Collection[str] = (),
) -> AsyncGenerator[ServiceBusBench]:
    """Run a double, with links to it."""
    clock = SystemClock()
    namespace = declared_namespace(topology, session_entities=session_entities)
    async with running_service_bus(namespace, clock=clock) as double:
        address = read_address(double.connection_string)
        links = _LentLinks(address, clock=clock, back_off=SWIFT_BACK_OFF, read_seconds=READ_SECONDS)
        yield ServiceBusBench(double, links, topology=topology, session_entities=session_entities)
        await links.close_for_good()
