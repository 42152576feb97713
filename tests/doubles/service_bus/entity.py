"""The messages of one entity, each in one state, and the moments at which a state ends by itself."""

import bisect
import heapq
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.doubles.service_bus.envelope import Envelope
from tests.doubles.service_bus.terms import EntityTerms

MAX_DELIVERY_COUNT_EXCEEDED = "MaxDeliveryCountExceeded"
TTL_EXPIRED = "TTLExpiredException"


@dataclass(slots=True, kw_only=True, eq=False)
class StoredMessage:
    """A message and its state: scheduled with `due_at`, locked with `token`, deferred, or ready."""

    number: int
    content: Envelope
    enqueued_at: datetime
    expires_at: datetime | None = None
    due_at: datetime | None = None
    delivery_count: int = 0
    token: str | None = None
    locked_until: datetime | None = None
    is_deferred: bool = False
    reason: str | None = None
    description: str | None = None

    @property
    def is_ready(self) -> bool:
        """Whether a receiver can get it."""
        return self.due_at is None and self.token is None and not self.is_deferred

    @property
    def lock_token(self) -> uuid.UUID:
        """The token as clients know it: they read the 16 bytes of the delivery tag in little-endian order."""
        return uuid.UUID(bytes_le=str(self.token).encode())


class Entity:
    """What a queue, subscription or dead-letter queue holds, in order of the numbers."""

    def __init__(self, name: str, terms: EntityTerms) -> None:
        self.name = name
        self.terms = terms
        self.messages: dict[int, StoredMessage] = {}
        self._ready: list[int] = []
        self._tokens: dict[str, int] = {}
        self._alarms: list[tuple[datetime, int]] = []

    def add(self, message: StoredMessage) -> None:
        """Take in a message in the state that it has."""
        self.messages[message.number] = message
        if message.token is not None:
            self._tokens[message.token] = message.number
        if message.is_ready:
            bisect.insort(self._ready, message.number)
        for moment in (message.due_at, message.expires_at, message.locked_until):
            self._wake_at(moment, message)

    def remove(self, message: StoredMessage) -> None:
        """Take a message out."""
        del self.messages[message.number]
        if message.is_ready:
            self._ready.remove(message.number)
        elif message.token is not None:
            del self._tokens[message.token]

    def next_ready(self, session_id: str | None = None) -> StoredMessage | None:
        """Return the oldest message that can be received, of one session where it is given."""
        for number in self._ready:
            message = self.messages[number]
            if session_id is None or message.content.session_id == session_id:
                return message
        return None

    def ready_sessions(self) -> list[str]:
        """Return the sessions that have messages to receive, the one with the oldest first."""
        sessions = (self.messages[number].content.session_id for number in self._ready)
        return list(dict.fromkeys(session for session in sessions if session is not None))

    def locked(self, token: str) -> StoredMessage | None:
        """Return the message that a token locks."""
        number = self._tokens.get(token)
        return None if number is None else self.messages[number]

    def lock(self, message: StoredMessage, *, until: datetime) -> None:
        """Lock a message and count the delivery; its token is 16 characters of ASCII, as proton wants tags."""
        if message.is_ready:
            self._ready.remove(message.number)
        message.is_deferred = False
        message.token = secrets.token_hex(8)
        message.delivery_count += 1
        self._tokens[message.token] = message.number
        self.hold(message, until=until)

    def hold(self, message: StoredMessage, *, until: datetime) -> None:
        """Move the end of a lock."""
        message.locked_until = until
        self._wake_at(until, message)

    def unlock(self, message: StoredMessage, *, is_deferred: bool = False) -> None:
        """End a lock: the message is ready again, or set aside."""
        if message.token is not None:
            del self._tokens[message.token]
        message.token, message.locked_until, message.is_deferred = None, None, is_deferred
        if not is_deferred:
            bisect.insort(self._ready, message.number)
        self._wake_at(message.expires_at, message)

    def pop_due(self, now: datetime) -> list[StoredMessage]:
        """Take out the scheduled messages that are due, in the order of their times."""
        due = [one for one in self.messages.values() if one.due_at is not None and one.due_at <= now]
        for message in due:
            self.remove(message)
        return sorted(due, key=lambda one: (one.due_at, one.number))

    def sweep(self, now: datetime) -> list[StoredMessage]:
        """Let locks and lives end that end by `now`; return dead messages, with their reasons."""
        touched = self._touched(now)
        dead: list[StoredMessage] = []
        for message in touched:
            if message.token is not None and message.locked_until is not None and message.locked_until <= now:
                self._end_lock(message, dead)
        expired = [message for message in touched if self._is_expired(message, now)]
        for message in sorted(expired, key=lambda one: (one.expires_at, one.number)):
            self.bury(message, TTL_EXPIRED, "The message expired and was dead lettered.")
            if self.terms.dead_letters_on_expiration:
                dead.append(message)
        return dead

    def bury(self, message: StoredMessage, reason: str | None, description: str | None) -> None:
        """Take a message out and note why it is dead."""
        self.remove(message)
        message.reason, message.description = reason, description

    def has_used_deliveries(self, message: StoredMessage) -> bool:
        """Whether a message was delivered as often as the entity allows."""
        limit = self.terms.max_delivery_count
        return limit is not None and message.delivery_count >= limit

    def next_change(self) -> datetime | None:
        """Tell when something ends by itself next, or earlier."""
        return self._alarms[0][0] if self._alarms else None

    def until(self, now: datetime) -> datetime:
        """Tell when a lock that begins now ends."""
        return now + timedelta(seconds=self.terms.lock_seconds)

    def _end_lock(self, message: StoredMessage, dead: list[StoredMessage]) -> None:
        if self.has_used_deliveries(message):
            self.bury(message, MAX_DELIVERY_COUNT_EXCEEDED, used_up(message))
            dead.append(message)
        else:
            self.unlock(message)

    def _is_expired(self, message: StoredMessage, now: datetime) -> bool:
        if message.number not in self.messages or message.token is not None:
            return False
        return message.expires_at is not None and message.expires_at <= now

    def _touched(self, now: datetime) -> list[StoredMessage]:
        touched: dict[int, StoredMessage] = {}
        while self._alarms and self._alarms[0][0] <= now:
            _, number = heapq.heappop(self._alarms)
            if number in self.messages:
                touched[number] = self.messages[number]
        return list(touched.values())

    def _wake_at(self, moment: datetime | None, message: StoredMessage) -> None:
        if moment is not None:
            heapq.heappush(self._alarms, (moment, message.number))


def used_up(message: StoredMessage) -> str:
    """Describe why a message that was delivered too often is dead."""
    return f"Message could not be consumed after {message.delivery_count} delivery attempts."
