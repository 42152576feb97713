"""The job queue on Azure Service Bus."""

from collections.abc import Collection, Sequence
from datetime import datetime

from textnlp.adapters.queues.entities import DeclaredEntities, Entities, Terms
from textnlp.adapters.queues.outgoing import require_live, storable_text
from textnlp.adapters.queues.service_bus_holds import ServiceBusHolds
from textnlp.adapters.queues.service_bus_links import ServiceBusLinks
from textnlp.adapters.queues.service_bus_looking import ServiceBusLooking
from textnlp.adapters.queues.service_bus_receive import ReceiveTimes, ServiceBusReceiving
from textnlp.adapters.queues.service_bus_resend import ServiceBusResending
from textnlp.adapters.queues.service_bus_send import ServiceBusSending
from textnlp.adapters.queues.service_bus_sessions import ServiceBusSessions
from textnlp.domain.errors import invalid_input
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage
from textnlp.ports.clock import Clock


class ServiceBusJobQueue:
    """Satisfies the `JobQueue` port on a Service Bus namespace, with what Service Bus cannot do said here.

    - **Numbers.** Service Bus tells the number of a scheduled message only, so that `send` returns 0 for every
      other, sent or dropped as a duplicate. A scheduled message gets a new number when it is due. On a partitioned
      namespace numbers rise within a partition, not within the entity.
    - **All or none** holds for what fits into one transfer: 1 MB on Premium, 256 kB on Standard, and one session.
      A larger send goes in parts; where a later part fails, the earlier ones are in, and sending all of it again
      within the duplicate window does no harm to messages that have an id.
    - **Sessions.** Either all messages of an entity are in sessions or their order is not kept. Entities that were
      created to require sessions are named by `session_entities`: those refuse a message without a session, and show
      nothing to who does not hold the session, so that `peek`, `depth` and `receive_deferred` raise `INVALID_INPUT`.
      On any other a session id is carried along, and asking for one session raises `INVALID_INPUT`.
    - **Locks** are this object's: a message that another process or an earlier run locked comes again when the lock
      ends. `depth` counts as locked what this object holds, and what others hold as active.
    - **Looking** costs a request for every 250 messages; `depth` counts at most 10,000 an entity.
    - **Dead letters** are moved by receiving, sending and completing. Those of a subscription go to the topic again,
      marked; the other subscriptions drop them as they come, if they are received from by this class.
    - **A namespace** is shared by whoever uses it: there is no part of it of one's own.
    """

    def __init__(
        self,
        links: ServiceBusLinks,
        *,
        topology: DeclaredEntities,
        clock: Clock,
        session_entities: Collection[str] = (),
        times: ReceiveTimes | None = None,
    ) -> None:
        """Connect to nothing yet; closing the queue closes the links."""
        times = times or ReceiveTimes()
        self._entities = Entities(topology)
        self._links = links
        self._session_entities = frozenset(session_entities)
        self._holds = ServiceBusHolds(links, clock=clock)
        self._sending = ServiceBusSending(links, clock=clock)
        self._receiving = ServiceBusReceiving(links, self._holds, clock=clock, times=times)
        self._sessions = ServiceBusSessions(links, self._receiving, self._holds, clock=clock, times=times)
        self._looking = ServiceBusLooking(links, self._holds)
        self._resending = ServiceBusResending(self._entities, self._receiving, self._holds, self._sending)

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send messages; return the number of each that is scheduled, and 0 for every other."""
        route = self._entities.route(entity)
        names = {target.terms.name for target in route.targets}
        if names & self._session_entities and any(message.session_id is None for message in messages):
            raise invalid_input(f"The entity '{entity}' takes no message without a session.", field="session_id")
        return await self._sending.send(route, messages)

    async def receive(
        self,
        entity: str,
        *,
        max_messages: int = 1,
        max_wait_seconds: float = 0.0,
        session_id: str | None = None,
    ) -> list[ReceivedMessage]:
        """Lock and return up to `max_messages`, oldest first; wait only while there is none at all."""
        name = self._entities.terms(entity).name
        if name in self._session_entities:
            return await self._sessions.receive(
                name,
                count=max_messages,
                wait_seconds=max_wait_seconds,
                session_id=session_id,
            )
        if session_id is not None:
            raise invalid_input(f"The entity '{entity}' has no sessions on Service Bus.", field="session_id")
        return await self._receiving.receive(name, count=max_messages, wait_seconds=max_wait_seconds)

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Hold the lock for another full lock time; return when it ends."""
        return await self._holds.renew(message)

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Remove messages that are done with; raise `CONFLICT` after removing those whose lock still held."""
        await self._holds.complete(messages)

    async def abandon(self, message: ReceivedMessage) -> None:
        """Give the message back for another delivery at once."""
        await self._holds.settle(message, lambda receiver, one: receiver.abandon_message(one))

    async def defer(self, message: ReceivedMessage) -> None:
        """Set the message aside; only `receive_deferred` with its sequence number brings it back."""
        await self._holds.settle(message, lambda receiver, one: receiver.defer_message(one))

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock and return deferred messages in order of their numbers; others are left out."""
        return await self._looking.receive_deferred(self._visible(entity).name, sequence_numbers)

    async def dead_letter(self, message: ReceivedMessage, *, reason: str, description: str = "") -> None:
        """Move the message to the dead-letter queue, with its reason."""
        require_live(self._entities.terms(message.entity), message)
        reason, description = storable_text(reason), storable_text(description)
        await self._holds.settle(
            message,
            lambda receiver, one: receiver.dead_letter_message(one, reason=reason, error_description=description),
        )

    async def cancel_scheduled(self, entity: str, sequence_numbers: Sequence[int]) -> None:
        """Remove scheduled messages that are not yet due; numbers that are gone are ignored."""
        await self._sending.cancel(self._entities.route(entity), sequence_numbers)

    async def peek(
        self,
        entity: str,
        *,
        from_sequence_number: int = 0,
        max_messages: int = 32,
    ) -> list[ReceivedMessage]:
        """Return messages in order of their numbers, in any state, without locking or counting a delivery."""
        name = self._visible(entity).name
        return await self._looking.peek(name, from_number=from_sequence_number, count=max_messages)

    async def resend_dead_letters(self, entity: str, *, max_messages: int = 1000) -> int:
        """Send the dead letters of `entity` to it again with a delivery count of zero; return how many."""
        return await self._resending.resend(entity, max_messages=max_messages)

    async def depth(self, entity: str) -> QueueDepth:
        """Count the messages of an entity by state, as far as one can see them."""
        return await self._looking.depth(self._visible(entity))

    async def check(self) -> None:
        """Return when the queue can be used; raise `UNAVAILABLE` otherwise."""
        visible = next(name for name in self._entities.receivable if name not in self._session_entities)
        await self._looking.peek(visible, from_number=0, count=1)

    async def aclose(self) -> None:
        """Free connections; closing twice is harmless."""
        await self._receiving.aclose()
        await self._sessions.aclose()
        await self._links.aclose()

    def _visible(self, entity: str) -> Terms:
        terms = self._entities.terms(entity)
        if terms.name in self._session_entities:
            raise invalid_input(f"Service Bus shows no messages of '{entity}' to who does not hold their session.")
        return terms
