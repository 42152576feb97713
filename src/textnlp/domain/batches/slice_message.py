"""The queue message that carries one slice of a batch."""

import msgspec

from textnlp.domain.batches.model import Slice
from textnlp.domain.identifiers import BatchId
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.domain.messaging.versioned_body import decode_body

SCHEMA_VERSION = 1
"""Version that is written; the release before this one must read it."""

READ_VERSIONS = frozenset({SCHEMA_VERSION})


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
    """Read a slice message; raise `INVALID_INPUT` for one that is none, or of another version."""
    message = decode_body(body, _decode, versions=READ_VERSIONS, name="a slice message")
    part = Slice(
        index=message.index,
        first_row=message.first_row,
        row_count=message.row_count,
        offset=message.offset,
        size_bytes=message.size_bytes,
    )
    return BatchId(message.batch_id), part
