"""The job queue in one process's memory."""

import asyncio
import dataclasses
import itertools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from textnlp.adapters.queues.entities import MAX_DELIVERY_COUNT_EXCEEDED, TTL_EXPIRED, Entities, Terms
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage, dead_letter_entity
from textnlp.ports.clock import Clock

_POLL_SECONDS = 1.0


@dataclass(slots=True)
class _Stored:
    """A message as it is kept; `message` carries what receivers see."""

    message: ReceivedMessage
    visible_at: datetime
    expires_at: datetime | None
    is_deferred: bool = False

    def is_locked(self, now: datetime) -> bool:
        return self.message.locked_until is not None and self.message.locked_until > now

    def unlock(self) -> None:
        self.message = dataclasses.replace(self.message, lock_token="", locked_until=None)


class MemoryJobQueue:
    """Satisfies the `JobQueue` port within one event loop; everything is gone with the process."""

    def __init__(self, entities: Entities, *, clock: Clock) -> None:
        self._entities = entities
        self._clock = clock
        self._messages: dict[int, _Stored] = {}
        self._known_ids: dict[tuple[str, str], datetime] = {}
        self._numbers = itertools.count(1)
        self._arrival = asyncio.Event()

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send all or none; return a sequence number a message, 0 for one dropped as a duplicate."""
        route = self._entities.route(entity)
        now = self._clock.now()
        numbers: list[int] = []
        for message in messages:
            if self._is_duplicate(route.name, message, now, window_seconds=route.duplicate_window_seconds):
                numbers.append(0)
                continue
            targets = route.targets_of(message.properties)
            copies = [self._add(target, message, now, seconds=route.time_to_live_seconds) for target in targets]
            is_queue = len(route.targets) == 1 and route.targets[0][1] is None
            numbers.append(copies[0] if is_queue else next(self._numbers))
        self._wake()
        return numbers

    async def receive(
        self,
        entity: str,
        *,
        max_messages: int = 1,
        max_wait_seconds: float = 0.0,
        session_id: str | None = None,
    ) -> list[ReceivedMessage]:
        """Lock and return up to `max_messages`, oldest first; wait only while there is none at all."""
        terms = self._entities.terms(entity)
        deadline = self._clock.monotonic() + max_wait_seconds
        while True:
            arrival = self._arrival
            self._sweep(terms)
            now = self._clock.now()
            free = [stored for stored in self._in(entity) if self._can_be_taken(stored, now, session_id)]
            taken = [self._lock(stored, terms, now) for stored in free[:max_messages]]
            remaining = deadline - self._clock.monotonic()
            if taken or remaining <= 0:
                return taken
            await self._wait(arrival, seconds=min(_POLL_SECONDS, remaining))

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Hold the lock for another full lock time; return when it ends."""
        stored = self._held(message)
        until = self._clock.now() + timedelta(seconds=self._entities.terms(message.entity).lock_seconds)
        stored.message = dataclasses.replace(stored.message, locked_until=until)
        return until

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Remove messages that are done with; raise `CONFLICT` after removing those whose lock still held."""
        lost: list[TextNLPError] = []
        for message in messages:
            try:
                self._held(message)
            except TextNLPError as error:
                lost.append(error)
            else:
                del self._messages[message.sequence_number]
        if lost:
            raise lost[0]

    async def abandon(self, message: ReceivedMessage) -> None:
        """Give the message back for another delivery at once."""
        stored = self._held(message)
        limit = self._entities.terms(message.entity).max_delivery_count
        if limit is not None and stored.message.delivery_count >= limit:
            described = f"Delivered {stored.message.delivery_count} times."
            self._bury(stored, reason=MAX_DELIVERY_COUNT_EXCEEDED, description=described)
        else:
            stored.unlock()
        self._wake()

    async def defer(self, message: ReceivedMessage) -> None:
        """Set the message aside."""
        stored = self._held(message)
        stored.unlock()
        stored.is_deferred = True

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock and return deferred messages; numbers that are not deferred are left out."""
        terms = self._entities.terms(entity)
        now = self._clock.now()
        return [
            self._lock(stored, terms, now)
            for stored in self._in(entity)
            if stored.message.sequence_number in sequence_numbers and stored.is_deferred and not stored.is_locked(now)
        ]

    async def dead_letter(self, message: ReceivedMessage, *, reason: str, description: str = "") -> None:
        """Move the message to the dead-letter queue, with its reason."""
        self._bury(self._held(message), reason=reason, description=description)

    async def cancel_scheduled(self, entity: str, sequence_numbers: Sequence[int]) -> None:
        """Remove scheduled messages that are not yet due."""
        targets = {target for target, _ in self._entities.route(entity).targets}
        for number in sequence_numbers:
            stored = self._messages.get(number)
            if stored and stored.message.entity in targets and stored.visible_at > self._clock.now():
                del self._messages[number]

    async def peek(
        self,
        entity: str,
        *,
        from_sequence_number: int = 0,
        max_messages: int = 32,
    ) -> list[ReceivedMessage]:
        """Return messages in order of their numbers, in any state, without locking or counting a delivery."""
        self._entities.terms(entity)
        seen = [stored.message for stored in self._in(entity)]
        later = [message for message in seen if message.sequence_number >= from_sequence_number]
        return [dataclasses.replace(message, lock_token="", locked_until=None) for message in later[:max_messages]]

    async def resend_dead_letters(self, entity: str, *, max_messages: int = 1000) -> int:
        """Send the dead letters of `entity` to it again with a delivery count of zero; return how many."""
        terms = self._entities.terms(entity)
        now = self._clock.now()
        letters = [stored for stored in self._in(dead_letter_entity(entity)) if not stored.is_locked(now)]
        for stored in letters[:max_messages]:
            stored.message = dataclasses.replace(
                stored.message,
                entity=entity,
                delivery_count=0,
                enqueued_at=now,
                lock_token="",
                locked_until=None,
                dead_letter_reason=None,
                dead_letter_description=None,
            )
            stored.is_deferred = False
            stored.visible_at = now
            seconds = terms.time_to_live_seconds
            stored.expires_at = None if seconds is None else now + timedelta(seconds=seconds)
        self._wake()
        return len(letters[:max_messages])

    async def depth(self, entity: str) -> QueueDepth:
        """Count the messages of an entity by state."""
        self._sweep(self._entities.terms(entity))
        now = self._clock.now()
        stored = self._in(entity)
        locked = sum(one.is_locked(now) for one in stored)
        scheduled = sum(one.visible_at > now for one in stored)
        deferred = sum(one.is_deferred and not one.is_locked(now) for one in stored)
        return QueueDepth(
            active=len(stored) - locked - scheduled - deferred,
            locked=locked,
            scheduled=scheduled,
            deferred=deferred,
            dead_lettered=len(self._in(dead_letter_entity(entity))),
        )

    async def check(self) -> None:
        """Return: memory is always there."""

    async def aclose(self) -> None:
        """Do nothing; there is nothing to free."""

    def _in(self, entity: str) -> list[_Stored]:
        return [
            self._messages[number]
            for number in sorted(self._messages)
            if self._messages[number].message.entity == entity
        ]

    def _add(self, entity: str, message: OutgoingMessage, now: datetime, *, seconds: float) -> int:
        number = next(self._numbers)
        visible_at = max(now, message.scheduled_for or now)
        lives = min(seconds, message.time_to_live_seconds or seconds)
        received = ReceivedMessage(
            entity=entity,
            body=message.body,
            message_id=message.message_id or uuid.uuid4().hex,
            sequence_number=number,
            delivery_count=0,
            enqueued_at=now,
            session_id=message.session_id,
            properties=dict(message.properties),
        )
        self._messages[number] = _Stored(received, visible_at, visible_at + timedelta(seconds=lives))
        return number

    def _is_duplicate(self, entity: str, message: OutgoingMessage, now: datetime, *, window_seconds: float) -> bool:
        if message.message_id is None or not window_seconds:
            return False
        key = (entity, message.message_id)
        if self._known_ids.get(key, now) > now:
            return True
        self._known_ids[key] = now + timedelta(seconds=window_seconds)
        return False

    def _can_be_taken(self, stored: _Stored, now: datetime, session_id: str | None) -> bool:
        message = stored.message
        is_free = not stored.is_deferred and not stored.is_locked(now) and stored.visible_at <= now
        if not is_free or (session_id is not None and message.session_id != session_id):
            return False
        return message.session_id is None or not any(
            earlier.is_locked(now) and not earlier.is_deferred
            for earlier in self._in(message.entity)
            if earlier.message.session_id == message.session_id
            and earlier.message.sequence_number < message.sequence_number
        )

    def _lock(self, stored: _Stored, terms: Terms, now: datetime) -> ReceivedMessage:
        stored.message = dataclasses.replace(
            stored.message,
            delivery_count=stored.message.delivery_count + 1,
            lock_token=uuid.uuid4().hex,
            locked_until=now + timedelta(seconds=terms.lock_seconds),
        )
        return stored.message

    def _held(self, message: ReceivedMessage) -> _Stored:
        """Return the message when the lock is still this receiver's; raise `CONFLICT` otherwise."""
        stored = self._messages.get(message.sequence_number)
        is_mine = stored is not None and message.lock_token and stored.message.lock_token == message.lock_token
        if stored is None or not is_mine or not stored.is_locked(self._clock.now()):
            raise TextNLPError(
                f"The lock of message {message.sequence_number} is no longer held.",
                kind=ErrorKind.CONFLICT,
            )
        return stored

    def _bury(self, stored: _Stored, *, reason: str, description: str) -> None:
        stored.unlock()
        stored.message = dataclasses.replace(
            stored.message,
            entity=dead_letter_entity(stored.message.entity),
            dead_letter_reason=reason,
            dead_letter_description=description,
        )
        stored.is_deferred = False
        stored.expires_at = None

    def _sweep(self, terms: Terms) -> None:
        """Move what is given up or expired to where it belongs."""
        now = self._clock.now()
        for stored in self._in(terms.name):
            if terms.max_delivery_count is None or stored.is_locked(now):
                continue
            if stored.message.delivery_count >= terms.max_delivery_count:
                described = f"Delivered {stored.message.delivery_count} times; its lock ended each time."
                self._bury(stored, reason=MAX_DELIVERY_COUNT_EXCEEDED, description=described)
            elif stored.expires_at is not None and stored.expires_at <= now:
                if terms.dead_letters_on_expiration:
                    self._bury(stored, reason=TTL_EXPIRED, description="Nobody took it within its time to live.")
                else:
                    del self._messages[stored.message.sequence_number]

    def _wake(self) -> None:
        self._arrival.set()
        self._arrival = asyncio.Event()

    async def _wait(self, arrival: asyncio.Event, *, seconds: float) -> None:
        tasks: set[asyncio.Task[object]] = {
            asyncio.create_task(arrival.wait()),
            asyncio.create_task(self._clock.sleep(seconds)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
