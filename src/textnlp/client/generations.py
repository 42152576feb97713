# Made from the OpenAPI document. To renew: make reference
"""The operations around generations, and the models."""

import datetime as dt
from collections.abc import AsyncGenerator, Generator
from typing import Any, Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call, segment
from textnlp.client.open_enum import OpenEnum
from textnlp.client.shared import FinishReason, UsageRead
from textnlp.client.transport import Transport


class Delta(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a chunk adds to the message."""

    role: str | None = None
    content: str | None = None


class Choice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The one choice of a chunk; its finish reason is null but on the last."""

    index: int = 0
    delta: Delta
    finish_reason: FinishReason | None = None


class GenerationChunk(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One event of the stream; the one that carries usage has no choice."""

    id: str
    object: str
    created: int
    model: str
    choices: list[Choice]
    usage: UsageRead | None = None


class Role(OpenEnum):
    """Who speaks in a conversation."""

    ASSISTANT = "assistant"
    SYSTEM = "system"
    TOOL = "tool"
    USER = "user"


class MessageCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One turn of the conversation to be continued."""

    role: Role
    content: str


class SamplingParameters(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How to sample; what is left out is the engine's choice."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None


class GenerationCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A completion to be written.

    Attributes:
        prompt: what the user says; this or `messages`.
        messages: the whole conversation; this or `prompt`.
        system: what the model is told first; goes with `prompt` only.
        model: the platform's default where none is named.
        schema: JSON Schema that the completion must satisfy; the answer then holds `json`.
        mode: `sync` waits for the answer; `async` answers at once with where it can be fetched.
    """

    prompt: str | None = None
    messages: list[MessageCreate] | None = None
    system: str | None = None
    model: str | None = None
    parameters: SamplingParameters | None = None
    schema: dict[str, Any] | None = None
    mode: Literal["async", "sync"] | None = None


class GenerationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A completion that was written.

    Attributes:
        model: the model that answered, as its provider names it.
        attempts: calls made for it.
        json: the parsed text, where a schema was given.
    """

    id: str
    text: str
    model: str
    finish_reason: FinishReason
    usage: UsageRead
    attempts: int
    json: Any = None


class GenerationState(OpenEnum):
    """Waiting for its turn or being written, or ended one way or the other."""

    COMPLETED = "completed"
    FAILED = "failed"
    QUEUED = "queued"


class GenerationStatus(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a generation stands.

    Attributes:
        text, finish_reason, usage: the completion, once the state is `completed`.
        code, detail: why there is none, once the state is `failed`.
    """

    id: str
    state: GenerationState
    model: str
    created_at: dt.datetime
    finished_at: dt.datetime | None = None
    text: str | None = None
    finish_reason: FinishReason | None = None
    usage: UsageRead | None = None
    code: str | None = None
    detail: str | None = None


class Generations:
    """The operations around generations, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def generate(self, body: GenerationCreate) -> GenerationRead:
        """Write one completion and answer with it, or with `stream` answer with it as it is written.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return self._transport.decoded(_generate(body), GenerationRead)

    def stream_generate(self, body: GenerationCreate) -> Generator[GenerationChunk]:
        """Write one completion and answer with it, or with `stream` answer with it as it is written.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return self._transport.events(_stream_generate(body), {"message": GenerationChunk})

    def show(self, generation_id: str) -> GenerationStatus:
        """Show a generation that was asked for asynchronously, with its completion once it is written."""
        return self._transport.decoded(_show(generation_id), GenerationStatus)


class AsyncGenerations:
    """The operations around generations, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def generate(self, body: GenerationCreate) -> GenerationRead:
        """Write one completion and answer with it, or with `stream` answer with it as it is written.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return await self._transport.decoded(_generate(body), GenerationRead)

    def stream_generate(self, body: GenerationCreate) -> AsyncGenerator[GenerationChunk]:
        """Write one completion and answer with it, or with `stream` answer with it as it is written.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return self._transport.events(_stream_generate(body), {"message": GenerationChunk})

    async def show(self, generation_id: str) -> GenerationStatus:
        """Show a generation that was asked for asynchronously, with its completion once it is written."""
        return await self._transport.decoded(_show(generation_id), GenerationStatus)


def _generate(body: GenerationCreate) -> Call:
    return Call(method="POST", path="/api/v1/generate", body=body)


def _stream_generate(body: GenerationCreate) -> Call:
    return Call(method="POST", path="/api/v1/generate", body=body, members={"stream": True}, accept="text/event-stream")


def _show(generation_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/generations/{segment(generation_id)}")
