"""Generations that are asked for and fetched later: what is kept of them, and the message that carries one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import msgspec

from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.json_schema import as_plain
from textnlp.domain.generation.model import NO_USAGE, Completion, GenerationRequest, Usage
from textnlp.domain.identifiers import GenerationId
from textnlp.domain.identity.tenant import LOCAL_TENANT
from textnlp.domain.messaging.model import OutgoingMessage
from textnlp.domain.messaging.versioned_body import decode_body
from textnlp.topology.containers import GENERATIONS_REALTIME

SCHEMA_VERSION = 1
"""Version of the message that is written; the release before this one must read it."""

READ_VERSIONS = frozenset({SCHEMA_VERSION})


class GenerationState(StrEnum):
    """Waiting for its turn or being written, or ended one way or the other."""

    QUEUED = "queued"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRecord:
    """What is kept of a generation; the completions themselves are the blob at `result_path`.

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
    count: int = 1


_encode = msgspec.json.Encoder(enc_hook=as_plain).encode
_decode = msgspec.json.Decoder(_Order).decode
_decode_completions = msgspec.json.Decoder(Completion | list[Completion]).decode


def result_path(generation_id: GenerationId) -> str:
    """Return the blob that holds the completion, or the list of them."""
    return f"{GENERATIONS_REALTIME}/{generation_id}.json"


def encode_completions(completions: Sequence[Completion]) -> bytes:
    """Write what the blob of a generation holds: one completion by itself, several as a list."""
    return _encode(completions[0] if len(completions) == 1 else completions)


def decode_completions(body: bytes) -> list[Completion]:
    """Read the blob of a generation."""
    found = _decode_completions(body)
    return [found] if isinstance(found, Completion) else found


def encode_order(generation_id: GenerationId, request: GenerationRequest, *, count: int = 1) -> OutgoingMessage:
    """Make the message for a generation of `count` completions; sending it twice delivers it once."""
    body = _encode(_Order(SCHEMA_VERSION, generation_id, request, count))
    return OutgoingMessage(body=body, message_id=generation_id, properties={"generation_id": generation_id})


def decode_order(body: bytes) -> tuple[GenerationId, GenerationRequest, int]:
    """Read the message of a generation, with how many completions it asks for.

    Raises `INVALID_INPUT` for one that is none, or of another version.
    """
    order = decode_body(body, _decode, versions=READ_VERSIONS, name="the message of a generation")
    return GenerationId(order.id), order.request, order.count
