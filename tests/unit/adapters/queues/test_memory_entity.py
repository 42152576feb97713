from datetime import UTC, datetime, timedelta

from textnlp.adapters.queues.entities import Terms
from textnlp.adapters.queues.memory_entity import MemoryEntity, StoredMessage, count_states, first_messages
from textnlp.adapters.queues.outgoing import PreparedMessage
from textnlp.domain.messaging.model import QueueDepth

HOLD = "held"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
TERMS = Terms(
    name="q",
    lock_seconds=60,
    max_delivery_count=2,
    time_to_live_seconds=100,
    dead_letters_on_expiration=True,
    dead_letters="q/$deadletterqueue",
)


def stored(number: int, *, due_in: int | None = None, session_id: str | None = None) -> StoredMessage:
    content = PreparedMessage(
        message_id=str(number),
        checked_id=None,
        session_id=session_id,
        properties={},
        body=b"",
        enqueued_at=NOW,
        due_at=None,
        copies=(),
    )
    return StoredMessage(
        number=number,
        content=content,
        enqueued_at=NOW,
        expires_at=later(100),
        due_at=None if due_in is None else later(due_in),
    )


def later(seconds: int) -> datetime:
    return NOW + timedelta(seconds=seconds)


def entity(*messages: StoredMessage) -> MemoryEntity:
    made = MemoryEntity(TERMS)
    for message in messages:
        made.add(message)
    return made


def test_the_line_is_taken_in_order_and_what_is_held_up_stays_in_it() -> None:
    first, second, third = (stored(number, session_id="s") for number in (1, 2, 3))
    made = entity(third, first, second)
    taken = made.take(1, session_id=None)
    made.lock(taken[0], until=later(60), token=HOLD)

    assert taken == [first]
    assert made.take(5, session_id=None) == []
    made.remove(first)
    assert made.take(5, session_id="other") == []
    assert made.take(5, session_id="s") == [second, third]


def test_the_next_change_is_the_first_that_still_holds_true() -> None:
    made = entity(stored(1, due_in=10), stored(2, due_in=20))
    assert made.next_change() == later(10)
    made.remove(made.messages[1])
    assert made.next_change() == later(20)
    made.remove(made.messages[2])
    assert made.next_change() is None


def test_sweeping_returns_what_died_with_its_reason() -> None:
    spent, expired = stored(1), stored(2)
    made = entity(spent, expired)
    for _ in range(2):
        made.lock(spent, until=later(60), token=HOLD)

    assert made.sweep(later(59)) == []
    assert made.sweep(later(60)) == [spent]
    assert made.sweep(later(100)) == [expired]
    assert (spent.reason, expired.reason) == ("MaxDeliveryCountExceeded", "TTLExpiredException")
    assert not made.messages


def test_states_are_told_apart() -> None:
    waiting, locked, scheduled, deferred = stored(4), stored(3), stored(2, due_in=5), stored(1)
    made = entity(waiting, locked, scheduled, deferred)
    made.lock(locked, until=later(60), token=HOLD)
    made.lock(deferred, until=later(60), token=HOLD)
    made.defer(deferred)

    depth = count_states(made.messages.values(), dead_lettered=7)

    assert depth == QueueDepth(active=1, locked=1, scheduled=1, deferred=1, dead_lettered=7)
    assert first_messages(made.messages.values(), 2) == [deferred, scheduled]
