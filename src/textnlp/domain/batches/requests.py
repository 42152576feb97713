"""How the rows of a batch are kept until they are asked, and what makes two requests the same."""

import dataclasses
import hashlib
from operator import attrgetter
from typing import Any

import msgspec

from textnlp.domain.batches.model import CandidateStart, ChatOptions, PromptRow
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import NO_PARAMETERS, GenerationRequest, Message, Parameters

PAYLOAD_HASH_BYTES = 16

_FIELDS = tuple(field.name for field in dataclasses.fields(Parameters))
_FIELD_VALUES = attrgetter(*_FIELDS)
_FLOAT_FIELDS = frozenset({"temperature", "top_p", "frequency_penalty", "presence_penalty"})


class _StoredRow(msgspec.Struct, array_like=True, gc=False):
    """One line of the requests blob; the id is null where it is only the row's position."""

    index: int
    id: str | None
    line: int
    messages: tuple[Message, ...]
    parameters: Parameters | None
    model: str | None
    chat: ChatOptions | None = None
    candidate: CandidateStart | None = None


_NOTHING_BESIDE = ((), None, False, None)

_ENCODER = msgspec.json.Encoder()
_SORTING_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(_StoredRow)


def encode_request(row: PromptRow) -> bytes:
    """Return the row as one line of the requests blob, with its line end.

    The line is the JSON array `[index, id or null, line, messages, parameters or null, model or null]`, with the chat
    options and what a candidate begins with at its end where it has them, so that any run of whole lines can be decoded
    by itself.
    """
    parameters = None if row.parameters is NO_PARAMETERS else given_parameters(row.parameters) or None
    row_id = row.id if row.has_own_id else None
    plain: tuple[object, ...] = (row.index, row_id, row.line, row.messages, parameters, row.model)
    if row.candidate is not None:
        plain = (*plain, row.chat, row.candidate)
    elif row.chat is not None:
        plain = (*plain, row.chat)
    return _ENCODER.encode(plain) + b"\n"


def decode_requests(data: bytes) -> list[PromptRow]:
    """Return the rows of a run of whole lines; raise `INTERNAL` when `data` is anything else."""
    try:
        stored = _DECODER.decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise TextNLPError(f"The stored requests cannot be read: {exc}.", kind=ErrorKind.INTERNAL) from exc
    return [
        PromptRow(
            index=row.index,
            id=str(row.index + 1) if row.id is None else row.id,
            has_own_id=row.id is not None,
            line=row.line,
            messages=row.messages,
            parameters=row.parameters or NO_PARAMETERS,
            model=row.model,
            chat=row.chat,
            candidate=row.candidate,
        )
        for row in stored
    ]


def payload_hash(request: GenerationRequest) -> bytes:
    """Return 16 bytes that are equal for requests that ask the same: BLAKE2b of the payload in one canonical form.

    Model, messages, parameters, response schema, tools and log probabilities count; the order of the schema's keys
    and the timeout do not.
    """
    parameters = None if request.parameters is NO_PARAMETERS else _canonical(request.parameters)
    schema = request.response_schema
    payload: tuple[object, ...] = (
        request.model,
        request.messages,
        parameters,
        None if schema is None else msgspec.Raw(_SORTING_ENCODER.encode(schema)),
    )
    beside = (request.tools, request.tool_choice, request.logprobs, request.top_logprobs)
    if beside != _NOTHING_BESIDE:
        payload = (*payload, msgspec.Raw(_SORTING_ENCODER.encode(beside)))
    return hashlib.blake2b(_ENCODER.encode(payload), digest_size=PAYLOAD_HASH_BYTES).digest()


def given_parameters(parameters: Parameters) -> dict[str, Any]:
    """Return the parameters that say something, by name."""
    return {
        name: value
        for name, value in zip(_FIELDS, _FIELD_VALUES(parameters), strict=True)
        if value is not None and value != ()
    }


def _canonical(parameters: Parameters) -> dict[str, Any] | None:
    """Return what is given, with 1 and 1.0, and 0.0 and -0.0, alike where a field is a fraction."""
    given = given_parameters(parameters)
    return {name: float(value) + 0.0 if name in _FLOAT_FIELDS else value for name, value in given.items()} or None
