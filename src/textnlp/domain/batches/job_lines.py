"""A line of a job's input file: `custom_id`, `method`, `url`, and the body of the call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from textnlp.domain.batches.job import JobFault
from textnlp.domain.batches.model import ChatOptions
from textnlp.domain.errors import TextNLPError
from textnlp.domain.generation.model import Message, Parameters

CHAT_COMPLETIONS = "/v1/chat/completions"
ENDPOINTS = (CHAT_COMPLETIONS, CHAT_COMPLETIONS.removeprefix("/v1"))
"""The endpoints of jobs: one, in OpenAI's and in Azure's spelling."""

INVALID_REQUEST = "invalid_request"
MAX_CUSTOM_ID_CHARACTERS = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOrder:
    """What the body of a call asks for; `model` is None where it names none."""

    model: str | None
    messages: tuple[Message, ...]
    parameters: Parameters
    chat: ChatOptions


BodyReader = Callable[[bytes], ChatOrder]
"""Reads the body of a call; raises `INVALID_INPUT` with the field."""


class _Line(msgspec.Struct):
    custom_id: Any = None
    method: Any = None
    url: Any = None
    body: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(_Line).decode


def read_job_line(raw: bytes, *, endpoint: str, read_body: BodyReader) -> tuple[str, ChatOrder] | JobFault:
    """Return custom_id and order of a line, or what is wrong with it; its number is the caller's to add."""
    try:
        line = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return JobFault(code="invalid_json_line", message="This line is not parseable as a JSON object.")
    fault = _custom_id_fault(line.custom_id) or _call_fault(line, endpoint)
    if fault is not None:
        return fault
    if not bytes(line.body):
        return _invalid("body is missing.", "body")
    try:
        return line.custom_id, read_body(bytes(line.body))
    except TextNLPError as error:
        return _invalid(error.full_text, f"body.{error.facts.field}" if error.facts.field else "body")


def _custom_id_fault(custom_id: Any) -> JobFault | None:
    if custom_id is None:
        return _invalid("custom_id is missing.", "custom_id")
    if not isinstance(custom_id, str) or not 0 < len(custom_id) <= MAX_CUSTOM_ID_CHARACTERS:
        return _invalid(f"custom_id must be a text of 1 to {MAX_CUSTOM_ID_CHARACTERS} characters.", "custom_id")
    return None


def _call_fault(line: _Line, endpoint: str) -> JobFault | None:
    if line.method != "POST":
        return _invalid("method must be POST.", "method")
    if line.url not in ENDPOINTS or _spelt_out(line.url) != _spelt_out(endpoint):
        message = f"url must be {endpoint}, the endpoint of the batch."
        return JobFault(code="url_mismatch", message=message, param="url")
    return None


def _spelt_out(endpoint: str) -> str:
    return endpoint if endpoint.startswith("/v1/") else f"/v1{endpoint}"


def _invalid(message: str, param: str) -> JobFault:
    return JobFault(code=INVALID_REQUEST, message=message, param=param)
