from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from azure.servicebus import ServiceBusReceivedMessage

from textnlp.adapters.queues.service_bus_messages import received

_LOCK = "t"
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def raw(**fields: Any) -> ServiceBusReceivedMessage:
    """A message as the library gives it, with nothing set but what a message always has."""
    values: dict[str, Any] = {
        "application_properties": None,
        "body": b"x",
        "message_id": "m",
        "sequence_number": 7,
        "delivery_count": None,
        "enqueued_time_utc": _NOW,
        "session_id": None,
    }
    return cast("ServiceBusReceivedMessage", SimpleNamespace(**values | fields))


def test_a_count_that_is_left_out_is_none_before_this_delivery() -> None:
    assert received(raw(), entity="orders", lock_token=_LOCK).delivery_count == 1
    assert received(raw(delivery_count=2), entity="orders", lock_token=_LOCK).delivery_count == 3


def test_a_message_that_was_only_looked_at_counts_no_delivery() -> None:
    assert received(raw(), entity="orders").delivery_count == 0
    assert received(raw(delivery_count=2), entity="orders").delivery_count == 2


def test_a_body_comes_as_bytes_however_it_was_sent() -> None:
    bodies = [b"ab", "ab", iter([b"a", b"b"])]

    assert [received(raw(body=body), entity="orders").body for body in bodies] == [b"ab"] * 3


def test_why_a_message_is_dead_is_no_property_of_its_own() -> None:
    properties = {b"k": b"v", b"DeadLetterReason": b"bad", b"DeadLetterErrorDescription": b"why"}

    message = received(raw(application_properties=properties), entity="orders/$deadletterqueue")

    assert (message.dead_letter_reason, message.dead_letter_description) == ("bad", "why")
    assert message.properties == {"k": "v"}
