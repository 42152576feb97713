"""OpenAI's chat completions as bytes: requests out, answers in.

Everything that can be prepared is prepared once, because every row of every batch passes here. Unknown fields are
skipped, and what servers leave out (usage, model, content) is made up for where that does not hide a failure.
"""

from typing import Any

import msgspec

from textnlp.adapters.engines.openai_compatible.content_filter import SeenVerdicts, verdicts_of_answer
from textnlp.adapters.engines.openai_compatible.faults import error_from_event
from textnlp.adapters.engines.openai_compatible.profile import EndpointProfile, TokenLimitField, can_be_strict
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError
from textnlp.domain.filter_verdict import told_stopped
from textnlp.domain.generation.json_schema import as_plain
from textnlp.domain.generation.model import (
    NO_USAGE,
    Completion,
    CompletionChunk,
    FinishReason,
    GenerationRequest,
    JsonObject,
    Message,
    Usage,
)

_SHOWN_BYTES = 200

_FINISH_REASONS = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "eos_token": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.CONTENT_FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


class _StreamOptions(msgspec.Struct):
    include_usage: bool = True


class _Body(msgspec.Struct, omit_defaults=True, kw_only=True, gc=False):
    model: str
    messages: tuple[Message, ...]
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    response_format: msgspec.Raw | None = None
    tools: tuple[JsonObject, ...] = ()
    tool_choice: str | JsonObject | None = None
    logprobs: bool = False
    top_logprobs: int | None = None
    stream: bool = False
    stream_options: _StreamOptions | None = None


class _TextPart(msgspec.Struct, gc=False):
    text: str | None = None


class _Said(msgspec.Struct):
    """A message, or its growth in a stream."""

    content: str | list[_TextPart] | None = None
    refusal: str | None = None
    tool_calls: list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        content = self.content
        if isinstance(content, str):
            return content
        if content is not None:
            return "".join(part.text or "" for part in content)
        return self.refusal or ""


class _Details(msgspec.Struct, gc=False):
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    completion_tokens_details: _Details | None = None

    def counted(self) -> Usage:
        prompt, completion = self.prompt_tokens_details, self.completion_tokens_details
        return Usage(
            prompt_tokens=self.prompt_tokens or 0,
            completion_tokens=self.completion_tokens or 0,
            cached_tokens=(prompt.cached_tokens or 0) if prompt else 0,
            reasoning_tokens=(completion.reasoning_tokens or 0) if completion else 0,
        )


class _Choice(msgspec.Struct):
    message: _Said | None = None
    delta: _Said | None = None
    finish_reason: str | None = None
    logprobs: dict[str, Any] | None = None
    content_filter_results: Any = None


class _Answer(msgspec.Struct):
    choices: list[_Choice] | None = None
    model: str | None = None
    usage: _Usage | None = None
    prompt_filter_results: Any = None
    error: Any = None


_encoder = msgspec.json.Encoder(enc_hook=as_plain)
_decoder = msgspec.json.Decoder(_Answer)


class RequestEncoder:
    """Turns requests into bodies for one endpoint; keeps the last JSON Schema encoded, since batches share one."""

    def __init__(self, profile: EndpointProfile) -> None:
        self._profile = profile
        self._uses_new_limit = profile.token_limit_field is TokenLimitField.MAX_COMPLETION_TOKENS
        self._last_schema: object = None
        self._last_format: msgspec.Raw | None = None

    def encode(self, request: GenerationRequest, *, stream: bool = False) -> bytes:
        """Return the JSON body; raise `INVALID_INPUT` for text that is no valid Unicode."""
        parameters, profile = request.parameters, self._profile
        limit = parameters.max_tokens
        schema = request.response_schema if profile.constrains_to_schema else None
        body = _Body(
            model=request.model,
            messages=request.messages,
            temperature=parameters.temperature,
            top_p=parameters.top_p,
            max_tokens=None if self._uses_new_limit else limit,
            max_completion_tokens=limit if self._uses_new_limit else None,
            seed=parameters.seed if profile.takes_seed else None,
            stop=parameters.stop,
            frequency_penalty=parameters.frequency_penalty,
            presence_penalty=parameters.presence_penalty,
            response_format=None if schema is None else self._response_format(schema),
            tools=request.tools,
            tool_choice=request.tool_choice,
            logprobs=request.logprobs,
            top_logprobs=request.top_logprobs,
            stream=stream,
            stream_options=_StreamOptions() if stream and profile.reports_stream_usage else None,
        )
        try:
            return _encoder.encode(body)
        except UnicodeEncodeError as exc:
            raise TextNLPError(
                "The prompt holds half of a surrogate pair, which is no valid Unicode.",
                kind=ErrorKind.INVALID_INPUT,
            ) from exc

    def _response_format(self, schema: object) -> msgspec.Raw | None:
        if schema is not self._last_schema:
            described = {"name": "answer", "schema": schema, "strict": can_be_strict(schema)}
            encoded = _encoder.encode({"type": "json_schema", "json_schema": described})
            self._last_schema, self._last_format = schema, msgspec.Raw(encoded)
        return self._last_format


