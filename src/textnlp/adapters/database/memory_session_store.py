"""Sessions in memory, gone with the process."""

import dataclasses
from datetime import datetime

from textnlp.domain.identifiers import SessionId
from textnlp.domain.identity.session import StoredSession, is_over


class MemorySessionStore:
    """Satisfies the `SessionStore` port; every method runs to its end without letting another in."""

    def __init__(self) -> None:
        self._sessions: dict[bytes, StoredSession] = {}
        self._renewing_until: dict[bytes, datetime] = {}

    async def keep(self, session: StoredSession) -> None:
        """Keep a session that begins."""
        self._sessions[session.digest] = session

    async def find(self, digest: bytes) -> StoredSession | None:
        """Return a session, one that has ended too, if there is one."""
        return self._sessions.get(digest)

    async def touch(self, digest: bytes, at: datetime) -> None:
        """Note that a session was used."""
        found = self._sessions.get(digest)
        if found is not None:
            self._sessions[digest] = dataclasses.replace(found, used_at=max(found.used_at, at))

    async def begin_renewal(self, digest: bytes, *, now: datetime, until: datetime) -> bool:
        """Whether the caller may renew a session."""
        found = self._sessions.get(digest)
        if found is None or found.successor is not None or self._renewing_until.get(digest, now) > now:
            return False
        self._renewing_until[digest] = until
        return True

    async def replace(self, digest: bytes, by: StoredSession, *, successor: bytes, expires_at: datetime) -> bool:
        """Keep `by` in place of a session."""
        found = self._sessions.get(digest)
        if found is None or found.successor is not None:
            return False
        ends_at = min(found.expires_at, expires_at)
        self._sessions[digest] = dataclasses.replace(found, successor=successor, expires_at=ends_at)
        self._sessions[by.digest] = by
        return True

    async def end(self, session_id: SessionId) -> None:
        """Forget a session, with what it was before it was replaced."""
        self._forget([each for each in self._sessions.values() if each.id == session_id])

    async def expire(self, now: datetime) -> int:
        """Forget the sessions that have ended."""
        return self._forget([each for each in self._sessions.values() if is_over(each, now=now)])

    def _forget(self, sessions: list[StoredSession]) -> int:
        for each in sessions:
            del self._sessions[each.digest]
            self._renewing_until.pop(each.digest, None)
        return len(sessions)
