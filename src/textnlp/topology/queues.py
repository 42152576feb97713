"""Queues and the topic: on what terms each holds a message, hands it out and gives it up."""

from dataclasses import dataclass

TEXT_GENERATION_QUEUE = "text-generation-queue"
BATCH_PROCESSING_QUEUE = "batch-processing-queue"
VALIDATION_QUEUE = "validation-queue"
GENERATION_EVENTS = "generation-events"
VALIDATION_SUB = "validation-sub"
MONITORING_SUB = "monitoring-sub"
WEBHOOKS_SUB = "webhooks-sub"

MAX_LOCK_SECONDS = 300
"""Service Bus locks a message for five minutes at most; longer work renews the lock."""

MAX_DUPLICATE_WINDOW_SECONDS = 7 * 86_400
"""Service Bus remembers message ids for seven days at most."""

_MINUTE = 60
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Queue:
    """A queue that one receiver at a time holds a message of.

    Attributes:
        max_size_megabytes: what it holds before senders are refused; a multiple of 1,024.
        time_to_live_seconds: age at which a message nobody took expires.
        lock_seconds: how long one receive or one renewal holds a message; 300 at most.
        lease_seconds: how long one receiver may keep a message by renewing, before it must give it back.
        max_delivery_count: deliveries after which a message is dead-lettered.
        batched_operations: sends and completions may be grouped in the store.
        duplicate_window_seconds: how long the ids of sent messages are remembered; 0 switches this off.
        dead_letters_on_expiration: an expired message is dead-lettered; it is dropped otherwise.
    """

    name: str
    max_size_megabytes: int
    time_to_live_seconds: int
    lock_seconds: int
    lease_seconds: int
    max_delivery_count: int
    batched_operations: bool = True
    duplicate_window_seconds: int = 10 * _MINUTE
    dead_letters_on_expiration: bool = True

    def __post_init__(self) -> None:
        """Refuse terms that no queue can keep."""
        label = f"queue '{self.name}'"
        require_lock(label, lock_seconds=self.lock_seconds, lease_seconds=self.lease_seconds)
        require_holding(label, self.max_size_megabytes, self.duplicate_window_seconds)
        require_giving_up(label, self.time_to_live_seconds, self.max_delivery_count)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Subscription:
    """A topic's copy of the messages that its filter lets through, received from as `topic/subscription`.

    Attributes:
        filter_sql: condition on a message's properties; None lets every message through.
        rule_name: name of the one rule that holds the filter. Service Bus puts a rule of this name that matches
            everything into each subscription it creates, so a filter under any other name would filter nothing.
        lock_seconds, lease_seconds, max_delivery_count, time_to_live_seconds, dead_letters_on_expiration:
            as for a queue.
    """

    name: str
    filter_sql: str | None = None
    rule_name: str = "$Default"
    lock_seconds: int = MAX_LOCK_SECONDS
    lease_seconds: int = 15 * _MINUTE
    max_delivery_count: int = 5
    time_to_live_seconds: int = 7 * _DAY
    dead_letters_on_expiration: bool = True

    def __post_init__(self) -> None:
        """Refuse terms that no subscription can keep."""
        label = f"subscription '{self.name}'"
        require_lock(label, lock_seconds=self.lock_seconds, lease_seconds=self.lease_seconds)
        require_giving_up(label, self.time_to_live_seconds, self.max_delivery_count)
        if self.filter_sql is not None and not self.filter_sql.strip():
            raise ValueError(f"{label}: filter_sql is blank; write a condition, or None for every message")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Topic:
    """A place to send to that keeps nothing itself and copies each message into its subscriptions.

    Attributes:
        subscriptions: at least one, else every message sent would vanish.
        max_size_megabytes, time_to_live_seconds, duplicate_window_seconds, batched_operations: as for a queue.
    """

    name: str
    subscriptions: tuple[Subscription, ...]
    max_size_megabytes: int = 5_120
    time_to_live_seconds: int = 7 * _DAY
    duplicate_window_seconds: int = 10 * _MINUTE
    batched_operations: bool = True

    def __post_init__(self) -> None:
        """Refuse terms that no topic can keep."""
        label = f"topic '{self.name}'"
        require_holding(label, self.max_size_megabytes, self.duplicate_window_seconds)
        require_giving_up(label, self.time_to_live_seconds, max_delivery_count=1)
        if not self.subscriptions:
            raise ValueError(f"{label}: has no subscription, so that every message sent to it would vanish")


