"""The messages that this process holds locks on, and what is done with them."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from textnlp.adapters.queues.outgoing import lock_lost
from textnlp.adapters.queues.service_bus_errors import LockLostError
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.adapters.queues.service_bus_messages import received
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.clock import Clock

if TYPE_CHECKING:
    from azure.servicebus import ServiceBusReceivedMessage
    from azure.servicebus.aio import ServiceBusReceiver

Settle = Callable[["ServiceBusReceiver", "ServiceBusReceivedMessage"], Awaitable[Any]]


@dataclass(slots=True, kw_only=True)
class _Hold:
    entity: str
    number: int
    session_id: str | None
    message: "ServiceBusReceivedMessage"
    receiver: "ServiceBusReceiver"
    locked_until: datetime


class ServiceBusHolds:
    """Remembers which receiver a message came through, because the library settles through that one.

    A lock taken by another process, or before a restart of this one, cannot be settled: the message comes again when
    the lock ends.
    """

    def __init__(self, links: ServiceBusLinks, *, clock: Clock) -> None:
        self._links = links
        self._clock = clock
        self._holds: dict[str, _Hold] = {}

    def take(
        self, messages: "Sequence[ServiceBusReceivedMessage]", receiver: "ServiceBusReceiver", *, entity: str
    ) -> list[ReceivedMessage]:
        """Remember messages that came; return them as their receiver sees them."""
        self._forget_ended()
        return [self._take_one(message, receiver, entity) for message in messages]

    def numbers(self, entity: str) -> set[int]:
        """Return the numbers of the messages of an entity that are held now."""
        self._forget_ended()
        return {hold.number for hold in self._holds.values() if hold.entity == entity}

    def holds_session(self, entity: str, session_id: str) -> bool:
        """Whether a message of a session is held now."""
        self._forget_ended()
        return any(hold.entity == entity and hold.session_id == session_id for hold in self._holds.values())

    async def settle(self, message: ReceivedMessage, settle: Settle) -> None:
        """Settle a message and forget it; raise `CONFLICT` where its lock is no longer held."""
        hold = self._hold(message)
        try:
            await self._call(hold, settle)
        except LockLostError as exc:
            raise lock_lost([message], lost=1) from exc
        finally:
            self._holds.pop(message.lock_token, None)

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Complete messages; raise `CONFLICT` after completing those whose lock still held."""
        distinct = {(message.entity, message.sequence_number): message for message in messages}
        parts: dict[tuple[str, int], list[ReceivedMessage]] = {}
        for message in distinct.values():
            hold = self._find(message)
            parts.setdefault((message.entity, id(hold and hold.receiver)), []).append(message)
        outcomes = await asyncio.gather(*map(self._complete_part, parts.values()), return_exceptions=True)
        lost = 0
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
            lost += outcome
        if lost:
            raise lock_lost(messages, lost=lost)

    async def _complete_part(self, messages: Sequence[ReceivedMessage]) -> int:
        """Complete messages that came through one link, one after another; return of how many the lock was lost."""
        lost = 0
        for message in messages:
            hold = self._find(message)
            if hold is None:
                lost += 1
                continue
            try:
                await self._call(hold, lambda receiver, one: receiver.complete_message(one))
            except LockLostError:
                lost += 1
            finally:
                self._holds.pop(message.lock_token, None)
        return lost

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Hold the lock for another full lock time, that of the session where the entity has sessions."""
        hold = self._hold(message)

        async def renew(receiver: "ServiceBusReceiver", one: "ServiceBusReceivedMessage") -> datetime:
            session: Any = receiver.session
            return await (receiver.renew_message_lock(one) if session is None else session.renew_lock())

        try:
            hold.locked_until = await self._call(hold, renew)
        except LockLostError as exc:
            self._holds.pop(message.lock_token, None)
            raise lock_lost([message], lost=1) from exc
        return hold.locked_until

    async def _call(self, hold: _Hold, settle: Settle) -> Any:
        async with self._links.settler(hold.entity, came_through=hold.receiver) as receiver:

            async def call() -> Any:
                # A link that broke is opened again first: the library settles through none that is closed.
                await receiver.__aenter__()
                return await settle(receiver, hold.message)

            return await self._links.call(call, what=f"entity '{hold.entity}'")

    def _take_one(
        self, message: "ServiceBusReceivedMessage", receiver: "ServiceBusReceiver", entity: str
    ) -> ReceivedMessage:
        session: Any = receiver.session
        until = (message if session is None else session).locked_until_utc or self._clock.now()
        token = str(message.lock_token or uuid.uuid4())
        self._holds[token] = _Hold(
            entity=entity,
            number=message.sequence_number or 0,
            session_id=message.session_id,
            message=message,
            receiver=receiver,
            locked_until=until,
        )
        return received(message, entity=entity, lock_token=token, locked_until=until)

    def _hold(self, message: ReceivedMessage) -> _Hold:
        hold = self._find(message)
        if hold is None:
            raise lock_lost([message], lost=1)
        return hold

    def _find(self, message: ReceivedMessage) -> _Hold | None:
        hold = self._holds.get(message.lock_token)
        is_same = hold is not None and (hold.entity, hold.number) == (message.entity, message.sequence_number)
        return hold if is_same else None

    def _forget_ended(self) -> None:
        now = self._clock.now()
        for token in [token for token, hold in self._holds.items() if hold.locked_until <= now]:
            del self._holds[token]
