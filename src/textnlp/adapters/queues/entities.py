"""What a queue adapter needs to know of the places that messages are sent to and received from."""

from dataclasses import dataclass
from typing import Protocol

from textnlp.domain.errors import not_found
from textnlp.domain.messaging.filters import MessageFilter, compile_filter
from textnlp.domain.messaging.model import dead_letter_entity
from textnlp.topology.queues import Queue, Subscription, Topic, subscription_entity

MAX_DELIVERY_COUNT_EXCEEDED = "MaxDeliveryCountExceeded"
TTL_EXPIRED = "TTLExpiredException"


class DeclaredEntities(Protocol):
    """The part of the declaration that a queue adapter reads."""

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The queues there are."""
        ...

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics there are, with their subscriptions."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On what terms an entity that can be received from holds messages.

    Attributes:
        max_delivery_count: deliveries after which a message is dead-lettered; None where it never is.
        time_to_live_seconds: age at which a message expires; None where it never does.
        dead_letters_on_expiration: an expired message is dead-lettered; it is dropped otherwise.
        dead_letters: the entity's dead-letter queue; None for a dead-letter queue.
        dead_letters_of: the entity whose dead letters these are; None for any other.
    """

    name: str
    lock_seconds: float
    max_delivery_count: int | None = None
    time_to_live_seconds: float | None = None
    dead_letters_on_expiration: bool = False
    dead_letters: str | None = None
    dead_letters_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An entity that gets a copy of what is sent, if the message matches."""

    terms: Terms
    matches: MessageFilter | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Where what is sent to a queue or topic goes.

    Attributes:
        duplicate_window_seconds: how long message ids are remembered; 0 for not at all.
        time_to_live_seconds: age at which a message expires, if its target does not let it expire earlier.
    """

    name: str
    duplicate_window_seconds: float
    time_to_live_seconds: float
    targets: tuple[Target, ...]


class Entities:
    """Every queue, topic, subscription and dead-letter queue of a declaration, by name.

    Raises `INVALID_INPUT` for a subscription whose filter cannot be read.
    """

    def __init__(self, topology: DeclaredEntities) -> None:
        self._terms: dict[str, Terms] = {}
        self._routes: dict[str, Route] = {}
        for queue in topology.queues:
            target = Target(terms=self._add_receivable(queue.name, queue), matches=None)
            self._add_route(queue, (target,))
        for topic in topology.topics:
            self._add_route(topic, tuple(self._add_subscription(topic, part) for part in topic.subscriptions))

    @property
    def names(self) -> list[str]:
        """The names of all entities, dead-letter queues and topics included."""
        return sorted(self._terms.keys() | self._routes.keys())

    @property
    def receivable(self) -> list[str]:
        """The names of the entities that can be received from, in the order of their declaration."""
        return list(self._terms)

    def terms(self, entity: str) -> Terms:
        """Return the terms of an entity that can be received from; raise `NOT_FOUND` for any other name."""
        found = self._terms.get(entity)
        if found is not None:
            return found
        if entity in self._routes:
            subscriptions = ", ".join(target.terms.name for target in self._routes[entity].targets)
            raise not_found(f"'{entity}' is a topic, which keeps no messages; its subscriptions are {subscriptions}.")
        raise not_found(f"There is no queue or subscription '{entity}'; there are {', '.join(self._terms)}.")

    def route(self, entity: str) -> Route:
        """Return the route of an entity that can be sent to; raise `NOT_FOUND` for any other name."""
        found = self._routes.get(entity)
        if found is None:
            raise not_found(f"There is no queue or topic '{entity}' to send to; there are {', '.join(self._routes)}.")
        return found

    def _add_route(self, declared: Queue | Topic, targets: tuple[Target, ...]) -> None:
        self._routes[declared.name] = Route(
            name=declared.name,
            duplicate_window_seconds=declared.duplicate_window_seconds,
            time_to_live_seconds=declared.time_to_live_seconds,
            targets=targets,
        )

    def _add_subscription(self, topic: Topic, declared: Subscription) -> Target:
        terms = self._add_receivable(subscription_entity(topic.name, declared.name), declared)
        return Target(terms=terms, matches=None if declared.filter_sql is None else compile_filter(declared.filter_sql))

    def _add_receivable(self, entity: str, declared: Queue | Subscription) -> Terms:
        dead_letters = dead_letter_entity(entity)
        terms = Terms(
            name=entity,
            lock_seconds=declared.lock_seconds,
            max_delivery_count=declared.max_delivery_count,
            time_to_live_seconds=declared.time_to_live_seconds,
            dead_letters_on_expiration=declared.dead_letters_on_expiration,
            dead_letters=dead_letters,
        )
        self._terms[entity] = terms
        self._terms[dead_letters] = Terms(
            name=dead_letters,
            lock_seconds=declared.lock_seconds,
            dead_letters_of=entity,
        )
        return terms
