"""Where sessions of the console are kept."""

from datetime import datetime
from typing import Protocol

from textnlp.domain.identifiers import SessionId
from textnlp.domain.identity.session import StoredSession


class SessionStore(Protocol):
    """Stores sessions for all processes alike; a store that cannot be reached raises `UNAVAILABLE`.

    It sees no token and no secret: sessions are found by a hash, and hold what is encrypted elsewhere.
    """

    async def keep(self, session: StoredSession) -> None:
        """Keep a session that begins."""
        ...

    async def find(self, digest: bytes) -> StoredSession | None:
        """Return a session, one that has ended too, if there is one."""
        ...

    async def touch(self, digest: bytes, at: datetime) -> None:
        """Note that a session was used; one that is gone stays gone."""
        ...

    async def begin_renewal(self, digest: bytes, *, now: datetime, until: datetime) -> bool:
        """Whether the caller may renew a session; until `until`, of any number of callers at once, exactly one may.

        Nobody may where the session was renewed before, or is gone.
        """
        ...

    async def replace(self, digest: bytes, by: StoredSession, *, successor: bytes, expires_at: datetime) -> bool:
        """Keep `by` in place of a session, which is told its `successor` and ends at `expires_at`, if not before.

        Nothing is done, and False returned, where that session is gone or was replaced before.
        """
        ...

    async def end(self, session_id: SessionId) -> None:
        """Forget a session, with what it was before it was replaced."""
        ...

    async def expire(self, now: datetime) -> int:
        """Forget the sessions that have ended, or were not used for too long; return how many secrets that were."""
        ...
