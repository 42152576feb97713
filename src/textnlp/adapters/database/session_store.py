"""Sessions of the console in PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

from textnlp.adapters.database.batch_rows import storable
from textnlp.adapters.database.pool import PostgresDatabase
from textnlp.domain.identifiers import SessionId
from textnlp.domain.identity.session import IDLE_SECONDS, StoredSession

_COLUMNS: LiteralString = """
    digest, id, sealed, subject, tenant, token_ends_at, renew_at, created_at, used_at, expires_at, successor
"""
_KEEP = """
insert into console_sessions (COLUMNS) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
""".replace("COLUMNS", _COLUMNS)
_FIND = "select COLUMNS from console_sessions where digest = %s".replace("COLUMNS", _COLUMNS)
_TOUCH = "update console_sessions set used_at = greatest(used_at, %s) where digest = %s"
_BEGIN = """
update console_sessions set renewing_until = %(until)s
where digest = %(digest)s and successor is null and (renewing_until is null or renewing_until <= %(now)s)
"""
_REPLACE = """
update console_sessions set successor = %(successor)s, expires_at = least(expires_at, %(expires_at)s)
where digest = %(digest)s and successor is null
"""
_END = "delete from console_sessions where id = %s"
_EXPIRE = "delete from console_sessions where expires_at <= %s or used_at <= %s"


class PostgresSessionStore:
    """Satisfies the `SessionStore` port on the table of revision 0018."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    async def keep(self, session: StoredSession) -> None:
        """Keep a session that begins."""
        async with self._database.connection() as connection:
            await connection.execute(_KEEP, _values(session))

    async def find(self, digest: bytes) -> StoredSession | None:
        """Return a session, one that has ended too, if there is one."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_FIND, (digest,))).fetchone()
        return None if row is None else _session(row)

    async def touch(self, digest: bytes, at: datetime) -> None:
        """Note that a session was used."""
        async with self._database.connection() as connection:
            await connection.execute(_TOUCH, (at, digest))

    async def begin_renewal(self, digest: bytes, *, now: datetime, until: datetime) -> bool:
        """Whether the caller may renew a session."""
        async with self._database.connection() as connection:
            done = await connection.execute(_BEGIN, {"digest": digest, "now": now, "until": until})
        return done.rowcount == 1

    async def replace(self, digest: bytes, by: StoredSession, *, successor: bytes, expires_at: datetime) -> bool:
        """Keep `by` in place of a session, in one transaction."""
        async with self._database.connection() as connection, connection.transaction():
            values = {"digest": digest, "successor": successor, "expires_at": expires_at}
            is_replaced = (await connection.execute(_REPLACE, values)).rowcount == 1
            if is_replaced:
                await connection.execute(_KEEP, _values(by))
        return is_replaced

    async def end(self, session_id: SessionId) -> None:
        """Forget a session, with what it was before it was replaced."""
        async with self._database.connection() as connection:
            await connection.execute(_END, (storable(session_id),))

    async def expire(self, now: datetime) -> int:
        """Forget the sessions that have ended."""
        async with self._database.connection() as connection:
            done = await connection.execute(_EXPIRE, (now, now - timedelta(seconds=IDLE_SECONDS)))
        return done.rowcount


def _values(session: StoredSession) -> tuple[Any, ...]:
    return (
        *(session.digest, session.id, session.sealed, storable(session.subject), storable(session.tenant)),
        *(session.token_ends_at, session.renew_at, session.created_at, session.used_at, session.expires_at),
        session.successor,
    )


def _session(row: tuple[Any, ...]) -> StoredSession:
    return StoredSession(
        digest=row[0],
        id=SessionId(row[1]),
        sealed=row[2],
        subject=row[3],
        tenant=row[4],
        token_ends_at=row[5].astimezone(UTC),
        renew_at=row[6].astimezone(UTC),
        created_at=row[7].astimezone(UTC),
        used_at=row[8].astimezone(UTC),
        expires_at=row[9].astimezone(UTC),
        successor=row[10],
    )
