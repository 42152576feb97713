"""All entities of a queue in memory, and what happens between them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from textnlp.adapters.queues.arrivals import Arrivals
from textnlp.adapters.queues.entities import Entities, Route, Terms
from textnlp.adapters.queues.memory_entity import MemoryEntity, StoredMessage
from textnlp.adapters.queues.outgoing import PreparedMessage
from textnlp.domain.messaging.model import ReceivedMessage
from textnlp.ports.clock import Clock

_TOKEN_BYTES = 8


class MemoryStores:
    """Hands out numbers, moves dead letters, remembers ids, and wakes those whom a change may concern."""

    def __init__(self, entities: Entities, *, clock: Clock, arrivals: Arrivals) -> None:
        self._entities = entities
        self._clock = clock
        self._arrivals = arrivals
        self._stores: dict[str, MemoryEntity] = {}
        self._known_ids: dict[str, dict[str, datetime]] = {}
        self._last_number = 0

    def next_number(self) -> int:
        """Return a number above all that were given."""
        self._last_number += 1
        return self._last_number

    def of(self, terms: Terms) -> MemoryEntity:
        """Return the messages of an entity as they were left."""
        store = self._stores.get(terms.name)
        if store is None:
            store = self._stores[terms.name] = MemoryEntity(terms)
        return store

    def swept(self, terms: Terms) -> MemoryEntity:
        """Return the messages of an entity in the states that they have at this moment."""
        if terms.dead_letters_of is not None:
            self.swept(self._entities.terms(terms.dead_letters_of))
        store = self.of(terms)
        self.bury(terms, store.sweep(self._clock.now()))
        return store

    def bury(self, terms: Terms, messages: Sequence[StoredMessage]) -> None:
        """Put messages that were taken out of an entity into its dead-letter queue."""
        if not messages:
            return
        dead_letters = self.of(self._entities.terms(str(terms.dead_letters)))
        for message in messages:
            message.number = self.next_number()
            message.expires_at = None
            dead_letters.add(message)
        self._arrivals.announce(dead_letters.terms.name)

    def lock(self, store: MemoryEntity, messages: Sequence[StoredMessage]) -> list[ReceivedMessage]:
        """Lock messages that were taken out of the line, and return what their receiver sees."""
        until = self._clock.now() + timedelta(seconds=store.terms.lock_seconds)
        token = secrets.token_hex(_TOKEN_BYTES)
        for message in messages:
            store.lock(message, until=until, token=token)
        return [message.as_received(store.terms.name) for message in messages]

    def next_change_seconds(self, terms: Terms) -> float:
        """Tell how long nothing can change by itself that a receiver of the entity waits for."""
        changes = [self.of(terms).next_change()]
        if terms.dead_letters_of is not None:
            changes.append(self.of(self._entities.terms(terms.dead_letters_of)).next_change())
        now = self._clock.now()
        return min(((change - now).total_seconds() for change in changes if change is not None), default=float("inf"))

    def remember(self, route: Route, messages: Sequence[PreparedMessage]) -> set[str]:
        """Remember the ids of messages; return those that were not known."""
        now = self._clock.now()
        known = self._known_ids.setdefault(route.name, {})
        # Every id is kept equally long, so the first ones in the dictionary are the first to be forgotten.
        while known and (oldest := next(iter(known.items())))[1] <= now:
            del known[oldest[0]]
        fresh = {message.checked_id for message in messages if message.checked_id is not None} - known.keys()
        forget_at = now + timedelta(seconds=route.duplicate_window_seconds)
        known.update(dict.fromkeys(fresh, forget_at))
        return fresh

    def add_copies(self, number: int, message: PreparedMessage) -> None:
        """Put a copy of a message that was sent into each entity that gets it."""
        for terms, expires_at in message.copies:
            copy = StoredMessage(
                number=number,
                content=message,
                enqueued_at=message.enqueued_at,
                expires_at=expires_at,
                due_at=message.due_at,
            )
            self.of(terms).add(copy)
            self._arrivals.announce(terms.name)
