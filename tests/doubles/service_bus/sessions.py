"""Who holds which session, until when, and what state each session has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.doubles.service_bus.faults import Refusal
from textnlp.ports.clock import Clock


@dataclass(slots=True)
class _Hold:
    holder: object
    until: datetime


class Sessions:
    """Locks of sessions, by entity and session id, each held by one link."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._holds: dict[tuple[str, str], _Hold] = {}
        self.states: dict[tuple[str, str], bytes] = {}

    def accept(self, entity: str, session_id: str, *, holder: object, seconds: float) -> datetime:
        """Lock a session; raise `Refusal` where somebody else holds it."""
        if not self.is_free(entity, session_id):
            text = f"The requested session '{session_id}' cannot be accepted. It may be locked by another receiver."
            raise Refusal("com.microsoft:session-cannot-be-locked", text)
        until = self._clock.now() + timedelta(seconds=seconds)
        self._holds[entity, session_id] = _Hold(holder, until)
        return until

    def is_free(self, entity: str, session_id: str) -> bool:
        """Whether nobody holds a session."""
        hold = self._holds.get((entity, session_id))
        return hold is None or hold.until <= self._clock.now()

    def renew(self, entity: str, session_id: str, *, seconds: float) -> datetime:
        """Hold a session longer; raise `Refusal` where its lock has ended."""
        if self.is_free(entity, session_id):
            raise Refusal("com.microsoft:session-lock-lost", "The session lock has expired.", status=410)
        until = self._clock.now() + timedelta(seconds=seconds)
        self._holds[entity, session_id].until = until
        return until

    def locked_until(self, entity: str, session_id: str | None) -> datetime | None:
        """Tell until when a session is held."""
        hold = self._holds.get((entity, session_id or ""))
        return None if hold is None else hold.until

    def release(self, holder: object) -> None:
        """Give up the session that a link holds."""
        for key in [key for key, hold in self._holds.items() if hold.holder is holder]:
            del self._holds[key]

    def pop_ended(self) -> Sequence[object]:
        """Forget the locks that have ended; return who held them."""
        now = self._clock.now()
        ended = [key for key, hold in self._holds.items() if hold.until <= now]
        return [self._holds.pop(key).holder for key in ended]
