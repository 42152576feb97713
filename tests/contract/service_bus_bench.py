"""A Service Bus double and links to it that many tests share, because opening and closing links takes seconds."""

import contextlib
from collections.abc import AsyncGenerator, Collection
from datetime import UTC, datetime

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

SWIFT = ReceiveTimes(look_seconds=0.03, gather_seconds=0.05, slice_seconds=0.1)
SWIFT_BACK_OFF = BackOff(attempts=4, first_seconds=0.02, busy_seconds=0.05, call_seconds=10.0)
CLIENT_OPTIONS = {"socket_timeout": 0.02}


class _LentLinks(ServiceBusLinks):
    """Links that stay open when a queue is closed."""

    async def aclose(self) -> None:
        """Leave the links to the next test."""

    async def close_for_good(self) -> None:
        """Close the links."""
        await super().aclose()


class ServiceBusBench:
    """Opens queues on one double, which forgets everything in between."""

    def __init__(self, double: ServiceBusDouble, links: _LentLinks, *, topology: SmallTopology) -> None:
        self.double = double
        self._links = links
        self.topology = topology

    @contextlib.asynccontextmanager
    async def queue(self, clock: Clock) -> AsyncGenerator[JobQueue]:
        """A queue of one test's own, on links that others have used."""
        self.double.reset(clock)
        queue = self.another_queue(clock)
        yield queue
        await queue.aclose()

    def another_queue(self, clock: Clock, *, session_entities: Collection[str] = ()) -> JobQueue:
        """A queue on the same links, as another process would have, with the messages that there are."""
        return ServiceBusJobQueue(
            self._links,
            topology=self.topology,
            clock=clock,
            session_entities=session_entities,
            times=SWIFT,
        )


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
        links = _LentLinks(address, clock=clock, back_off=SWIFT_BACK_OFF, client_options=CLIENT_OPTIONS)
        yield ServiceBusBench(double, links, topology=topology)
        await links.close_for_good()
