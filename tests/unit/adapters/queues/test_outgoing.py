from datetime import UTC, datetime, timedelta

import pytest

from textnlp.adapters.queues.entities import Entities
from textnlp.adapters.queues.outgoing import keep_first, prepare_messages, storable_text
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.catalog import TOPOLOGY
from textnlp.topology.queues import BATCH_PROCESSING_QUEUE, GENERATION_EVENTS

NOW = datetime(2026, 1, 1, tzinfo=UTC)
BATCHES = Entities(TOPOLOGY).route(BATCH_PROCESSING_QUEUE)
EVENTS = Entities(TOPOLOGY).route(GENERATION_EVENTS)


def test_a_message_lives_from_the_time_it_is_scheduled_for() -> None:
    later = NOW + timedelta(hours=1)
    sent = OutgoingMessage(body=b"", scheduled_for=later, time_to_live_seconds=60)

    (message,) = prepare_messages(BATCHES, [sent], now=NOW)

    assert (message.enqueued_at, message.due_at) == (later, later)
    assert [expires_at for _, expires_at in message.copies] == [later + timedelta(seconds=60)]


def test_a_message_cannot_outlive_what_the_entity_allows() -> None:
    (message,) = prepare_messages(BATCHES, [OutgoingMessage(body=b"", time_to_live_seconds=1e12)], now=NOW)

    assert message.copies[0][1] == NOW + timedelta(seconds=BATCHES.time_to_live_seconds)


def test_the_copies_go_where_the_filters_say() -> None:
    (message,) = prepare_messages(EVENTS, [OutgoingMessage(body=b"", properties={"status": "Failed"})], now=NOW)

    assert [terms.name for terms, _ in message.copies] == [
        "generation-events/monitoring-sub",
        "generation-events/webhooks-sub",
    ]


def test_the_first_of_several_messages_with_an_id_is_kept() -> None:
    sent = [OutgoingMessage(body=b"", message_id=name) for name in ("a", "a", "b", None)]
    prepared = prepare_messages(BATCHES, sent, now=NOW)

    assert keep_first(prepared, fresh={"a"}) == [True, False, False, True]


def test_the_field_that_is_wrong_is_named() -> None:
    with pytest.raises(TextNLPError) as caught:
        prepare_messages(BATCHES, [OutgoingMessage(body=b"", properties={"size": float("inf")})], now=NOW)

    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "properties.size")


def test_a_reason_loses_only_what_no_database_keeps() -> None:
    assert storable_text("a\0b\ud800") == "a\ufffdb?"
    assert len(storable_text("x" * 10_000)) == 4_096
