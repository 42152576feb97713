import dataclasses
from datetime import UTC, datetime

from textnlp.console.message_view import message_view
from textnlp.domain.messaging.model import ReceivedMessage

MESSAGE = ReceivedMessage(
    entity="q/$deadletterqueue",
    body=b'{"batch":"b","slice":3}',
    message_id="m",
    sequence_number=7,
    delivery_count=5,
    enqueued_at=datetime(2026, 3, 1, tzinfo=UTC),
    properties={"Status": "Completed", "Attempt": 2},
)


def test_json_is_laid_out_and_properties_are_sorted() -> None:
    view = message_view(MESSAGE)
    assert view.body == '{\n  "batch": "b",\n  "slice": 3\n}'
    assert view.properties == (("Attempt", "2"), ("Status", "Completed"))


def test_a_long_body_is_cut_and_says_so() -> None:
    view = message_view(dataclasses.replace(MESSAGE, body=b"x" * 5_000))
    assert (len(view.body), view.is_cut) == (4_000, True)


def test_bytes_that_are_no_text_are_shown_as_they_can_be() -> None:
    assert message_view(dataclasses.replace(MESSAGE, body=b"\xff{")).body == "\ufffd{"
