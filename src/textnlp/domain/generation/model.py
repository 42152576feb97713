"""What is asked of a model and what it answers, the same for every engine."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Any

from msgspec import UNSET, UnsetType

from textnlp.domain.filter_verdict import FilterVerdict

JsonObject = Mapping[str, Any]
"""A JSON object that the platform hands on without reading it."""


class Role(StrEnum):
    """Who speaks in a conversation."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


class FinishReason(StrEnum):
    """Why the model stopped; only `STOP` and `TOOL_CALLS` are whole answers."""

    STOP = "stop"
    LENGTH = "length"
    CONTENT_FILTER = "content_filter"
    TOOL_CALLS = "tool_calls"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; what is UNSET is left out wherever the message is written.

    Attributes:
        content: the text, empty where a turn only calls tools.
        name: who speaks, among several of one role.
        tool_calls: what an assistant's turn calls, in OpenAI's form.
        tool_call_id: the call that a tool's turn answers.
    """

    role: Role
    content: str
    name: str | UnsetType = UNSET
    tool_calls: tuple[JsonObject, ...] | UnsetType = UNSET
    tool_call_id: str | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """How to sample; None leaves the choice to the engine.

    Attributes:
        temperature: 0 to 2.
        top_p: above 0, at most 1.
        max_tokens: completion tokens at most.
        seed: makes sampling repeatable where the engine can.
        stop: texts at which the completion ends; they are not part of it.
        frequency_penalty: -2 to 2.
        presence_penalty: -2 to 2.
    """

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    frequency_penalty: float | None = None
    presence_penalty: float | None = None

    def over(self, other: "Parameters") -> "Parameters":
        """Let what is given here win over what is given in `other`."""
        if self == NO_PARAMETERS or self is other:
            return other
        if other == NO_PARAMETERS:
            return self
        given = {
            field.name: value
            for field in dataclasses.fields(self)
            if (value := getattr(self, field.name)) is not None and value != ()
        }
        return dataclasses.replace(other, **given)


NO_PARAMETERS = Parameters()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """One completion to be written.

    Attributes:
        model: name of the model as its provider knows it.
        messages: the conversation, at least one.
        parameters: how to sample.
        response_schema: JSON Schema that the completion must satisfy, or None for free text.
        tools: what the model may call, in OpenAI's form.
        tool_choice: whether and what it must call, in OpenAI's form; None leaves the choice to the engine.
        logprobs: whether the answer tells the log probability of each of its tokens.
        top_logprobs: how many likely tokens are told at each place, besides.
        timeout_seconds: how long one attempt may take.
        sticky_key: equal for calls that the same deployment shall answer where a model has several; asks nothing.
    """

    model: str
    messages: tuple[Message, ...]
    parameters: Parameters = NO_PARAMETERS
    response_schema: Mapping[str, Any] | None = None
    tools: tuple[JsonObject, ...] = ()
    tool_choice: str | JsonObject | None = None
    logprobs: bool = False
    top_logprobs: int | None = None
    timeout_seconds: float = 120.0
    sticky_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call, as the engine counted them; cached and reasoning tokens are parts of the other two."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Prompt and completion together."""
        return self.prompt_tokens + self.completion_tokens

    def plus(self, other: "Usage") -> "Usage":
        """Add two calls."""
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            reasoning_tokens=self.reasoning_tokens + other.reasoning_tokens,
        )

    def minus(self, other: "Usage") -> "Usage":
        """Take away calls that are part of these."""
        return Usage(
            prompt_tokens=self.prompt_tokens - other.prompt_tokens,
            completion_tokens=self.completion_tokens - other.completion_tokens,
            cached_tokens=self.cached_tokens - other.cached_tokens,
            reasoning_tokens=self.reasoning_tokens - other.reasoning_tokens,
        )


NO_USAGE = Usage()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the model answered.

    Attributes:
        text: the completion; with a response schema, JSON that was checked by the caller of the engine.
        model: the model that answered, as the provider names it.
        finish_reason: why it stopped.
        usage: tokens of the call.
        attempts: calls made for this answer, the last one included.
        tool_calls: what the model calls, in OpenAI's form; the text may then be empty.
        logprobs: log probabilities in OpenAI's form, where they were asked for.
        deployment: the one that answered, where the model is an alias of several; else empty.
        verdicts: what the provider's content filter found in prompt and answer.
    """

    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage = NO_USAGE
    attempts: int = 1
    tool_calls: tuple[JsonObject, ...] = ()
    logprobs: JsonObject | None = None
    deployment: str = ""
    verdicts: tuple[FilterVerdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionChunk:
    """A piece of a streamed completion; the last one has `finish_reason`, `verdicts` and, where known, `usage`.

    Attributes:
        tool_calls: pieces of calls in OpenAI's form; pieces with the same `index` make up one call.
        logprobs: log probabilities of this piece, in OpenAI's form.
        deployment: the one that answers, as in `Completion`.
        verdicts: what the content filter found in prompt and answer, as in `Completion`.
    """

    text: str = ""
    model: str = ""
    finish_reason: FinishReason | None = None
    usage: Usage | None = None
    tool_calls: tuple[JsonObject, ...] = ()
    logprobs: JsonObject | None = None
    deployment: str = ""
    verdicts: tuple[FilterVerdict, ...] = ()


def usage_of(completions: Iterable[Completion]) -> Usage:
    """Add the usage of several completions."""
    return reduce(Usage.plus, (each.usage for each in completions), NO_USAGE)


def as_chunk(whole: Completion) -> CompletionChunk:
    """Return a whole completion as the only piece of a stream."""
    return CompletionChunk(
        text=whole.text,
        model=whole.model,
        finish_reason=whole.finish_reason,
        usage=whole.usage,
        tool_calls=as_deltas(whole.tool_calls),
        logprobs=whole.logprobs,
        deployment=whole.deployment,
        verdicts=whole.verdicts,
    )


def as_deltas(tool_calls: tuple[JsonObject, ...]) -> tuple[JsonObject, ...]:
    """Return whole calls as pieces of a stream, each with its index."""
    return tuple({"index": index, **call} for index, call in enumerate(tool_calls))


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineCapabilities:
    """What an engine can do, so that callers choose how to ask instead of guessing from a model's name.

    Attributes:
        constrains_to_schema: the engine itself keeps the completion to a JSON Schema.
        streams: the engine hands out pieces as they are written.
        is_deterministic: the same request with the same seed gives the same completion.
        max_concurrency: calls that gain from being in flight together, or None where the far side decides.
        calls_tools: the engine offers tools to the model and understands conversations that used them.
        reports_logprobs: the engine can tell log probabilities.
    """

    constrains_to_schema: bool = False
    streams: bool = True
    is_deterministic: bool = False
    max_concurrency: int | None = None
    calls_tools: bool = False
    reports_logprobs: bool = False
