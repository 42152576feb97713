# Made from the OpenAPI document. To renew: make reference
"""The operations around generations, and the models."""

import datetime as dt
from collections.abc import AsyncGenerator, Generator
from typing import Any

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


class FilteredPart(OpenEnum):
    """What was looked at."""

    ANSWER = "answer"
    PROMPT = "prompt"


class FilterVerdictRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One category of which something was found in prompt or answer.

    Attributes:
        category: in the provider's words, such as `hate` or `jailbreak`.
        severity: how bad it is where the category has degrees, such as `high`.
        is_stopped: whether prompt or answer was stopped for it.
    """

    part: FilteredPart
    category: str
    severity: str = ""
    is_stopped: bool


class Choice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The choice that a chunk belongs to; finish reason, and what a content filter found, are told on the last."""

    index: int
    delta: Delta
    finish_reason: FinishReason | None = None
    verdicts: list[FilterVerdictRead] | None = None


class GenerationChoice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One of the completions.

    Attributes:
        verdicts: what the provider's content filter found in prompt and answer.
        json: the parsed text, where a schema was given.
    """

    index: int
    text: str
    finish_reason: FinishReason
    verdicts: list[FilterVerdictRead] | None = None
    json: Any = None


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
    """How to sample; what is left out is the engine's choice.

    Attributes:
        temperature: 0 picks the likeliest token every time.
        top_p: share of the probability that tokens are drawn from.
        max_tokens: tokens of the answer at most.
        seed: makes the engine draw the same again, where it can.
        stop: texts that end the answer and are not part of it.
        frequency_penalty: makes tokens less likely by how often they were written.
        presence_penalty: makes tokens less likely once they were written.
    """

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
        prompt: what the user says; this, `messages` or `template`.
        messages: the whole conversation.
        template: a prompt with places for variables, in a bounded part of Jinja's language; or a stored one as
            `name@version`, which brings its system prompt where `system` is unset.
        variables: what comes to these places; goes with `template` only.
        system: what the model is told first; does not go with `messages`.
        model: the platform's default where none is named.
        schema: JSON Schema that the completion must satisfy; the answer then holds `json`.
        n: completions to be written; with a seed, each has its own, counted up.
    """

    prompt: str | None = None
    messages: list[MessageCreate] | None = None
    template: str | None = None
    variables: dict[str, Any] | None = None
    system: str | None = None
    model: str | None = None
    parameters: SamplingParameters | None = None
    schema: dict[str, Any] | None = None
    n: int | None = None


class GenerationRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What was written; `text`, `finish_reason` and `json` are those of the first completion.

    Attributes:
        model: the model that answered, as its provider names it.
        usage: tokens of all completions together.
        attempts: calls made for all of them.
        choices: all completions, as many as `n` asked for.
        deployment: the one that answered, where the model is an alias of several.
        json: the parsed text, where a schema was given.
    """

    id: str
    text: str
    model: str
    finish_reason: FinishReason
    usage: UsageRead
    attempts: int
    choices: list[GenerationChoice]
    deployment: str = ""
    json: Any = None


class GenerationState(OpenEnum):
    """Waiting for its turn or being written, or ended one way or the other."""

    COMPLETED = "completed"
    FAILED = "failed"
    QUEUED = "queued"


class GenerationStatus(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Where a generation stands.

    Attributes:
        text: the first completion, once the state is `completed`.
        finish_reason: the first completion, once the state is `completed`.
        usage: tokens of all completions together.
        choices: all completions, as many as `n` asked for.
        deployment: the one that answered, where the model is an alias of several.
        code: why there is none, once the state is `failed`.
        detail: why there is none, once the state is `failed`.
    """

    id: str
    state: GenerationState
    model: str
    created_at: dt.datetime
    finished_at: dt.datetime | None = None
    text: str | None = None
    finish_reason: FinishReason | None = None
    usage: UsageRead | None = None
    choices: list[GenerationChoice] | None = None
    deployment: str | None = None
    code: str | None = None
    detail: str | None = None


class Generations:
    """The operations around generations, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def generate(self, body: GenerationCreate) -> GenerationRead:
        """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

        The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
        variables.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return self._transport.decoded(_generate(body), GenerationRead, status=200)

    def generate_later(self, body: GenerationCreate) -> GenerationStatus:
        """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

        The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
        variables.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return self._transport.decoded(_generate_later(body), GenerationStatus, status=202)

    def stream_generate(self, body: GenerationCreate) -> Generator[GenerationChunk]:
        """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

        The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
        variables.

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
        """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

        The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
        variables.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return await self._transport.decoded(_generate(body), GenerationRead, status=200)

    async def generate_later(self, body: GenerationCreate) -> GenerationStatus:
        """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

        The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
        variables.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return await self._transport.decoded(_generate_later(body), GenerationStatus, status=202)

    def stream_generate(self, body: GenerationCreate) -> AsyncGenerator[GenerationChunk]:
        """Write one completion, or `n` of them, and answer with what was written, or with `stream` as it is written.

        The prompt is given as it is, as a conversation, or as a template, one of its own or a stored one, with its
        variables.

        With `mode` async the answer is 202 at once, and `Location` names where the completion can be fetched. The
        call to the model is cancelled when the caller hangs up. An error before the first piece of a stream is
        answered as a problem, one after it comes as an event `error`.
        """
        return self._transport.events(_stream_generate(body), {"message": GenerationChunk})

    async def show(self, generation_id: str) -> GenerationStatus:
        """Show a generation that was asked for asynchronously, with its completion once it is written."""
        return await self._transport.decoded(_show(generation_id), GenerationStatus)


def _generate(body: GenerationCreate) -> Call:
    return Call(method="POST", path="/api/v1/generate", body=body, takes_key=True)


def _generate_later(body: GenerationCreate) -> Call:
    return Call(method="POST", path="/api/v1/generate", body=body, members={"mode": "async"}, takes_key=True)


def _stream_generate(body: GenerationCreate) -> Call:
    return Call(
        method="POST",
        path="/api/v1/generate",
        body=body,
        members={"stream": True},
        accept="text/event-stream",
        takes_key=True,
    )


def _show(generation_id: str) -> Call:
    return Call(method="GET", path=f"/api/v1/generations/{segment(generation_id)}")
