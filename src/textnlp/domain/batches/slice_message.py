"""The queue message that carries one slice of a batch."""

import msgspec

from textnlp.domain.batches.model import Slice
from textnlp.domain.errors import invalid_input
from textnlp.domain.identifiers import BatchId
from textnlp.domain.messaging.model import OutgoingMessage

SCHEMA_VERSION = 1


class _SliceBody(msgspec.Struct, frozen=True):
    version: int
    batch_id: str
    index: int
    first_row: int
    row_count: int
    offset: int
    size_bytes: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_SliceBody).decode


def encode_slice(batch_id: BatchId, part: Slice, *, round_number: int = 0) -> OutgoingMessage:
    """Make the message for a slice.

    Its id is the same each time for the same batch, slice and round, so that sending it twice delivers it once; a
    retry of the batch is another round.
    """
    body = _SliceBody(
        SCHEMA_VERSION,
        batch_id,
        part.index,
        part.first_row,
        part.row_count,
        part.offset,
        part.size_bytes,
    )
    return OutgoingMessage(
        body=_encode(body),
        message_id=f"{batch_id}/{part.index}/{round_number}",
        properties={"batch_id": batch_id, "slice": part.index},
    )


def decode_slice(body: bytes) -> tuple[BatchId, Slice]:
    """Read a slice message; raise `INVALID_INPUT` for one that is none, or of a later version."""
    try:
        message = _decode(body)
    except msgspec.DecodeError as exc:
        raise invalid_input(f"This is not a slice message: {exc}") from exc
    if message.version != SCHEMA_VERSION:
        raise invalid_input(f"Slice message of version {message.version}; this release reads {SCHEMA_VERSION}.")
    part = Slice(
        index=message.index,
        first_row=message.first_row,
        row_count=message.row_count,
        offset=message.offset,
        size_bytes=message.size_bytes,
    )
    return BatchId(message.batch_id), part
