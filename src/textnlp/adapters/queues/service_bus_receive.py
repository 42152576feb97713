"""Receiving from Service Bus: waiting in slices, giving credit only while somebody waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textnlp.adapters.queues.service_bus_holds import ServiceBusHolds
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.adapters.queues.service_bus_resent import is_for_another
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusReceivedMessage
    from azure.servicebus.aio import ServiceBusReceiver


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveTimes:
    """How long the parts of a receive take.

    Attributes:
        look_seconds: how long an empty entity is looked at, for a receive that does not wait.
        gather_seconds: how long the next messages are waited for once there is one.
        slice_seconds: how long a part of a wait takes at most. The library notices only when it writes, at the
            beginning of each part, that a connection was cut; and what a receive that was cancelled still gets
            within its part is given back.
    """

    look_seconds: float = 0.5
    gather_seconds: float = 0.1
    slice_seconds: float = 2.0


class ServiceBusReceiving:
    """Receives from entities without sessions, and through any receiver that it is given."""

    def __init__(self, links: ServiceBusLinks, holds: ServiceBusHolds, *, clock: Clock, times: ReceiveTimes) -> None:
        self._links = links
        self._holds = holds
        self._clock = clock
        self._times = times
        self._left_alone: set[asyncio.Task[None]] = set()

    async def receive(self, entity: str, *, count: int, wait_seconds: float) -> list[ReceivedMessage]:
        """Lock and return up to `count` messages; wait only while there is none at all."""
        if count < 1:
            return []
        timer = asyncio.ensure_future(self._clock.sleep(wait_seconds)) if wait_seconds > 0 else None
        deadline = self._clock.monotonic() + wait_seconds
        try:
            while True:
                remaining = deadline - self._clock.monotonic()
                seconds = max(self._times.look_seconds, min(remaining, self._times.slice_seconds))
                messages = await self._uncancelled(entity, count=count, seconds=seconds)
                if messages or timer is None or timer.done():
                    return messages
        finally:
            if timer is not None:
                timer.cancel()

    async def look(
        self, receiver: "ServiceBusReceiver", *, entity: str, count: int, seconds: float
    ) -> list[ReceivedMessage]:
        """Receive once through a receiver."""

        async def first() -> "list[ServiceBusReceivedMessage]":
            # A link that broke is opened again first: the library would take the time for it from the wait.
            await receiver.__aenter__()
            return await _received_twice(receiver, 1, seconds=seconds)

        what = f"entity '{entity}'"
        found = await self._links.call(first, what=what)
        while found and len(found) < count and (more := await self._more(receiver, count - len(found))):
            found += more
        return await self._without_strays(self._holds.take(found, receiver, entity=entity))

    async def aclose(self) -> None:
        """Wait until receives that were cancelled have given back what they got."""
        while self._left_alone:
            await asyncio.wait(set(self._left_alone))

    async def _more(self, receiver: "ServiceBusReceiver", count: int) -> "list[ServiceBusReceivedMessage]":
        """Receive what else is there; where that fails, what came before is enough."""
        from azure.servicebus.exceptions import ServiceBusError  # noqa: PLC0415  an extra

        try:
            return await _received_twice(receiver, count, seconds=self._times.gather_seconds)
        except ServiceBusError:
            return []

    async def _uncancelled(self, entity: str, *, count: int, seconds: float) -> list[ReceivedMessage]:
        """Receive in a task of its own: a call of the library that is cut short could lose a message it has locked."""

        async def look() -> list[ReceivedMessage]:
            async with self._links.receiver(entity) as receiver:
                return await self.look(receiver, entity=entity, count=count, seconds=seconds)

        task = asyncio.create_task(look())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            rest = asyncio.create_task(self._give_back(task))
            self._left_alone.add(rest)
            rest.add_done_callback(self._left_alone.discard)
            raise

    async def _give_back(self, task: "asyncio.Task[list[ReceivedMessage]]") -> None:
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        if not isinstance(outcome, BaseException):
            returns = [self._holds.settle(message, lambda link, one: link.abandon_message(one)) for message in outcome]
            await asyncio.gather(*returns, return_exceptions=True)

    async def _without_strays(self, messages: Sequence[ReceivedMessage]) -> list[ReceivedMessage]:
        """Complete what was sent again for another subscription of the topic only; return the others."""
        strays = [message for message in messages if is_for_another(message)]
        if strays:
            await self._holds.complete(strays)
        return [message for message in messages if not is_for_another(message)]


async def _received_twice(
    receiver: "ServiceBusReceiver", count: int, *, seconds: float
) -> "list[ServiceBusReceivedMessage]":
    """Receive for half of the time, and where nothing came for the other half.

    A process that was held up on a busy machine finds its time over before it has read what lies there for it; it
    reads that in the second half.
    """
    for _ in range(2):
        messages = await receiver.receive_messages(count, max_wait_time=seconds / 2)
        if messages:
            return messages
    return []
