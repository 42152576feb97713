"""Sending dead letters again, to the one entity that they come from."""

import hashlib
from collections.abc import Sequence

from textnlp.adapters.queues.entities import Entities, Terms
from textnlp.adapters.queues.service_bus_holds import ServiceBusHolds
from textnlp.adapters.queues.service_bus_receive import ServiceBusReceiving
from textnlp.adapters.queues.service_bus_resent import RESENT_FOR
from textnlp.adapters.queues.service_bus_send import ServiceBusSending
from textnlp.domain.messaging.model import OutgoingMessage, ReceivedMessage

_A_TIME = 100


class ServiceBusResending:
    """Moves dead letters back by receiving, sending and completing them, because Service Bus has no move.

    A process that dies between the last two leaves the letter in both places. Each letter is sent with an id made
    from its place, so that sending it again within the duplicate window has no effect; its first id may still be
    remembered, and would make the message vanish.
    """

    def __init__(
        self,
        entities: Entities,
        receiving: ServiceBusReceiving,
        holds: ServiceBusHolds,
        sending: ServiceBusSending,
    ) -> None:
        self._entities = entities
        self._receiving = receiving
        self._holds = holds
        self._sending = sending

    async def resend(self, entity: str, *, max_messages: int) -> int:
        """Send dead letters of an entity, or those that a dead-letter queue holds, again; return how many."""
        terms = self._entities.terms(entity)
        if terms.dead_letters is None:
            terms = self._entities.terms(str(terms.dead_letters_of))
        sent = 0
        while sent < max_messages:
            count = min(_A_TIME, max_messages - sent)
            letters = await self._receiving.receive(str(terms.dead_letters), count=count, wait_seconds=0.0)
            if not letters:
                break
            await self._send(terms, letters)
            sent += len(letters)
        return sent

    async def _send(self, terms: Terms, letters: Sequence[ReceivedMessage]) -> None:
        name, _, subscription = terms.name.partition("/")
        resent_for = {RESENT_FOR: terms.name} if subscription else {}
        again = [
            OutgoingMessage(
                body=letter.body,
                message_id=_new_id(letter),
                session_id=letter.session_id,
                properties={**letter.properties, **resent_for},
            )
            for letter in letters
        ]
        await self._sending.send(self._entities.route(name), again)
        await self._holds.complete(letters)


def _new_id(letter: ReceivedMessage) -> str:
    place = f"{letter.entity}\0{letter.sequence_number}\0{letter.message_id}"
    return f"resent-{hashlib.sha256(place.encode()).hexdigest()}"
