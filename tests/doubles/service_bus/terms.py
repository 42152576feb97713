"""What is declared in a namespace: its queues, topics, subscriptions and their rules."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from tests.doubles.service_bus.envelope import Envelope
from textnlp.domain.messaging.filters import compile_filter
from textnlp.topology.queues import Queue, Subscription, Topic

DEAD_LETTER_SUFFIX = "/$deadletterqueue"

Rule = Callable[[Envelope], bool]
"""Tells whether a subscription gets a copy of a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityTerms:
    """On what terms a queue, subscription or dead-letter queue holds messages; None is for without a limit."""

    lock_seconds: float = 60.0
    max_delivery_count: int | None = 10
    time_to_live_seconds: float | None = None
    dead_letters_on_expiration: bool = False
    requires_session: bool = False

    def of_dead_letters(self) -> "EntityTerms":
        """Return the terms of the dead-letter queue."""
        return EntityTerms(lock_seconds=self.lock_seconds, max_delivery_count=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTerms:
    """Where what is sent to a queue or topic goes: names of entities, each with its rules, any of which lets in."""

    duplicate_window_seconds: float = 0.0
    time_to_live_seconds: float | None = None
    targets: Mapping[str, Sequence[Rule]]


@dataclass(frozen=True, slots=True)
class Namespace:
    """Everything that is declared, by names in lower case; `topic/subscriptions/name` is a subscription."""

    entities: dict[str, EntityTerms] = field(default_factory=dict[str, EntityTerms])
    routes: dict[str, RouteTerms] = field(default_factory=dict[str, RouteTerms])

    def add_queue(self, name: str, terms: EntityTerms, *, duplicate_window_seconds: float = 0.0) -> None:
        """Declare a queue."""
        self._add_entity(name.lower(), terms)
        self.routes[name.lower()] = RouteTerms(
            duplicate_window_seconds=duplicate_window_seconds,
            time_to_live_seconds=terms.time_to_live_seconds,
            targets={name.lower(): (every_message,)},
        )

    def add_topic(
        self,
        name: str,
        subscriptions: Mapping[str, tuple[EntityTerms, Sequence[Rule]]],
        *,
        duplicate_window_seconds: float = 0.0,
        time_to_live_seconds: float | None = None,
    ) -> None:
        """Declare a topic and its subscriptions; a subscription without rules gets nothing."""
        targets: dict[str, Sequence[Rule]] = {}
        for subscription, (terms, rules) in subscriptions.items():
            entity = f"{name}/subscriptions/{subscription}".lower()
            self._add_entity(entity, terms)
            targets[entity] = rules
        self.routes[name.lower()] = RouteTerms(
            duplicate_window_seconds=duplicate_window_seconds,
            time_to_live_seconds=time_to_live_seconds,
            targets=targets,
        )

    def _add_entity(self, name: str, terms: EntityTerms) -> None:
        self.entities[name] = terms
        self.entities[name + DEAD_LETTER_SUFFIX] = terms.of_dead_letters()


class Declaration(Protocol):
    """The part of a topology that makes a namespace."""

    @property
    def queues(self) -> tuple[Queue, ...]: ...

    @property
    def topics(self) -> tuple[Topic, ...]: ...


def declared_namespace(
    topology: Declaration, *, session_entities: Collection[str] = (), lock_seconds: float | None = None
) -> Namespace:
    """Declare what a topology declares; `session_entities` names the queues that require sessions.

    `lock_seconds`, where given, is how long every lock lasts, in place of what is declared.
    """
    namespace = Namespace()

    def terms_of(declared: Queue | Subscription, *, requires_session: bool) -> EntityTerms:
        terms = _terms(declared, requires_session=requires_session)
        return terms if lock_seconds is None else replace(terms, lock_seconds=lock_seconds)

    for queue in topology.queues:
        namespace.add_queue(
            queue.name,
            terms_of(queue, requires_session=queue.name in session_entities),
            duplicate_window_seconds=queue.duplicate_window_seconds,
        )
    for topic in topology.topics:
        namespace.add_topic(
            topic.name,
            {
                one.name: (
                    terms_of(one, requires_session=f"{topic.name}/{one.name}" in session_entities),
                    (every_message if one.filter_sql is None else sql_rule(one.filter_sql),),
                )
                for one in topic.subscriptions
            },
            duplicate_window_seconds=topic.duplicate_window_seconds,
            time_to_live_seconds=topic.time_to_live_seconds,
        )
    return namespace


def every_message(_envelope: Envelope) -> bool:
    """Let every message in, as the rule does that a new subscription has."""
    return True


def sql_rule(expression: str) -> Rule:
    """Let in what a condition on the properties matches."""
    matches = compile_filter(expression)
    return lambda envelope: matches(envelope.properties)


def correlation_rule(properties: Mapping[str, Any] | None = None, **fields: str) -> Rule:
    """Let in messages whose system fields and properties are exactly these."""

    def matches(envelope: Envelope) -> bool:
        return all(getattr(envelope, name) == value for name, value in fields.items()) and all(
            name in envelope.properties and envelope.properties[name] == value
            for name, value in (properties or {}).items()
        )

    return matches


def _terms(declared: Queue | Subscription, *, requires_session: bool) -> EntityTerms:
    return EntityTerms(
        lock_seconds=declared.lock_seconds,
        max_delivery_count=declared.max_delivery_count,
        time_to_live_seconds=declared.time_to_live_seconds,
        dead_letters_on_expiration=declared.dead_letters_on_expiration,
        requires_session=requires_session,
    )
