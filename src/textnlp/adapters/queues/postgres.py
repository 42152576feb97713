"""The job queue in PostgreSQL."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from textnlp.adapters.queues import postgres_statements as sql
from textnlp.adapters.queues.arrivals import Arrivals
from textnlp.adapters.queues.entities import DeclaredEntities, Entities
from textnlp.adapters.queues.outgoing import lock_lost, require_live, storable_text
from textnlp.adapters.queues.postgres_listener import PostgresListener
from textnlp.adapters.queues.postgres_receive import PostgresReceiver
from textnlp.adapters.queues.postgres_send import PostgresSender
from textnlp.adapters.queues.postgres_session import Connections, QueueSession, lock_end, lock_number, read_messages
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage
from textnlp.ports.clock import Clock


class PostgresJobQueue:
    """Satisfies the `JobQueue` port on the tables of revision 0002, for any number of processes.

    Besides the connections it borrows, each object keeps one of its own, made at the first receive, on which it is
    notified of new messages and holds an advisory lock that shows others that it lives. While that one is away,
    receivers poll. The messages of a process that died are received by another that finds nothing else, some
    seconds later instead of when their locks end.
    """

    def __init__(
        self,
        connections: Connections,
        *,
        listen_dsn: Callable[[], Awaitable[str]],
        topology: DeclaredEntities,
        clock: Clock,
        namespace: str = "",
    ) -> None:
        """Connect to nothing yet.

        Args:
            connections: lends a connection that commits each statement by itself, has the tables on its search path
                and raises `UNAVAILABLE` where the server cannot be reached.
            listen_dsn: tells where to connect for notifications; asked again at every attempt. It must lead to the
                server itself, not to a pooler that shares sessions.
            topology: the queues and topics there are.
            clock: tells the time of everything that is stored.
            namespace: messages of another namespace are invisible.
        """
        self._entities = Entities(topology)
        self._clock = clock
        arrivals = Arrivals(clock)
        self._session = QueueSession(connections, entities=self._entities, clock=clock, namespace=namespace)
        self._listener = PostgresListener(listen_dsn, arrivals=arrivals, clock=clock)
        self._receiver = PostgresReceiver(self._session, listener=self._listener, arrivals=arrivals)
        self._sender = PostgresSender(self._session)

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send all or none; return a sequence number a message, 0 for one dropped as a duplicate."""
        return await self._sender.send(self._entities.route(entity), messages)

    async def receive(
        self,
        entity: str,
        *,
        max_messages: int = 1,
        max_wait_seconds: float = 0.0,
        session_id: str | None = None,
    ) -> list[ReceivedMessage]:
        """Lock and return up to `max_messages`, oldest first; wait only while there is none at all."""
        return await self._receiver.receive(
            self._entities.terms(entity),
            count=max_messages,
            wait_seconds=max_wait_seconds,
            session_id=session_id,
        )

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Hold the lock for another full lock time; return when it ends."""
        until = lock_end(self._entities.terms(message.entity), self._clock)
        await self._session.settle(sql.RENEW, message, until=until, holder=self._listener.holder)
        return until

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Remove messages that are done with; raise `CONFLICT` after removing those whose lock still held."""
        distinct = {(message.entity, message.sequence_number): message for message in messages}
        completed = 0
        for entity in sorted({entity for entity, _ in distinct}):
            done = sorted(
                (number, lock_number(message)) for (name, number), message in distinct.items() if name == entity
            )
            completed += await self._session.run(
                sql.COMPLETE,
                entity=self._entities.terms(entity).name,
                numbers=[number for number, _ in done],
                tokens=[token for _, token in done],
            )
        for message in {message.entity: message for message in messages if message.session_id is not None}.values():
            await self._session.notify_session(message)
        if completed < len(distinct):
            raise lock_lost(messages, lost=len(distinct) - completed)

    async def abandon(self, message: ReceivedMessage) -> None:
        """Give the message back for another delivery at once."""
        await self._session.settle(sql.ABANDON, message)
        await self._session.notify(message.entity)

    async def defer(self, message: ReceivedMessage) -> None:
        """Set the message aside; only `receive_deferred` with its sequence number brings it back."""
        await self._session.settle(sql.DEFER, message)
        await self._session.notify_session(message)

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock and return deferred messages in order of their numbers; others are left out."""
        return await self._receiver.receive_deferred(self._entities.terms(entity), sequence_numbers)

    async def dead_letter(self, message: ReceivedMessage, *, reason: str, description: str = "") -> None:
        """Move the message to the dead-letter queue, with its reason."""
        dead_letters = require_live(self._entities.terms(message.entity), message)
        await self._session.settle(
            sql.BURY,
            message,
            dead_letters=dead_letters,
            reason=storable_text(reason),
            description=storable_text(description),
        )
        await self._session.notify(dead_letters)
        await self._session.notify_session(message)

    async def cancel_scheduled(self, entity: str, sequence_numbers: Sequence[int]) -> None:
        """Remove scheduled messages that are not yet due; numbers that are gone are ignored."""
        targets = self._entities.route(entity).targets
        async with self._session.connection() as connection:
            given = {
                "entities": [self._session.id_of(target.terms.name) for target in targets],
                "numbers": list(sequence_numbers),
                "now": self._clock.now(),
            }
            await connection.execute(sql.CANCEL_SCHEDULED, given)

    async def peek(
        self,
        entity: str,
        *,
        from_sequence_number: int = 0,
        max_messages: int = 32,
    ) -> list[ReceivedMessage]:
        """Return messages in order of their numbers, in any state, without locking or counting a delivery."""
        rows = await self._swept_rows(entity, sql.PEEK, from_number=from_sequence_number, count=max_messages)
        return read_messages(rows, entity)

    async def resend_dead_letters(self, entity: str, *, max_messages: int = 1000) -> int:
        """Send the dead letters of `entity` to it again with a delivery count of zero; return how many."""
        terms = self._entities.terms(entity)
        if terms.dead_letters is None:
            terms = self._entities.terms(str(terms.dead_letters_of))
        dead_letters = self._entities.terms(str(terms.dead_letters))
        async with self._session.connection() as connection:
            await self._session.sweep(connection, dead_letters)
        sent = await self._session.run(
            sql.RESEND,
            entity=terms.name,
            dead_letters=dead_letters.name,
            expires_at=self._clock.now() + timedelta(seconds=terms.time_to_live_seconds or 0),
            count=max_messages,
        )
        if sent:
            await self._session.notify(terms.name)
        return sent

    async def depth(self, entity: str) -> QueueDepth:
        """Count the messages of an entity by state."""
        terms = self._entities.terms(entity)
        active, locked, scheduled, deferred = (await self._swept_rows(entity, sql.DEPTH))[0]
        dead = (await self._session.rows(sql.DEPTH, entity=terms.dead_letters))[0] if terms.dead_letters else ()
        return QueueDepth(
            active=active,
            locked=locked,
            scheduled=scheduled,
            deferred=deferred,
            dead_lettered=sum(dead),
        )

    async def check(self) -> None:
        """Return when the queue can be used; raise `UNAVAILABLE` otherwise."""
        await self._session.run(sql.CHECK)

    async def aclose(self) -> None:
        """Close the connection of its own; messages still locked are free for others some seconds later."""
        await self._listener.aclose()

    async def _swept_rows(self, entity: str, statement: LiteralString, **values: Any) -> list[tuple[Any, ...]]:
        terms = self._entities.terms(entity)
        async with self._session.connection() as connection:
            await self._session.sweep(connection, terms)
            return await self._session.rows_on(connection, statement, entity=entity, **values)
