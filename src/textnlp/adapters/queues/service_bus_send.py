"""Sending to Service Bus: batches as large as the link takes, and scheduled messages."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from textnlp.adapters.queues.entities import Route
from textnlp.adapters.queues.outgoing import PreparedMessage, prepare_messages
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.adapters.queues.service_bus_messages import written
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusMessage, ServiceBusMessageBatch
    from azure.servicebus.aio import ServiceBusSender

_SCHEDULED_A_REQUEST = 100
_SCHEDULED_BYTES_A_REQUEST = 200_000

_Pair = tuple[int, PreparedMessage, "ServiceBusMessage"]


class ServiceBusSending:
    """Sends messages, and cancels those that are scheduled."""

    def __init__(self, links: ServiceBusLinks, *, clock: Clock) -> None:
        self._links = links
        self._clock = clock

    async def send(self, route: Route, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send messages; return the numbers of those that are scheduled, 0 for every other.

        What fits into one transfer goes in or not as a whole. A partitioned entity takes a batch of one session at
        most, so each session makes a batch of its own.
        """
        if not messages:
            return []
        prepared = prepare_messages(route, messages, now=self._clock.now())
        pairs: list[_Pair] = [
            (place, ready, written(message, ready))
            for place, (message, ready) in enumerate(zip(messages, prepared, strict=True))
        ]
        numbers = [0] * len(messages)
        async with self._links.sender(route.name) as sender:
            what = f"entity '{route.name}'"
            for unit in await self._units(sender, [pair for pair in pairs if pair[1].due_at is None], what=what):
                await self._links.call(lambda unit=unit: sender.send_messages(unit), what=what)
            for due_at, part in _scheduled(pair for pair in pairs if pair[1].due_at is not None):
                given = [message for _, _, message in part]
                found = await self._links.call(
                    lambda given=given, due_at=due_at: sender.schedule_messages(given, due_at), what=what
                )
                for (place, _, _), number in zip(part, found, strict=True):
                    numbers[place] = number
        return numbers

    async def cancel(self, route: Route, sequence_numbers: Sequence[int]) -> None:
        """Cancel scheduled messages; one that is gone makes Service Bus refuse the others, which are tried alone."""
        async with self._links.sender(route.name) as sender:
            if await self._cancel(sender, list(sequence_numbers), route.name):
                return
            for number in sequence_numbers:
                await self._cancel(sender, [number], route.name)

    async def _cancel(self, sender: "ServiceBusSender", numbers: list[int], name: str) -> bool:
        from azure.servicebus.exceptions import MessageNotFoundError  # noqa: PLC0415  an extra

        async def cancel() -> bool:
            try:
                await sender.cancel_scheduled_messages(numbers)
            except MessageNotFoundError:
                return False
            return True

        return await self._links.call(cancel, what=f"entity '{name}'")

    async def _units(
        self, sender: "ServiceBusSender", pairs: Sequence[_Pair], *, what: str
    ) -> "list[ServiceBusMessageBatch | ServiceBusMessage]":
        """Return what to send one after another: batches, and alone a message that no batch has room for."""
        units: list[ServiceBusMessageBatch | ServiceBusMessage] = []
        sessions = dict.fromkeys(ready.session_id for _, ready, _ in pairs)
        for session in sessions:
            of_session = [message for _, ready, message in pairs if ready.session_id == session]
            units += await self._batches(sender, of_session, what=what)
        return units

    async def _batches(
        self, sender: "ServiceBusSender", messages: "Sequence[ServiceBusMessage]", *, what: str
    ) -> "list[ServiceBusMessageBatch | ServiceBusMessage]":
        units: list[ServiceBusMessageBatch | ServiceBusMessage] = []
        batch: ServiceBusMessageBatch | None = None
        for message in messages:
            if batch is not None and _fits(batch, message):
                continue
            batch = await self._links.call(sender.create_message_batch, what=what)
            if _fits(batch, message):
                units.append(batch)
            else:
                units.append(message)
                batch = None
        return units


def _fits(batch: "ServiceBusMessageBatch", message: "ServiceBusMessage") -> bool:
    from azure.servicebus.exceptions import MessageSizeExceededError  # noqa: PLC0415  an extra

    try:
        batch.add_message(message)
    except MessageSizeExceededError:
        return False
    return True


def _scheduled(pairs: Iterable[_Pair]) -> Iterable[tuple[datetime, list[_Pair]]]:
    """Part messages by the time for which they are scheduled, each part as large as one request may be."""
    for due_at, same in groupby(pairs, key=lambda pair: pair[1].due_at or pair[1].enqueued_at):
        part: list[_Pair] = []
        size = 0
        for pair in same:
            bytes_more = len(pair[1].body)
            if part and (len(part) == _SCHEDULED_A_REQUEST or size + bytes_more > _SCHEDULED_BYTES_A_REQUEST):
                yield due_at, part
                part, size = [], 0
            part.append(pair)
            size += bytes_more
        yield due_at, part
