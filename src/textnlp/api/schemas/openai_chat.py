"""A chat completion, as OpenAI's clients ask for it."""

from typing import Annotated, Any, ClassVar, Literal

import msgspec

from textnlp.api.schemas.openai_message import ChatMessageCreate
from textnlp.api.schemas.response_schema import require_schema
from textnlp.api.schemas.sampling import Choices, MaxTokens, Penalty, Seed, StopText, StopTexts, Temperature, TopP
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import GenerationRequest, JsonObject, Parameters

_ANY_OBJECT: JsonObject = {"type": "object"}
_SCHEMA_FIELD = "response_format.json_schema.schema"

ModelName = Annotated[str, msgspec.Meta(min_length=1)]
TopLogprobs = Annotated[int, msgspec.Meta(ge=0, le=20)]
Tools = Annotated[list[dict[str, Any]], msgspec.Meta(max_length=128)]


class NamedSchema(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The JSON Schema of an answer; it is kept to whether or not `strict` asks for that."""

    name: str
    description: str | None = None
    schema: dict[str, Any] | None = None
    strict: bool | None = None


class ResponseFormat(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The form of the answer."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: NamedSchema | None = None

    def schema(self) -> JsonObject | None:
        """Return the schema that the answer must satisfy; raise `INVALID_INPUT` for one that is none."""
        if self.type == "text":
            return None
        if self.type == "json_object":
            return _ANY_OBJECT
        if self.json_schema is None:
            raise invalid_input("response_format.json_schema is missing.", field="response_format.json_schema")
        if self.json_schema.schema is None:
            return _ANY_OBJECT
        require_schema(self.json_schema.schema, field=_SCHEMA_FIELD)
        return self.json_schema.schema


class StreamOptions(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a stream holds besides; nothing is obfuscated here."""

    include_usage: bool | None = None
    include_obfuscation: bool | None = None


class ChatCompletionCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A chat completion to be written.

    Attributes:
        model: the platform's default where none is named; where the path names a deployment, that counts.
        max_tokens: the same as `max_completion_tokens`.
        n: answers to be written; with `seed`, each has its own, counted up.
        user: not looked at, nor are `metadata`, `store`, `service_tier` and `parallel_tool_calls`.
    """

    messages: Annotated[list[ChatMessageCreate], msgspec.Meta(min_length=1)]
    model: ModelName | None = None
    temperature: Temperature | None = None
    top_p: TopP | None = None
    max_tokens: MaxTokens | None = None
    max_completion_tokens: MaxTokens | None = None
    n: Choices | None = None
    seed: Seed | None = None
    stop: StopText | StopTexts | None = None
    frequency_penalty: Penalty | None = None
    presence_penalty: Penalty | None = None
    response_format: ResponseFormat | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    tools: Tools | None = None
    tool_choice: str | dict[str, Any] | None = None
    logprobs: bool | None = None
    top_logprobs: TopLogprobs | None = None
    user: Any = None
    metadata: Any = None
    store: Any = None
    service_tier: Any = None
    parallel_tool_calls: Any = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "model": "smollm2-135m",
        "messages": [
            {"role": "system", "content": "You review household goods."},
            {"role": "user", "content": "Write a one-sentence review of a kettle."},
        ],
        "max_tokens": 60,
    }

    @property
    def includes_usage(self) -> bool:
        """Whether a stream ends with its usage."""
        return self.stream_options is not None and self.stream_options.include_usage is True

    def order(self, *, model: str, timeout_seconds: float) -> GenerationRequest:
        """Return what is asked of the engine; raise `INVALID_INPUT` for fields that do not go together."""
        self._require_sense()
        return GenerationRequest(
            model=model,
            messages=tuple(message.message(field=f"messages[{place}]") for place, message in enumerate(self.messages)),
            parameters=self._parameters(),
            response_schema=None if self.response_format is None else self.response_format.schema(),
            tools=tuple(self.tools or ()),
            tool_choice=self.tool_choice,
            logprobs=self.logprobs is True,
            top_logprobs=self.top_logprobs,
            timeout_seconds=timeout_seconds,
        )

    def _parameters(self) -> Parameters:
        limit = self.max_completion_tokens
        return Parameters(
            temperature=self.temperature,
            top_p=self.top_p,
            max_tokens=self.max_tokens if limit is None else limit,
            seed=self.seed,
            stop=(self.stop,) if isinstance(self.stop, str) else tuple(self.stop or ()),
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
        )

    def _require_sense(self) -> None:
        limits = {self.max_tokens, self.max_completion_tokens} - {None}
        if len(limits) > 1:
            raise invalid_input("max_tokens and max_completion_tokens differ: give one of them.", field="max_tokens")
        if self.tool_choice is not None and not self.tools:
            raise invalid_input("tool_choice goes with tools only.", field="tool_choice")
        if self.top_logprobs is not None and self.logprobs is not True:
            raise invalid_input("top_logprobs goes with logprobs only.", field="top_logprobs")
        if self.stream_options is not None and self.stream is not True:
            raise invalid_input("stream_options goes with stream only.", field="stream_options")
