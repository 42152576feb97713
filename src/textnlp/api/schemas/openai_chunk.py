"""A piece of a streamed chat completion, as OpenAI's clients read it."""

from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from textnlp.api.schemas.filter_results import answer_results, prompt_results
from textnlp.api.schemas.openai_completion import CompletionUsage, read_completion_usage
from textnlp.domain.generation.model import NO_USAGE, CompletionChunk, FinishReason


class ChatDelta(msgspec.Struct, kw_only=True):
    """What a chunk adds to the message of its choice."""

    role: Literal["assistant"] | UnsetType = UNSET
    content: str | UnsetType | None = UNSET
    tool_calls: list[dict[str, Any]] | UnsetType = UNSET


class ChunkChoice(msgspec.Struct, kw_only=True):
    """The choice that a chunk belongs to; finish reason, and what a content filter found, are told on the last."""

    index: int
    delta: ChatDelta
    logprobs: dict[str, Any] | None = None
    finish_reason: FinishReason | None = None
    content_filter_results: dict[str, Any] | UnsetType = UNSET


class ChatCompletionChunk(msgspec.Struct, kw_only=True):
    """One event of the stream; where usage was asked for, it is null but on the last, which has no choice."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: CompletionUsage | UnsetType | None = UNSET
    prompt_filter_results: list[dict[str, Any]] | UnsetType = UNSET
    system_fingerprint: str | None = None

    EXAMPLE: ClassVar[str] = (
        'data: {"id":"chatcmpl-01kx3v9qe8m2t6f0r7w4z1c5ny","object":"chat.completion.chunk","created":1772366400,'
        '"model":"smollm2-135m","choices":[{"index":0,"delta":{"role":"assistant","content":"It boils"},'
        '"logprobs":null,"finish_reason":null}],"system_fingerprint":null}\n\n'
        "data: [DONE]\n\n"
    )
    """The stream of a chat completion, as `text/event-stream`."""


class ChatChunkWriter:
    """Writes the chunks of one chat completion, asked for at `asked_at`, and adds up the usage of its choices."""

    def __init__(self, completion_id: str, *, model: str, asked_at: datetime, includes_usage: bool) -> None:
        self._id = completion_id
        self._model = model
        self._created = int(asked_at.timestamp())
        self._usage_beside = None if includes_usage else UNSET
        self._usage = NO_USAGE
        self._begun: set[int] = set()
        self._encode = msgspec.json.Encoder().encode
        self.includes_usage = includes_usage

    def piece(self, index: int, chunk: CompletionChunk) -> bytes:
        """Write a piece of choice `index`; the first one also says who speaks."""
        self._model = chunk.model or self._model
        if chunk.usage is not None:
            self._usage = self._usage.plus(chunk.usage)
        delta = ChatDelta()
        if chunk.text:
            delta.content = chunk.text
        if chunk.tool_calls:
            delta.tool_calls = [dict(call) for call in chunk.tool_calls]
        if index not in self._begun:
            self._begun.add(index)
            delta.role = "assistant"
            if delta.content is UNSET:
                delta.content = None if chunk.tool_calls else ""
        logprobs = None if chunk.logprobs is None else dict(chunk.logprobs)
        choice = ChunkChoice(
            index=index,
            delta=delta,
            logprobs=logprobs,
            finish_reason=chunk.finish_reason,
            content_filter_results=answer_results(chunk.verdicts),
        )
        return self._chunk([choice], usage=self._usage_beside, prompts=prompt_results(chunk.verdicts))

    def usage(self) -> bytes:
        """Write the tokens of all choices together."""
        return self._chunk([], usage=read_completion_usage(self._usage))

    def _chunk(
        self,
        choices: list[ChunkChoice],
        *,
        usage: CompletionUsage | UnsetType | None,
        prompts: list[dict[str, Any]] | UnsetType = UNSET,
    ) -> bytes:
        chunk = ChatCompletionChunk(
            id=self._id,
            created=self._created,
            model=self._model,
            choices=choices,
            usage=usage,
            prompt_filter_results=prompts,
        )
        return self._encode(chunk)
