"""One queue, subscription or dead-letter queue in memory."""

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from textnlp.adapters.queues.entities import MAX_DELIVERY_COUNT_EXCEEDED, TTL_EXPIRED, Terms
from textnlp.adapters.queues.outgoing import PreparedMessage
from textnlp.domain.messaging.model import QueueDepth, ReceivedMessage


@dataclass(slots=True, eq=False, kw_only=True)
class StoredMessage:
    """A message and its state.

    It is waiting in line, or locked (with a token, until `due_at`), or scheduled (for `due_at`, without a token), or
    deferred, which is none of these.
    """

    number: int
    content: PreparedMessage
    enqueued_at: datetime
    expires_at: datetime | None
    is_waiting: bool = False
    due_at: datetime | None = None
    lock_token: str = ""
    delivery_count: int = 0
    reason: str | None = None
    description: str | None = None

    def as_received(self, entity: str, *, is_peeked: bool = False) -> ReceivedMessage:
        """Return what a receiver sees."""
        return ReceivedMessage(
            entity=entity,
            body=self.content.body,
            message_id=self.content.message_id,
            sequence_number=self.number,
            delivery_count=self.delivery_count,
            enqueued_at=self.enqueued_at,
            session_id=self.content.session_id,
            properties=self.content.properties,
            lock_token="" if is_peeked else self.lock_token,
            locked_until=None if is_peeked else self.due_at,
            dead_letter_reason=self.reason,
            dead_letter_description=self.description,
        )


