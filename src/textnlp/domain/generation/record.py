"""Generations that are asked for and fetched later: what is kept of them, and the message that carries one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from textnlp.domain.errors import ErrorKind, invalid_input
from textnlp.domain.generation.json_schema import as_plain
from textnlp.domain.generation.model import NO_USAGE, GenerationRequest, Usage
from textnlp.domain.identifiers import GenerationId
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.topology.containers import GENERATIONS_REALTIME

SCHEMA_VERSION = 1


class GenerationState(StrEnum):
    """Waiting for its turn or being written, or ended one way or the other."""

    QUEUED = "queued"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRecord:
    """What is kept of a generation; the completion itself is the blob at `result_path`.

    Attributes:
        tenant: whose it is.
        caller: who is charged for it.
        model: the model that was asked for.
        code: why it failed, None where it did not.
        message: the same as a sentence.
    """

    id: GenerationId
    model: str
    created_at: datetime
    tenant: str = LOCAL_TENANT
    caller: str = LOCAL_TENANT
    state: GenerationState = GenerationState.QUEUED
    finished_at: datetime | None = None
    usage: Usage = NO_USAGE
    code: ErrorKind | None = None
    message: str | None = None


class _Order(msgspec.Struct, frozen=True):
    version: int
    id: str
    request: GenerationRequest


_encode = msgspec.json.Encoder(enc_hook=as_plain).encode
_decode = msgspec.json.Decoder(_Order).decode


def result_path(generation_id: GenerationId) -> str:
    """Return the blob that holds the completion."""
    return f"{GENERATIONS_REALTIME}/{generation_id}.json"


def encode_order(generation_id: GenerationId, request: GenerationRequest) -> OutgoingMessage:
    """Make the message for a generation; sending it twice delivers it once."""
    body = _encode(_Order(SCHEMA_VERSION, generation_id, request))
    return OutgoingMessage(body=body, message_id=generation_id, properties={"generation_id": generation_id})


def decode_order(body: bytes) -> tuple[GenerationId, GenerationRequest]:
    """Read the message of a generation; raise `INVALID_INPUT` for one that is none, or of a later version."""
    try:
        order = _decode(body)
    except msgspec.DecodeError as exc:
        raise invalid_input(f"This is not the message of a generation: {exc}.") from exc
    if order.version != SCHEMA_VERSION:
        raise invalid_input(f"Generation message of version {order.version}; this release reads {SCHEMA_VERSION}.")
    return GenerationId(order.id), order.request
