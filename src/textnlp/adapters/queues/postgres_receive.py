"""Taking messages out of the line, waiting for them, and taking them over from processes that died."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

from textnlp.adapters.queues import postgres_statements as sql
from textnlp.adapters.queues.arrivals import Arrivals
from textnlp.adapters.queues.entities import Terms
from textnlp.adapters.queues.postgres_listener import PostgresListener
from textnlp.adapters.queues.postgres_session import Connection, QueueSession, lock_end, read_messages
from textnlp.domain.messaging.model import ReceivedMessage

ORPHAN_GRACE_SECONDS = 3.0
"""How long a holder has to be out of sight before its messages are taken over."""

_TOKEN_BITS = 62
_SHORTEST_POLL_SECONDS = 0.01
_BLIND_POLL_SECONDS = 0.25
_WATCHFUL_POLL_SECONDS = 0.5
_IDLE_POLL_SECONDS = 10.0


class PostgresReceiver:
    """Receives for one queue object.

    The lock of a process that died would keep its messages for minutes. So a receiver that finds nothing looks who
    else holds messages, and ends the locks of a holder that it has not seen for `ORPHAN_GRACE_SECONDS`, which is longer
    than a living process takes to connect again. It then counts as a lock that ended.
    """

    def __init__(self, session: QueueSession, *, listener: PostgresListener, arrivals: Arrivals) -> None:
        self._session = session
        self._clock = session.clock
        self._listener = listener
        self._arrivals = arrivals
        self._missed_since: dict[int, float] = {}

    async def receive(
        self,
        terms: Terms,
        *,
        count: int,
        wait_seconds: float,
        session_id: str | None,
    ) -> list[ReceivedMessage]:
        """Lock up to `count` messages, waiting while there is none."""
        deadline = self._clock.monotonic() + wait_seconds
        await self._listener.start()
        key = str(await self._session.find_id(terms.name))
        while True:
            ticket = self._arrivals.ticket(key)
            messages = await self._take(terms, count, session_id)
            if not messages and await self._end_orphaned_locks(terms):
                messages = await self._take(terms, count, session_id)
            remaining = deadline - self._clock.monotonic()
            if messages or remaining <= 0:
                return messages
            await self._arrivals.wait(key, ticket, seconds=min(remaining, await self._outlook_seconds(terms)))

    async def receive_deferred(self, terms: Terms, numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock deferred messages."""
        await self._listener.start()
        async with self._session.connection() as connection:
            await self._session.sweep(connection, terms)
            return await self._lock(connection, terms, sql.RECEIVE_DEFERRED, numbers=list(numbers))

    async def _take(self, terms: Terms, count: int, session_id: str | None) -> list[ReceivedMessage]:
        async with self._session.connection() as connection, connection.transaction():
            has_sessions = await self._session.sweep(connection, terms)
            if has_sessions:
                await self._session.rows_on(connection, sql.ONE_RECEIVER, entity=terms.name)
            elif session_id is not None:
                return []
            statement = sql.RECEIVE_SESSION if session_id is not None else sql.RECEIVE
            if has_sessions and session_id is None:
                statement = sql.RECEIVE_ANY
            return await self._lock(connection, terms, statement, count=count, session=session_id)

    async def _lock(
        self, connection: Connection, terms: Terms, statement: LiteralString, **values: Any
    ) -> list[ReceivedMessage]:
        token = secrets.randbits(_TOKEN_BITS)
        until = lock_end(terms, self._clock)
        rows = await self._session.rows_on(
            connection,
            statement,
            entity=terms.name,
            token=token,
            until=until,
            holder=self._listener.holder,
            **values,
        )
        return read_messages(rows, terms.name, lock_token=str(token), locked_until=until)

    async def _end_orphaned_locks(self, terms: Terms) -> int:
        """End the locks of holders that were out of sight long enough; return how many were ended."""
        rows = await self._session.rows(sql.GONE_HOLDERS, entity=terms.name, own=self._listener.number)
        moment = self._clock.monotonic()
        gone = {row[0] for row in rows}
        self._missed_since = {holder: self._missed_since.get(holder, moment) for holder in gone}
        lost = [holder for holder, since in self._missed_since.items() if moment - since >= ORPHAN_GRACE_SECONDS]
        if not lost:
            return 0
        return await self._session.run(
            sql.END_LOCKS,
            entity=terms.name,
            holders=lost,
            locked_before=lock_end(terms, self._clock) - timedelta(seconds=ORPHAN_GRACE_SECONDS),
        )

    async def _outlook_seconds(self, terms: Terms) -> float:
        """Tell how long nothing can change unless somebody notifies."""
        if not self._listener.is_connected:
            return _BLIND_POLL_SECONDS
        seconds = _IDLE_POLL_SECONDS
        for name in filter(None, (terms.name, terms.dead_letters_of)):
            outlook = await self._session.rows(sql.OUTLOOK, entity=name, own=self._listener.number)
            due_at, expires_at, are_held_elsewhere = outlook[0]
            if are_held_elsewhere:
                seconds = min(seconds, _WATCHFUL_POLL_SECONDS)
            moments: list[datetime] = [moment for moment in (due_at, expires_at) if moment is not None]
            for moment in moments:
                seconds = min(seconds, max(_SHORTEST_POLL_SECONDS, (moment - self._clock.now()).total_seconds()))
        return seconds
