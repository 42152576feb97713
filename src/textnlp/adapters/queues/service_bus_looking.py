"""Looking at messages without receiving them, and fetching single ones by their numbers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textnlp.adapters.queues.entities import Terms
from textnlp.adapters.queues.service_bus_holds import ServiceBusHolds
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.adapters.queues.service_bus_messages import received
from textnlp.domain.messaging.model import QueueDepth, ReceivedMessage

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusReceivedMessage
    from azure.servicebus.aio import ServiceBusReceiver

_PEEKED_AT_ONCE = 250
"""Service Bus shows no more at a time."""

MAX_COUNTED = 10_000
"""How many messages of an entity are counted at most."""


class ServiceBusLooking:
    """Peeks, counts, and receives what was deferred."""

    def __init__(self, links: ServiceBusLinks, holds: ServiceBusHolds) -> None:
        self._links = links
        self._holds = holds

    async def peek(self, entity: str, *, from_number: int, count: int) -> list[ReceivedMessage]:
        """Return messages in order of their numbers, in any state."""
        seen = await self._peeked(entity, from_number=from_number, count=count)
        return [received(message, entity=entity) for message in seen]

    async def depth(self, terms: Terms) -> QueueDepth:
        """Count messages by the states that Service Bus tells; those that this process holds are the locked ones."""
        from azure.servicebus import ServiceBusMessageState as State  # noqa: PLC0415  an extra

        seen = await self._peeked(terms.name, from_number=0, count=MAX_COUNTED)
        states = [message.state for message in seen]
        held = self._holds.numbers(terms.name)
        locked = sum(message.sequence_number in held and message.state is State.ACTIVE for message in seen)
        letters = terms.dead_letters
        dead = 0 if letters is None else len(await self._peeked(letters, from_number=0, count=MAX_COUNTED))
        return QueueDepth(
            active=states.count(State.ACTIVE) - locked,
            locked=locked,
            scheduled=states.count(State.SCHEDULED),
            deferred=states.count(State.DEFERRED),
            dead_lettered=dead,
        )

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock and return deferred messages; one that is not deferred makes Service Bus refuse the others."""
        numbers = sorted(set(sequence_numbers))
        if not numbers:
            return []
        async with self._links.settler(entity) as receiver:
            found = await self._deferred(receiver, entity, numbers)
            if found is None:
                singles = [await self._deferred(receiver, entity, [number]) or [] for number in numbers]
                found = [message for single in singles for message in single]
            return self._holds.take(found, receiver, entity=entity)

    async def _deferred(
        self, receiver: "ServiceBusReceiver", entity: str, numbers: list[int]
    ) -> "list[ServiceBusReceivedMessage] | None":
        from azure.servicebus.exceptions import MessageNotFoundError  # noqa: PLC0415  an extra

        async def receive() -> "list[ServiceBusReceivedMessage] | None":
            try:
                return await receiver.receive_deferred_messages(numbers)
            except MessageNotFoundError:
                return None

        return await self._links.call(receive, what=f"entity '{entity}'")

    async def _peeked(self, entity: str, *, from_number: int, count: int) -> "list[ServiceBusReceivedMessage]":
        seen: list[ServiceBusReceivedMessage] = []
        start = max(1, from_number)
        async with self._links.settler(entity) as receiver:
            while len(seen) < count:
                page = min(_PEEKED_AT_ONCE, count - len(seen))
                found = await self._links.call(
                    lambda page=page, start=start: receiver.peek_messages(page, sequence_number=start),
                    what=f"entity '{entity}'",
                )
                if not found:
                    break
                seen += found
                start = (found[-1].sequence_number or 0) + 1
        return seen
