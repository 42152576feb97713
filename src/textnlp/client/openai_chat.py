# Made from the OpenAPI document. To renew: make reference
"""The operations around OpenAI's chat, and the models."""

from collections.abc import AsyncGenerator, Generator
from typing import Any, Literal

import msgspec

from textnlp.client.async_transport import AsyncTransport
from textnlp.client.call import Call
from textnlp.client.shared import FinishReason
from textnlp.client.transport import Transport


class AssistantMessage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the model said; its content is null where it only calls tools."""

    role: str = "assistant"
    content: str | None
    refusal: str | None = None
    annotations: list[dict[str, Any]] | None = None
    tool_calls: list[dict[str, Any]] | None = None


class ChatDelta(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a chunk adds to the message of its choice."""

    role: str | None = None
    content: str | None = None
    tool_calls: list[dict[str, Any]] | None = None


class ChunkChoice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The choice that a chunk belongs to; finish reason, and what a content filter found, are told on the last."""

    index: int
    delta: ChatDelta
    logprobs: dict[str, Any] | None = None
    finish_reason: FinishReason | None = None
    content_filter_results: dict[str, Any] | None = None


class CompletionTokensDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What completion tokens were."""

    reasoning_tokens: int
    audio_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0


class PromptTokensDetails(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What prompt tokens were."""

    cached_tokens: int
    audio_tokens: int = 0


class CompletionUsage(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Tokens of all choices together, as the engine counted them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails
    completion_tokens_details: CompletionTokensDetails


class ChatCompletionChunk(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One event of the stream; where usage was asked for, it is null but on the last, which has no choice."""

    id: str
    object: str = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    usage: CompletionUsage | None = None
    prompt_filter_results: list[dict[str, Any]] | None = None
    system_fingerprint: str | None = None


class TextPart(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class ChatMessageCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One turn; an assistant's may be an answer of this API sent back as it was.

    Attributes:
        content: a text, or parts that are joined; may be left out where an assistant only called tools.
        refusal: an assistant's refusal, which stands in for its content.
        annotations: not looked at.
    """

    role: Literal["assistant", "developer", "system", "tool", "user"]
    content: str | list[TextPart] | None = None
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    annotations: list[Any] | None = None
    audio: None = None
    function_call: None = None


class NamedSchema(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The JSON Schema of an answer; it is kept to whether or not `strict` asks for that."""

    name: str
    description: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class ResponseFormat(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The form of the answer."""

    type: Literal["json_object", "json_schema", "text"]
    json_schema: NamedSchema | None = None


class StreamOptions(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a stream holds besides; nothing is obfuscated here."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class ChatCompletionCreate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A chat completion to be written.

    Attributes:
        model: the platform's default where none is named; where the path names a deployment, that counts.
        max_tokens: the same as `max_completion_tokens`.
        n: answers to be written; with `seed`, each has its own, counted up.
        user: not looked at, nor are `metadata`, `store`, `service_tier` and `parallel_tool_calls`.
    """

    messages: list[ChatMessageCreate]
    model: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    n: int | None = None
    seed: int | None = None
    stop: str | list[str] | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    response_format: ResponseFormat | None = None
    stream_options: StreamOptions | None = None
    tools: list[dict[str, Any]] | None = None
    tool_choice: str | dict[str, Any] | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    user: Any = None
    metadata: Any = None
    store: Any = None
    service_tier: Any = None
    parallel_tool_calls: Any = None


class CompletionChoice(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One of the answers, with what the provider's content filter found in it, if anything."""

    index: int
    message: AssistantMessage
    logprobs: dict[str, Any] | None
    finish_reason: FinishReason
    content_filter_results: dict[str, Any] | None = None


class ChatCompletionRead(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A chat completion that was written; `created` is in seconds since 1970.

    Attributes:
        prompt_filter_results: what the provider's content filter found in the prompt, where it found something.
    """

    id: str
    object: str = "chat.completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionUsage
    prompt_filter_results: list[dict[str, Any]] | None = None
    system_fingerprint: str | None = None


class OpenAIChat:
    """The operations around OpenAI's chat, one call at a time."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def complete(self, body: ChatCompletionCreate) -> ChatCompletionRead:
        """Write a chat completion and answer with it, or with `stream` answer with it as it is written.

        Where `response_format` asks for JSON, the answer is checked and asked for again until it fits; a stream is
        not where the engine itself keeps to the schema. The calls to the model are cancelled when the caller hangs
        up. An error after the first piece of a stream comes as an event that holds `error`. Where the model is an
        alias of several deployments, `X-TextNLP-Deployment` names the one that answered.
        """
        return self._transport.decoded(_complete(body), ChatCompletionRead)

    def stream_complete(self, body: ChatCompletionCreate) -> Generator[ChatCompletionChunk]:
        """Write a chat completion and answer with it, or with `stream` answer with it as it is written.

        Where `response_format` asks for JSON, the answer is checked and asked for again until it fits; a stream is
        not where the engine itself keeps to the schema. The calls to the model are cancelled when the caller hangs
        up. An error after the first piece of a stream comes as an event that holds `error`. Where the model is an
        alias of several deployments, `X-TextNLP-Deployment` names the one that answered.
        """
        return self._transport.events(_stream_complete(body), {"message": ChatCompletionChunk})


class AsyncOpenAIChat:
    """The operations around OpenAI's chat, while others work."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def complete(self, body: ChatCompletionCreate) -> ChatCompletionRead:
        """Write a chat completion and answer with it, or with `stream` answer with it as it is written.

        Where `response_format` asks for JSON, the answer is checked and asked for again until it fits; a stream is
        not where the engine itself keeps to the schema. The calls to the model are cancelled when the caller hangs
        up. An error after the first piece of a stream comes as an event that holds `error`. Where the model is an
        alias of several deployments, `X-TextNLP-Deployment` names the one that answered.
        """
        return await self._transport.decoded(_complete(body), ChatCompletionRead)

    def stream_complete(self, body: ChatCompletionCreate) -> AsyncGenerator[ChatCompletionChunk]:
        """Write a chat completion and answer with it, or with `stream` answer with it as it is written.

        Where `response_format` asks for JSON, the answer is checked and asked for again until it fits; a stream is
        not where the engine itself keeps to the schema. The calls to the model are cancelled when the caller hangs
        up. An error after the first piece of a stream comes as an event that holds `error`. Where the model is an
        alias of several deployments, `X-TextNLP-Deployment` names the one that answered.
        """
        return self._transport.events(_stream_complete(body), {"message": ChatCompletionChunk})


def _complete(body: ChatCompletionCreate) -> Call:
    return Call(method="POST", path="/v1/chat/completions", body=body, takes_key=True)


def _stream_complete(body: ChatCompletionCreate) -> Call:
    return Call(
        method="POST",
        path="/v1/chat/completions",
        body=body,
        members={"stream": True},
        accept="text/event-stream",
        takes_key=True,
    )