class MemoryEntity:
    """The messages of one entity.

    The heaps may hold entries that no longer hold true; whoever takes one checks it against the message.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.messages: dict[int, StoredMessage] = {}
        self._line: list[int] = []
        self._due: list[tuple[datetime, int]] = []
        self._expiring: list[tuple[datetime, int]] = []
        self._locked_numbers: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, message: StoredMessage) -> None:
        """Take a message in, in line or scheduled."""
        self.messages[message.number] = message
        if message.expires_at is not None:
            heapq.heappush(self._expiring, (message.expires_at, message.number))
        if message.due_at is None:
            self._queue_up(message)
        else:
            heapq.heappush(self._due, (message.due_at, message.number))

    def remove(self, message: StoredMessage) -> None:
        """Let a message go, whatever its state."""
        self._unlock(message)
        message.is_waiting = False
        message.due_at = None
        self.messages.pop(message.number, None)

    def held(self, message: ReceivedMessage, *, now: datetime) -> StoredMessage | None:
        """Return the stored message if the lock that the received one proves still holds."""
        stored = self.messages.get(message.sequence_number)
        if stored is None or not stored.lock_token or stored.lock_token != message.lock_token:
            return None
        return stored if stored.due_at is not None and stored.due_at > now else None

    def lock(self, message: StoredMessage, *, until: datetime, token: str) -> None:
        """Lock a message that is waiting or deferred, as one more delivery."""
        message.is_waiting = False
        message.lock_token = token
        message.delivery_count += 1
        if message.content.session_id is not None:
            self._locked_numbers[message.content.session_id].add(message.number)
        self.hold_until(message, until)

    def hold_until(self, message: StoredMessage, until: datetime) -> None:
        """Set when the lock ends."""
        message.due_at = until
        heapq.heappush(self._due, (until, message.number))

    def defer(self, message: StoredMessage) -> None:
        """Set a locked message aside."""
        self._unlock(message)
        message.due_at = None

    def take(self, count: int, *, session_id: str | None) -> list[StoredMessage]:
        """Take up to `count` messages out of the line, in order, those that an earlier locked one holds up left in."""
        taken: list[StoredMessage] = []
        left: list[int] = []
        while self._line and len(taken) < count:
            number = heapq.heappop(self._line)
            message = self.messages.get(number)
            if message is None or not message.is_waiting:
                continue
            if (session_id is not None and message.content.session_id != session_id) or self._is_held_up(message):
                left.append(number)
            else:
                taken.append(message)
        for number in left:
            heapq.heappush(self._line, number)
        return taken

    def sweep(self, now: datetime) -> list[StoredMessage]:
        """Bring every message into the state that it has at `now`; return those to dead-letter, with reasons."""
        dead: list[StoredMessage] = []
        released: list[StoredMessage] = []
        for message in self._pop_due(now):
            limit = self.terms.max_delivery_count
            if message.lock_token and limit is not None and message.delivery_count >= limit:
                message.reason = MAX_DELIVERY_COUNT_EXCEEDED
                message.description = f"It was delivered {message.delivery_count} times, the limit is {limit}."
                dead.append(message)
            else:
                released.append(message)
        for message in dead:
            self.remove(message)
        for message in released:
            self._unlock(message)
            message.due_at = None
            self._queue_up(message)
        return dead + self._expired(now)

    def next_change(self) -> datetime | None:
        """Tell when a lock ends, a scheduled message falls due or a message expires next."""
        while self._due and not self._is_due(*self._due[0]):
            heapq.heappop(self._due)
        while self._expiring and self._expiring[0][1] not in self.messages:
            heapq.heappop(self._expiring)
        return min((heap[0][0] for heap in (self._due, self._expiring) if heap), default=None)

    def _queue_up(self, message: StoredMessage) -> None:
        message.is_waiting = True
        heapq.heappush(self._line, message.number)

    def _unlock(self, message: StoredMessage) -> None:
        message.lock_token = ""
        session_id = message.content.session_id
        if session_id in self._locked_numbers:
            self._locked_numbers[session_id].discard(message.number)
            if not self._locked_numbers[session_id]:
                del self._locked_numbers[session_id]

    def _is_held_up(self, message: StoredMessage) -> bool:
        session_id = message.content.session_id
        if session_id is None or session_id not in self._locked_numbers:
            return False
        return min(self._locked_numbers[session_id]) < message.number

    def _is_due(self, due_at: datetime, number: int) -> bool:
        message = self.messages.get(number)
        return message is not None and message.due_at == due_at

    def _pop_due(self, now: datetime) -> list[StoredMessage]:
        due: dict[int, StoredMessage] = {}
        while self._due and self._due[0][0] <= now:
            due_at, number = heapq.heappop(self._due)
            if self._is_due(due_at, number):
                due[number] = self.messages[number]
        return list(due.values())

    def _expired(self, now: datetime) -> list[StoredMessage]:
        """Take out what expired; a message that somebody holds stays until its lock ends."""
        expired: list[StoredMessage] = []
        kept: list[tuple[datetime, int]] = []
        while self._expiring and self._expiring[0][0] <= now:
            entry = heapq.heappop(self._expiring)
            message = self.messages.get(entry[1])
            if message is None:
                continue
            if message.lock_token:
                kept.append(entry)
                continue
            self.remove(message)
            message.reason = TTL_EXPIRED
            message.description = "It was not completed within its time to live."
            expired.append(message)
        for entry in kept:
            heapq.heappush(self._expiring, entry)
        return expired if self.terms.dead_letters_on_expiration else []


def first_messages(messages: Iterable[StoredMessage], count: int) -> list[StoredMessage]:
    """Return the first `count` messages, in order of their numbers."""
    return heapq.nsmallest(count, messages, key=lambda message: message.number)


def count_states(messages: Collection[StoredMessage], *, dead_lettered: int) -> QueueDepth:
    """Count messages by state."""
    active = sum(message.is_waiting for message in messages)
    locked = sum(bool(message.lock_token) for message in messages)
    scheduled = sum(message.due_at is not None and not message.lock_token for message in messages)
    return QueueDepth(
        active=active,
        locked=locked,
        scheduled=scheduled,
        deferred=len(messages) - active - locked - scheduled,
        dead_lettered=dead_lettered,
    )
