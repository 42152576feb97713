"""Account for validations whose message was given up by the queue."""

from textnlp.application.begin_validation import begin_validation
from textnlp.application.validation_ports import ValidationPorts
from textnlp.application.work_validations import fail_validation
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.messaging.model import ReceivedMessage, dead_letter_entity
from textnlp.domain.validation.validation_order import decode_order

_MESSAGES_A_PEEK = 100


async def fail_dead_validations(ports: ValidationPorts) -> int:
    """Note as failed what is a dead letter and has not ended, so that nobody waits for it; return how many.

    A process that died as often as the queue delivers leaves such ones. The dead letters stay where they are, to be
    looked at; sent again, they begin their validation anew.
    """
    failed = next_number = 0
    entity = dead_letter_entity(ports.queue_entity)
    while True:
        letters = await ports.queue.peek(entity, from_sequence_number=next_number, max_messages=_MESSAGES_A_PEEK)
        if not letters:
            return failed
        for letter in letters:
            failed += await _is_failed(ports, letter)
        next_number = letters[-1].sequence_number + 1


async def _is_failed(ports: ValidationPorts, letter: ReceivedMessage) -> bool:
    try:
        order = decode_order(letter.body)
    except TextNLPError:
        return False
    try:
        await ports.store.get(order.id)
    except TextNLPError as error:
        if error.kind is not ErrorKind.NOT_FOUND:
            raise
        await begin_validation(ports, order)
    told = f"{letter.dead_letter_reason} {letter.dead_letter_description or ''}".strip()
    return await fail_validation(ports, order.id, f"It was given up after {letter.delivery_count} attempts: {told}")
