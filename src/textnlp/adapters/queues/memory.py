"""The job queue in one process's memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from textnlp.adapters.queues.arrivals import Arrivals
from textnlp.adapters.queues.entities import DeclaredEntities, Entities
from textnlp.adapters.queues.memory_entity import MemoryEntity, StoredMessage, count_states, first_messages
from textnlp.adapters.queues.memory_stores import MemoryStores
from textnlp.adapters.queues.outgoing import keep_first, lock_lost, prepare_messages, require_live, storable_text
from textnlp.domain.messaging.model import OutgoingMessage, QueueDepth, ReceivedMessage
from textnlp.ports.clock import Clock


class MemoryJobQueue:
    """Satisfies the `JobQueue` port within one event loop; everything is gone with the object."""

    def __init__(self, *, topology: DeclaredEntities, clock: Clock) -> None:
        self._entities = Entities(topology)
        self._clock = clock
        self._arrivals = Arrivals(clock)
        self._stores = MemoryStores(self._entities, clock=clock, arrivals=self._arrivals)

    async def send(self, entity: str, messages: Sequence[OutgoingMessage]) -> list[int]:
        """Send all or none; return a sequence number a message, 0 for one dropped as a duplicate."""
        route = self._entities.route(entity)
        prepared = prepare_messages(route, messages, now=self._clock.now())
        kept = keep_first(prepared, fresh=self._stores.remember(route, prepared))
        numbers = [self._stores.next_number() if keep else 0 for keep in kept]
        for number, message in zip(numbers, prepared, strict=True):
            if number:
                self._stores.add_copies(number, message)
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
            ticket = self._arrivals.ticket(entity)
            store = self._stores.swept(terms)
            taken = store.take(max_messages, session_id=session_id)
            remaining = deadline - self._clock.monotonic()
            if taken or remaining <= 0:
                return self._stores.lock(store, taken)
            seconds = min(remaining, self._stores.next_change_seconds(terms))
            await self._arrivals.wait(entity, ticket, seconds=seconds)

    async def renew(self, message: ReceivedMessage) -> datetime:
        """Hold the lock for another full lock time; return when it ends."""
        store, stored = self._held(message)
        until = self._clock.now() + timedelta(seconds=store.terms.lock_seconds)
        store.hold_until(stored, until)
        return until

    async def complete(self, messages: Sequence[ReceivedMessage]) -> None:
        """Remove messages that are done with; raise `CONFLICT` after removing those whose lock still held."""
        distinct = {(message.entity, message.sequence_number): message for message in messages}
        lost = 0
        for message in distinct.values():
            store = self._stores.swept(self._entities.terms(message.entity))
            stored = store.held(message, now=self._clock.now())
            if stored is None:
                lost += 1
            else:
                store.remove(stored)
                self._arrivals.announce(message.entity)
        if lost:
            raise lock_lost(messages, lost=lost)

    async def abandon(self, message: ReceivedMessage) -> None:
        """Give the message back for another delivery at once."""
        store, stored = self._held(message)
        store.hold_until(stored, self._clock.now())
        self._stores.swept(store.terms)
        self._arrivals.announce(message.entity)

    async def defer(self, message: ReceivedMessage) -> None:
        """Set the message aside; only `receive_deferred` with its sequence number brings it back."""
        store, stored = self._held(message)
        store.defer(stored)
        self._arrivals.announce(message.entity)

    async def receive_deferred(self, entity: str, sequence_numbers: Sequence[int]) -> list[ReceivedMessage]:
        """Lock and return deferred messages in order of their numbers; others are left out."""
        store = self._stores.swept(self._entities.terms(entity))
        found = [store.messages[number] for number in sorted(set(sequence_numbers)) if number in store.messages]
        deferred = [message for message in found if not message.is_waiting and message.due_at is None]
        return self._stores.lock(store, deferred)

    async def dead_letter(self, message: ReceivedMessage, *, reason: str, description: str = "") -> None:
        """Move the message to the dead-letter queue, with its reason."""
        terms = self._entities.terms(message.entity)
        require_live(terms, message)
        store, stored = self._held(message)
        store.remove(stored)
        stored.reason = storable_text(reason)
        stored.description = storable_text(description)
        self._stores.bury(terms, [stored])
        self._arrivals.announce(message.entity)

    async def cancel_scheduled(self, entity: str, sequence_numbers: Sequence[int]) -> None:
        """Remove scheduled messages that are not yet due; numbers that are gone are ignored."""
        for target in self._entities.route(entity).targets:
            store = self._stores.swept(target.terms)
            for number in sequence_numbers:
                message = store.messages.get(number)
                if message is not None and message.due_at is not None and not message.lock_token:
                    store.remove(message)

    async def peek(
        self,
        entity: str,
        *,
        from_sequence_number: int = 0,
        max_messages: int = 32,
    ) -> list[ReceivedMessage]:
        """Return messages in order of their numbers, in any state, without locking or counting a delivery."""
        store = self._stores.swept(self._entities.terms(entity))
        later = (message for message in store.messages.values() if message.number >= from_sequence_number)
        return [message.as_received(entity, is_peeked=True) for message in first_messages(later, max_messages)]

    async def resend_dead_letters(self, entity: str, *, max_messages: int = 1000) -> int:
        """Send the dead letters of `entity` to it again with a delivery count of zero; return how many."""
        terms = self._entities.terms(entity)
        if terms.dead_letters is None:
            terms = self._entities.terms(str(terms.dead_letters_of))
        letters = self._stores.swept(self._entities.terms(str(terms.dead_letters)))
        waiting = (one for one in letters.messages.values() if one.is_waiting)
        free = first_messages(waiting, max_messages)
        now = self._clock.now()
        for message in free:
            letters.remove(message)
            again = StoredMessage(
                number=self._stores.next_number(),
                content=message.content,
                enqueued_at=now,
                expires_at=now + timedelta(seconds=terms.time_to_live_seconds or 0),
            )
            self._stores.of(terms).add(again)
        if free:
            self._arrivals.announce(terms.name)
        return len(free)

    async def depth(self, entity: str) -> QueueDepth:
        """Count the messages of an entity by state."""
        terms = self._entities.terms(entity)
        store = self._stores.swept(terms)
        dead = self._stores.swept(self._entities.terms(terms.dead_letters)).messages if terms.dead_letters else {}
        return count_states(store.messages.values(), dead_lettered=len(dead))

    async def check(self) -> None:
        """Return: memory is always there."""

    async def aclose(self) -> None:
        """Free nothing: there is nothing to close."""

    def _held(self, message: ReceivedMessage) -> tuple[MemoryEntity, StoredMessage]:
        store = self._stores.swept(self._entities.terms(message.entity))
        stored = store.held(message, now=self._clock.now())
        if stored is None:
            raise lock_lost([message], lost=1)
        return store, stored