def decode_completion(body: bytes, *, model: str) -> Completion:
    """Read a whole answer; `model` stands in where the answer names none.

    Raises `BAD_RESPONSE` for an answer that is none, `CONTENT_FILTERED` with the verdicts where a filter cut the answer
    and says for what, and the error that the answer tells of in place of a completion.
    """
    answer = _decoded(body)
    if not answer.choices:
        raise _no_completion(body, "it holds no choices")
    choice = answer.choices[0]
    if choice.message is None:
        raise _no_completion(body, "its choice holds no message")
    verdicts = verdicts_of_answer(answer.prompt_filter_results, choice.content_filter_results)
    if choice.finish_reason == FinishReason.CONTENT_FILTER and (stopped := told_stopped(verdicts)):
        raise TextNLPError(
            f"The content filter stopped the answer for {stopped}.",
            kind=ErrorKind.CONTENT_FILTERED,
            facts=ErrorFacts(verdicts=verdicts),
        )
    return Completion(
        text=choice.message.text,
        model=answer.model or model,
        finish_reason=_finish_reason(choice.finish_reason) or FinishReason.STOP,
        usage=answer.usage.counted() if answer.usage else NO_USAGE,
        tool_calls=tuple(choice.message.tool_calls or ()),
        logprobs=choice.logprobs,
        verdicts=verdicts,
    )


def decode_chunk(data: bytes) -> CompletionChunk:
    """Read one piece of a streamed answer; raises as `decode_completion` does."""
    answer = _decoded(data)
    choice = answer.choices[0] if answer.choices else None
    delta = choice.delta if choice else None
    return CompletionChunk(
        text=delta.text if delta else "",
        model=answer.model or "",
        finish_reason=_finish_reason(choice.finish_reason) if choice else None,
        usage=answer.usage.counted() if answer.usage else None,
        tool_calls=tuple(delta.tool_calls or ()) if delta else (),
        logprobs=choice.logprobs if choice else None,
        verdicts=verdicts_of_answer(answer.prompt_filter_results, choice.content_filter_results if choice else None),
    )


class StreamEnding:
    """Holds back how a stream ended, and what the filter found, since usage comes after the finish reason."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._finish_reason: FinishReason | None = None
        self._usage: Usage | None = None
        self._verdicts = SeenVerdicts()

    def pass_on(self, chunk: CompletionChunk) -> CompletionChunk | None:
        """Return the piece if it holds text, calls or log probabilities, and remember the rest of it."""
        self._model = chunk.model or self._model
        self._finish_reason = chunk.finish_reason or self._finish_reason
        self._usage = chunk.usage or self._usage
        if chunk.verdicts:
            self._verdicts.add(chunk.verdicts)
        if not (chunk.text or chunk.tool_calls or chunk.logprobs):
            return None
        return CompletionChunk(
            text=chunk.text,
            model=self._model,
            tool_calls=chunk.tool_calls,
            logprobs=chunk.logprobs,
        )

    def last_chunk(self) -> CompletionChunk:
        """Return the piece that ends the stream; raise `UNAVAILABLE` when the stream was cut before its end."""
        if self._finish_reason is None:
            raise TextNLPError("The stream broke off before its end.", kind=ErrorKind.UNAVAILABLE)
        return CompletionChunk(
            model=self._model,
            finish_reason=self._finish_reason,
            usage=self._usage,
            verdicts=self._verdicts.all(),
        )


def _decoded(body: bytes) -> _Answer:
    try:
        answer = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        raise _no_completion(body, str(exc)) from exc
    if answer.error:
        raise error_from_event(answer.error)
    return answer


def _finish_reason(name: str | None) -> FinishReason | None:
    """Map a reason; one that is not known may stand for a failure, so it is not taken for a whole answer."""
    if not name:
        return None
    reason = _FINISH_REASONS.get(name)
    if reason is None:
        raise TextNLPError(f"The model stopped for the unknown reason {name[:40]!r}.", kind=ErrorKind.BAD_RESPONSE)
    return reason


def _no_completion(body: bytes, why: str) -> TextNLPError:
    begin = body[:_SHOWN_BYTES].decode("utf-8", "replace")
    return TextNLPError(f"The answer is no chat completion: {why}. It begins {begin!r}.", kind=ErrorKind.BAD_RESPONSE)
