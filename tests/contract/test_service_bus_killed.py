"""The queue on Service Bus while its process is killed in the middle of sends, receives and completions."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.contract.service_bus_bench import READ_SECONDS, SWIFT, SWIFT_BACK_OFF
from tests.doubles.service_bus_process import running_service_bus_process
from textnlp.adapters.clock.system import SystemClock
from textnlp.adapters.queues.service_bus import ServiceBusJobQueue
from textnlp.adapters.queues.service_bus_address import read_address
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.ports.job_queue import JobQueue
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE as ENTITY

pytestmark = [
    pytest.mark.timeout(120),
    # The library leaves the socket of a connection that broke to the garbage collector.
    pytest.mark.usefixtures("collected_leftovers"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

_CLOCK = SystemClock()
_LOCK_SECONDS = 2.0
_FEW = 60
_WAIT_SECONDS = 60


@dataclass(slots=True)
class Traffic:
    """Senders and receivers that go on whatever happens, and what they were told.

    Attributes:
        sent: ids of messages whose sending was acknowledged.
        completed: how often the completion of an id was acknowledged.
        unsure: ids whose completion failed, which may have been done for all that.
    """

    queue: JobQueue
    sent: set[str] = field(default_factory=set[str])
    completed: Counter[str] = field(default_factory=Counter[str])
    unsure: set[str] = field(default_factory=set[str])
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def send(self) -> None:
        while not self.is_over.is_set():
            name = f"m-{next(self._numbers)}"
            with _away():
                await self.queue.send(ENTITY, [OutgoingMessage(body=b"{}", message_id=name)])
                self.sent.add(name)

    async def receive(self) -> None:
        while True:
            with _away():
                for message in await self.queue.receive(ENTITY, max_messages=5, max_wait_seconds=1):
                    try:
                        await self.queue.complete([message])
                        self.completed[message.message_id] += 1
                    except TextNLPError:
                        self.unsure.add(message.message_id)
                        raise


@contextlib.contextmanager
def _away() -> Generator[None]:
    """Bear that the queue is away or that a lock was lost, and nothing else."""
    try:
        yield
    except TextNLPError as error:
        if error.kind not in {ErrorKind.UNAVAILABLE, ErrorKind.CONFLICT, ErrorKind.RATE_LIMITED}:
            raise


async def test_no_message_that_was_taken_is_lost_and_none_that_was_completed_comes_again(tmp_path: Path) -> None:
    async with running_service_bus_process(file=tmp_path / "messages", lock_seconds=_LOCK_SECONDS) as bus:
        address = read_address(bus.connection_string)
        links = ServiceBusLinks(address, clock=_CLOCK, back_off=SWIFT_BACK_OFF, read_seconds=READ_SECONDS)
        queue = ServiceBusJobQueue(links, topology=TOPOLOGY, clock=_CLOCK, times=SWIFT)
        async with contextlib.aclosing(queue):
            traffic = Traffic(queue)
            receivers = [asyncio.create_task(traffic.receive()) for _ in range(2)]
            senders = [asyncio.create_task(traffic.send()) for _ in range(2)]
            await _comes_about(lambda: len(traffic.completed) >= _FEW)
            await bus.kill()
            before = len(traffic.sent)
            await bus.start()
            await _comes_about(lambda: len(traffic.sent) >= before + _FEW)
            traffic.is_over.set()
            await asyncio.gather(*senders)
            await _comes_about(lambda: traffic.sent <= traffic.completed.keys() | traffic.unsure)
            for receiver in receivers:
                receiver.cancel()
            await asyncio.gather(*receivers, return_exceptions=True)
    assert set(traffic.completed.values()) == {1}
    assert len(traffic.unsure) < _FEW


async def _comes_about(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(_WAIT_SECONDS):
        while not is_so():  # noqa: ASYNC110  plain numbers tell nobody
            await asyncio.sleep(0.01)
