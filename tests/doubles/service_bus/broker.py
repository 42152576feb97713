"""All entities of a namespace and what happens between them; knows nothing of AMQP links."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from tests.doubles.service_bus.entity import MAX_DELIVERY_COUNT_EXCEEDED, Entity, StoredMessage, used_up
from tests.doubles.service_bus.envelope import Envelope
from tests.doubles.service_bus.faults import Refusal
from tests.doubles.service_bus.sessions import Sessions
from tests.doubles.service_bus.terms import DEAD_LETTER_SUFFIX, EntityTerms, Namespace
from textnlp.ports.clock import Clock


class Broker:
    """Stores, hands out and gives up messages; `changed` is told the name of an entity with something new.

    `is_unsaved` says that a message came, went or was locked since somebody last set it to False.
    """

    def __init__(self, namespace: Namespace, *, clock: Clock) -> None:
        self.namespace = namespace
        self.clock = clock
        self.changed: Callable[[str], None] = lambda _name: None
        self.is_unsaved = False
        self.last_number = 0
        self.known_ids: dict[str, dict[str, datetime]] = {}
        self.entities: dict[str, Entity] = {}
        self.sessions = Sessions(clock)
        for name, terms in namespace.entities.items():
            self.entities[name] = Entity(name, terms)
        for name in namespace.routes.keys() - self.entities.keys():
            # A topic holds nothing but what is scheduled.
            self.entities[name] = Entity(name, EntityTerms())

    def forget(self) -> None:
        """Lose every message, id and session."""
        for entity in self.entities.values():
            entity.__init__(entity.name, entity.terms)
        self.known_ids.clear()
        self.sessions = Sessions(self.clock)

    def entity(self, name: str) -> Entity:
        """Return an entity in the state that it has now; raise `Refusal` where there is none of the name."""
        found = self.entities.get(name)
        if found is None:
            raise Refusal("amqp:not-found", f"The messaging entity '{name}' could not be found.")
        return found

    def receivable(self, name: str) -> Entity:
        """Return an entity that can be received from."""
        if name not in self.namespace.entities:
            raise Refusal("amqp:not-found", f"The messaging entity '{name}' could not be found.")
        return self.entities[name]

    def require_sendable(self, name: str) -> None:
        """Raise `Refusal` where nothing can be sent to a name."""
        if name not in self.namespace.routes:
            raise Refusal("amqp:not-found", f"The messaging entity '{name}' could not be found.")

    def send(self, name: str, envelopes: Sequence[Envelope]) -> list[int]:
        """Take in messages, all or none; return their numbers."""
        self.require_sendable(name)
        self.sweep()
        for envelope in envelopes:
            self._require_fitting(name, envelope)
        return [self._send_one(name, envelope) for envelope in envelopes]

    def lock_next(self, entity: Entity, session_id: str | None = None) -> StoredMessage | None:
        """Lock the oldest message that can be received."""
        message = entity.next_ready(session_id)
        if message is not None:
            self.lock(entity, message)
        return message

    def lock(self, entity: Entity, message: StoredMessage) -> None:
        """Lock a message; one of a session that requires it is locked as long as the session."""
        self.is_unsaved = True
        session_id = message.content.session_id
        until = self.sessions.locked_until(entity.name, session_id) if entity.terms.requires_session else None
        entity.lock(message, until=until or entity.until(self.clock.now()))

    def held(self, entity: Entity, token: str) -> StoredMessage:
        """Return a message whose lock still holds; raise `Refusal` otherwise."""
        message = entity.locked(token)
        if message is None:
            raise Refusal("com.microsoft:message-lock-lost", "The lock supplied is invalid.", status=410)
        return message

    def complete(self, entity: Entity, token: str) -> None:
        """Remove a message."""
        entity.remove(self.held(entity, token))
        self._tell(entity.name)

    def abandon(self, entity: Entity, token: str) -> None:
        """Give a message back, or up where it was delivered too often."""
        message = self.held(entity, token)
        if entity.has_used_deliveries(message):
            entity.bury(message, MAX_DELIVERY_COUNT_EXCEEDED, used_up(message))
            self._dead_letter(entity, [message])
        else:
            entity.unlock(message)
        self._tell(entity.name)

    def release(self, entity: Entity, token: str) -> None:
        """Give a message back as if it had not been delivered."""
        message = self.held(entity, token)
        message.delivery_count -= 1
        entity.unlock(message)
        self._tell(entity.name)

    def defer(self, entity: Entity, token: str) -> None:
        """Set a message aside."""
        entity.unlock(self.held(entity, token), is_deferred=True)
        self._tell(entity.name)

    def dead_letter(self, entity: Entity, token: str, reason: str | None, description: str | None) -> None:
        """Move a message to the dead-letter queue."""
        message = self.held(entity, token)
        entity.bury(message, reason, description)
        self._dead_letter(entity, [message])
        self._tell(entity.name)

    def renew(self, entity: Entity, token: str) -> datetime:
        """Hold a lock for another full lock time."""
        message, until = self.held(entity, token), entity.until(self.clock.now())
        entity.hold(message, until=until)
        self.is_unsaved = True
        return until

    def sweep(self) -> None:
        """Let happen what is due."""
        now = self.clock.now()
        for entity in self._with_changes(now):
            for message in entity.pop_due(now):
                self._enqueue(entity.name, message.content, enqueued_at=message.due_at or now)
        for entity in self._with_changes(now):
            self._dead_letter(entity, entity.sweep(now))
            self._tell(entity.name)

    def _with_changes(self, now: datetime) -> list[Entity]:
        moments = ((entity, entity.next_change()) for entity in self.entities.values())
        return [entity for entity, moment in moments if moment is not None and moment <= now]

    def _send_one(self, name: str, envelope: Envelope) -> int:
        now, number = self.clock.now(), self._next_number()
        if self._is_duplicate(name, envelope, now):
            return number
        if envelope.scheduled_for is None or envelope.scheduled_for <= now:
            self._enqueue(name, envelope, enqueued_at=now, number=number)
        else:
            self.entities[name].add(
                StoredMessage(number=number, content=envelope, enqueued_at=now, due_at=envelope.scheduled_for),
            )
            self.is_unsaved = True
        return number

    def _enqueue(self, name: str, envelope: Envelope, *, enqueued_at: datetime, number: int | None = None) -> None:
        route = self.namespace.routes[name]
        number = number or self._next_number()
        for target, rules in route.targets.items():
            if not any(rule(envelope) for rule in rules):
                continue
            entity = self.entities[target]
            limits = (envelope.time_to_live_seconds, route.time_to_live_seconds, entity.terms.time_to_live_seconds)
            seconds = min((limit for limit in limits if limit is not None), default=None)
            entity.add(
                StoredMessage(
                    number=number,
                    content=envelope,
                    enqueued_at=enqueued_at,
                    expires_at=None if seconds is None else enqueued_at + timedelta(seconds=seconds),
                ),
            )
            self._tell(target)

    def _dead_letter(self, entity: Entity, messages: Sequence[StoredMessage]) -> None:
        if not messages:
            return
        letters = self.entities[entity.name + DEAD_LETTER_SUFFIX]
        for message in messages:
            letters.add(
                StoredMessage(
                    number=self._next_number(),
                    content=message.content,
                    enqueued_at=message.enqueued_at,
                    delivery_count=message.delivery_count,
                    reason=message.reason,
                    description=message.description,
                ),
            )
        self._tell(letters.name)

    def _is_duplicate(self, name: str, envelope: Envelope, now: datetime) -> bool:
        window = self.namespace.routes[name].duplicate_window_seconds
        if not window or envelope.message_id is None:
            return False
        known = self.known_ids.setdefault(name, {})
        if known.get(envelope.message_id, now) > now:
            return True
        known[envelope.message_id] = now + timedelta(seconds=window)
        return False

    def _require_fitting(self, name: str, envelope: Envelope) -> None:
        needs_session = any(self.entities[target].terms.requires_session for target in self._targets(name))
        if needs_session and envelope.session_id is None:
            raise Refusal("amqp:not-allowed", f"The entity '{name}' requires sessions; the message has no session id.")

    def _targets(self, name: str) -> Sequence[str]:
        return tuple(self.namespace.routes[name].targets)

    def _tell(self, name: str) -> None:
        self.is_unsaved = True
        self.changed(name)

    def _next_number(self) -> int:
        self.last_number += 1
        return self.last_number
