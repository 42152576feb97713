from textnlp.domain.messaging.model import OutgoingMessage, dead_letter_entity


def test_a_dead_letter_queue_is_named_as_service_bus_names_it() -> None:
    assert dead_letter_entity("topic/subscription") == "topic/subscription/$deadletterqueue"


def test_messages_do_not_share_their_properties() -> None:
    first, second = OutgoingMessage(body=b""), OutgoingMessage(body=b"")

    assert first.properties == {}
    assert first.properties is not second.properties