def subscription_entity(topic: str, subscription: str) -> str:
    """Name a subscription as an entity that messages are received from."""
    return f"{topic}/{subscription}"


def require_lock(label: str, *, lock_seconds: int, lease_seconds: int) -> None:
    """Raise `ValueError` unless a lock is one that Service Bus grants and the lease is at least one lock long."""
    if not 0 < lock_seconds <= MAX_LOCK_SECONDS:
        raise ValueError(
            f"{label}: lock_seconds is {lock_seconds}, Service Bus allows 1 to {MAX_LOCK_SECONDS}; "
            "work that takes longer renews its lock, say how long in lease_seconds"
        )
    if lease_seconds < lock_seconds:
        raise ValueError(f"{label}: lease_seconds is {lease_seconds}, shorter than one lock of {lock_seconds}")


def require_holding(label: str, max_size_megabytes: int, duplicate_window_seconds: int) -> None:
    """Raise `ValueError` unless the size is one that can be ordered and the duplicate window can be remembered."""
    if max_size_megabytes <= 0 or max_size_megabytes % 1_024:
        raise ValueError(f"{label}: max_size_megabytes is {max_size_megabytes}, not a positive multiple of 1024")
    if not (duplicate_window_seconds == 0 or 20 <= duplicate_window_seconds <= MAX_DUPLICATE_WINDOW_SECONDS):  # noqa: PLR2004  Service Bus's own lower bound
        raise ValueError(
            f"{label}: duplicate_window_seconds is {duplicate_window_seconds}; it is 0 for off, or 20 to "
            f"{MAX_DUPLICATE_WINDOW_SECONDS}"
        )


def require_giving_up(label: str, time_to_live_seconds: int, max_delivery_count: int) -> None:
    """Raise `ValueError` unless a message lives for a while and is delivered at least once."""
    if time_to_live_seconds <= 0:
        raise ValueError(f"{label}: time_to_live_seconds is {time_to_live_seconds}, it must be positive")
    if max_delivery_count <= 0:
        raise ValueError(f"{label}: max_delivery_count is {max_delivery_count}, it must be positive")


QUEUES = (
    Queue(
        name=TEXT_GENERATION_QUEUE,
        max_size_megabytes=5_120,
        time_to_live_seconds=14 * _DAY,
        lock_seconds=MAX_LOCK_SECONDS,
        lease_seconds=15 * _MINUTE,
        max_delivery_count=3,
    ),
    Queue(
        name=BATCH_PROCESSING_QUEUE,
        max_size_megabytes=10_240,
        time_to_live_seconds=7 * _DAY,
        lock_seconds=MAX_LOCK_SECONDS,
        lease_seconds=30 * _MINUTE,
        max_delivery_count=5,
    ),
    Queue(
        name=VALIDATION_QUEUE,
        max_size_megabytes=5_120,
        time_to_live_seconds=7 * _DAY,
        lock_seconds=MAX_LOCK_SECONDS,
        lease_seconds=15 * _MINUTE,
        max_delivery_count=5,
    ),
)

TOPICS = (
    Topic(
        name=GENERATION_EVENTS,
        subscriptions=(
            Subscription(name=VALIDATION_SUB, filter_sql="Status = 'Completed'"),
            Subscription(name=MONITORING_SUB),
            Subscription(name=WEBHOOKS_SUB, max_delivery_count=10),
        ),
    ),
)
