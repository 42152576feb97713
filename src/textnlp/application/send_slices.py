"""Put the slices of a batch into the queue, each of them once."""

from collections.abc import Sequence

from textnlp.application.batch_ports import BatchPorts
from textnlp.domain.batches.model import Slice
from textnlp.domain.batches.slice_message import decode_slice, encode_slice
from textnlp.domain.errors import TextNLPError
from textnlp.domain.identifiers import BatchId

_SLICES_A_SEND = 500
_MESSAGES_A_PEEK = 500


async def send_slices(ports: BatchPorts, batch_id: BatchId, slices: Sequence[Slice], *, round_number: int = 0) -> None:
    """Send a message for each slice that has anything to ask."""
    messages = [encode_slice(batch_id, part, round_number=round_number) for part in slices if part.size_bytes]
    for start in range(0, len(messages), _SLICES_A_SEND):
        await ports.queue.send(ports.queue_entity, messages[start : start + _SLICES_A_SEND])


async def queued_slices(ports: BatchPorts) -> set[tuple[BatchId, int]]:
    """Return batch and index of every slice that has a message in the queue, dead letters left out."""
    found: set[tuple[BatchId, int]] = set()
    next_number = 0
    while True:
        messages = await ports.queue.peek(
            ports.queue_entity,
            from_sequence_number=next_number,
            max_messages=_MESSAGES_A_PEEK,
        )
        if not messages:
            return found
        for message in messages:
            try:
                batch_id, part = decode_slice(message.body)
            except TextNLPError:
                continue
            found.add((batch_id, part.index))
        next_number = messages[-1].sequence_number + 1
