"""A chat completion, as OpenAI's clients read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from textnlp.api.schemas.filter_results import answer_results, prompt_results
from textnlp.domain.generation.model import Completion, FinishReason, Usage, usage_of

_encode = msgspec.json.Encoder().encode


class PromptTokensDetails(msgspec.Struct, kw_only=True):
    """What prompt tokens were."""

    cached_tokens: int
    audio_tokens: int = 0


class CompletionTokensDetails(msgspec.Struct, kw_only=True):
    """What completion tokens were."""

    reasoning_tokens: int
    audio_tokens: int = 0
    accepted_prediction_tokens: int = 0
    rejected_prediction_tokens: int = 0


class CompletionUsage(msgspec.Struct, kw_only=True):
    """Tokens of all choices together, as the engine counted them."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: PromptTokensDetails
    completion_tokens_details: CompletionTokensDetails


class AssistantMessage(msgspec.Struct, kw_only=True):
    """What the model said; its content is null where it only calls tools."""

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: str | None = None
    annotations: list[dict[str, Any]] = []
    tool_calls: list[dict[str, Any]] | UnsetType = UNSET


class CompletionChoice(msgspec.Struct, kw_only=True):
    """One of the answers, with what the provider's content filter found in it, if anything."""

    index: int
    message: AssistantMessage
    logprobs: dict[str, Any] | None
    finish_reason: FinishReason
    content_filter_results: dict[str, Any] | UnsetType = UNSET


class ChatCompletionRead(msgspec.Struct, kw_only=True):
    """A chat completion that was written; `created` is in seconds since 1970.

    Attributes:
        prompt_filter_results: what the provider's content filter found in the prompt, where it found something.
    """

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: CompletionUsage
    prompt_filter_results: list[dict[str, Any]] | UnsetType = UNSET
    system_fingerprint: str | None = None

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "id": "chatcmpl-01kx3v9qe8m2t6f0r7w4z1c5ny",
        "object": "chat.completion",
        "created": 1772366400,
        "model": "smollm2-135m",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "It boils in two minutes and pours without a drip.",
                    "refusal": None,
                    "annotations": [],
                },
                "logprobs": None,
                "finish_reason": "stop",
            },
        ],
        "usage": {
            "prompt_tokens": 14,
            "completion_tokens": 21,
            "total_tokens": 35,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 0,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "system_fingerprint": None,
    }


def encode_chat_completion(completion_id: str, completions: Sequence[Completion], *, asked_at: datetime) -> bytes:
    """Write the completions, at least one, as the choices of one answer; usage is summed up."""
    return _encode(
        ChatCompletionRead(
            id=completion_id,
            created=int(asked_at.timestamp()),
            model=completions[0].model,
            choices=[_choice(index, completion) for index, completion in enumerate(completions)],
            usage=read_completion_usage(usage_of(completions)),
            prompt_filter_results=prompt_results(completions[0].verdicts),
        ),
    )


def read_completion_usage(usage: Usage) -> CompletionUsage:
    """Show usage."""
    return CompletionUsage(
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        total_tokens=usage.total_tokens,
        prompt_tokens_details=PromptTokensDetails(cached_tokens=usage.cached_tokens),
        completion_tokens_details=CompletionTokensDetails(reasoning_tokens=usage.reasoning_tokens),
    )


def _choice(index: int, completion: Completion) -> CompletionChoice:
    calls = [dict(call) for call in completion.tool_calls]
    return CompletionChoice(
        index=index,
        message=AssistantMessage(
            content=None if calls and not completion.text else completion.text,
            tool_calls=calls or UNSET,
        ),
        logprobs=None if completion.logprobs is None else dict(completion.logprobs),
        finish_reason=completion.finish_reason,
        content_filter_results=answer_results(completion.verdicts),
    )
