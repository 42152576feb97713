"""The property by which a dead letter of one subscription is sent again to that one only."""

from textnlp.domain.messaging.model import ReceivedMessage, dead_letter_entity

RESENT_FOR = "TextNLPResentFor"
"""Names the subscription that a message is for: Service Bus sends to topics only, and all subscriptions get it."""


def is_for_another(message: ReceivedMessage) -> bool:
    """Whether a message was sent again for another subscription than the one it came from."""
    resent_for = message.properties.get(RESENT_FOR)
    if resent_for is None:
        return False
    return message.entity not in {resent_for, dead_letter_entity(str(resent_for))}
