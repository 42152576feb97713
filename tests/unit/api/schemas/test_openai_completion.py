import json
from datetime import UTC, datetime
from typing import Any

from textnlp.api.schemas.openai_completion import encode_chat_completion
from textnlp.domain.generation.model import Completion, FinishReason, Usage

ASKED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
USAGE = Usage(prompt_tokens=9, completion_tokens=4, cached_tokens=8, reasoning_tokens=2)


def written(*completions: Completion) -> dict[str, Any]:
    return json.loads(encode_chat_completion("chatcmpl-1", completions, asked_at=ASKED_AT))


def test_a_completion_has_openais_shape() -> None:
    completion = Completion(text="Hi", model="m-1", finish_reason=FinishReason.STOP, usage=USAGE)
    assert written(completion) == {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": int(ASKED_AT.timestamp()),
        "model": "m-1",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hi", "refusal": None, "annotations": []},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": 9,
            "completion_tokens": 4,
            "total_tokens": 13,
            "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": 2,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "system_fingerprint": None,
    }


def test_the_usage_of_several_choices_is_summed_up() -> None:
    completion = Completion(text="Hi", model="m", finish_reason=FinishReason.LENGTH, usage=USAGE)
    answer = written(completion, completion)
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert (answer["usage"]["prompt_tokens"], answer["usage"]["total_tokens"]) == (18, 26)


def test_calls_and_log_probabilities_are_handed_on_as_they_are() -> None:
    logprobs = {"content": [{"token": "Hi", "logprob": -0.5}], "refusal": None}
    completion = Completion(
        text="", model="m", finish_reason=FinishReason.TOOL_CALLS, tool_calls=(CALL,), logprobs=logprobs
    )
    (choice,) = written(completion)["choices"]
    assert (choice["message"]["content"], choice["message"]["tool_calls"]) == (None, [CALL])
    assert (choice["logprobs"], choice["finish_reason"]) == (logprobs, "tool_calls")
