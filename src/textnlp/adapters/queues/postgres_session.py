"""Running the queue's statements for one namespace."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec
import psycopg
from psycopg import AsyncConnection

from textnlp.adapters.queues import postgres_statements as sql
from textnlp.adapters.queues.entities import MAX_DELIVERY_COUNT_EXCEEDED, TTL_EXPIRED, Entities, Terms
from textnlp.adapters.queues.outgoing import lock_lost
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.clock import Clock

Connection = AsyncConnection[tuple[Any, ...]]
Connections = Callable[[], AbstractAsyncContextManager[Connection]]

NO_LIMIT = 2**31 - 1

_decode_properties = msgspec.json.Decoder(dict[str, Any]).decode


class QueueSession:
    """Lends connections, knows the ids of the entities, and brings an entity up to date before it is looked at."""

    def __init__(self, connections: Connections, *, entities: Entities, clock: Clock, namespace: str) -> None:
        self.entities = entities
        self.clock = clock
        self._connections = connections
        self._namespace = namespace
        self._ids: dict[str, int] = {}
        self._finding_ids = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """Lend a connection, with the ids of the entities known; raise `UNAVAILABLE` where the tables are missing."""
        try:
            async with self._connections() as connection:
                if not self._ids:
                    await self._find_ids(connection)
                yield connection
        except psycopg.errors.UndefinedTable as exc:
            raise TextNLPError(
                "The database has no tables for queues.",
                kind=ErrorKind.UNAVAILABLE,
                facts=ErrorFacts(hint="Start textnlp up once, or run the database's migrations."),
            ) from exc

    async def find_id(self, entity: str) -> int:
        """Return the id under which rows of an entity are stored, asking the database where it is not known."""
        if not self._ids:
            async with self.connection():
                pass
        return self._ids[entity]

    def id_of(self, entity: str) -> int:
        """Return the id under which rows of an entity are stored; known once a connection was lent."""
        return self._ids[entity]

    async def run(self, statement: LiteralString, **values: Any) -> int:
        """Run a statement by itself; return how many rows it touched."""
        async with self.connection() as connection:
            return (await connection.execute(statement, self._given(values))).rowcount

    async def rows(self, statement: LiteralString, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement by itself; return its rows."""
        async with self.connection() as connection:
            return await self.rows_on(connection, statement, **values)

    async def rows_on(self, connection: Connection, statement: LiteralString, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement on a connection, entities given by name; return its rows."""
        async with connection.cursor(binary=True) as cursor:
            await cursor.execute(statement, self._given(values))
            return await cursor.fetchall()

    async def notify(self, entity: str) -> None:
        """Wake those who wait for a message of an entity."""
        await self.rows(sql.NOTIFY, entity=entity, channel=sql.CHANNEL)

    async def notify_session(self, message: ReceivedMessage) -> None:
        """Wake those who wait for the next message of a session, where the message is of one."""
        if message.session_id is not None:
            await self.notify(message.entity)

    async def settle(self, statement: LiteralString, message: ReceivedMessage, **values: Any) -> None:
        """Run a statement on a locked message; raise `CONFLICT` where the lock is no longer held."""
        settled = await self.run(
            statement,
            entity=self.entities.terms(message.entity).name,
            number=message.sequence_number,
            token=lock_number(message),
            **values,
        )
        if not settled:
            raise lock_lost([message], lost=1)

    async def sweep(self, connection: Connection, terms: Terms) -> bool:
        """Bring an entity up to date, some hundred messages at a time; tell whether its line holds sessions."""
        if terms.dead_letters_of is not None:
            await self.sweep(connection, self.entities.terms(terms.dead_letters_of))
        given = self._given({"entity": terms.name})
        probe = await self.rows_on(connection, sql.PROBE, entity=terms.name)
        is_due, is_expired, has_sessions = probe[0][:3]
        if is_due or is_expired:
            await self._move(connection, terms, given | {"limit": terms.max_delivery_count or NO_LIMIT})
            has_sessions = (await self.rows_on(connection, sql.PROBE, entity=terms.name))[0][2]
        return has_sessions

    async def _move(self, connection: Connection, terms: Terms, given: dict[str, Any]) -> None:
        buried = 0
        if terms.dead_letters is not None:
            given |= {"dead_letters": self._ids[terms.dead_letters]}
            spent = await connection.execute(sql.BURY_SPENT, given | {"reason": MAX_DELIVERY_COUNT_EXCEEDED})
            buried = spent.rowcount
        await connection.execute(sql.RELEASE_DUE, given)
        if terms.dead_letters is None or not terms.dead_letters_on_expiration:
            await connection.execute(sql.DROP_EXPIRED, given)
        else:
            buried += (await connection.execute(sql.BURY_EXPIRED, given | {"reason": TTL_EXPIRED})).rowcount
        if buried and terms.dead_letters is not None:
            await self.rows_on(connection, sql.NOTIFY, entity=terms.dead_letters, channel=sql.CHANNEL)

    def _given(self, values: dict[str, Any]) -> dict[str, Any]:
        named = {key: self._ids[values[key]] for key in ("entity", "dead_letters") if isinstance(values.get(key), str)}
        return {"now": self.clock.now(), **values, **named}

    async def _find_ids(self, connection: Connection) -> None:
        async with self._finding_ids:
            if not self._ids:
                given = {"namespace": self._namespace, "names": self.entities.names}
                await connection.execute(sql.MISSING_ENTITIES, given)
                rows = await (await connection.execute(sql.ENTITY_IDS, given)).fetchall()
                self._ids = {row[0]: row[1] for row in rows}


def read_messages(rows: list[tuple[Any, ...]], entity: str, **lock: Any) -> list[ReceivedMessage]:
    """Read rows into messages in order of their numbers; `lock` holds the fields of the lock, if there is one."""
    rows.sort(key=lambda row: row[0])
    return [
        ReceivedMessage(
            entity=entity,
            sequence_number=number,
            delivery_count=delivery_count,
            enqueued_at=enqueued_at,
            message_id=message_id,
            session_id=session_id,
            properties=_decode_properties(properties),
            body=body,
            dead_letter_reason=reason,
            dead_letter_description=description,
            **lock,
        )
        for (
            number,
            delivery_count,
            enqueued_at,
            message_id,
            session_id,
            properties,
            body,
            reason,
            description,
        ) in rows
    ]


def lock_number(message: ReceivedMessage) -> int:
    """Read a lock token; one that was never given, as on a peeked message, proves no lock."""
    return int(message.lock_token) if message.lock_token.isdecimal() else -1


def lock_end(terms: Terms, clock: Clock) -> datetime:
    """Tell when a lock that is taken at this moment ends."""
    return clock.now() + timedelta(seconds=terms.lock_seconds)
