import json
from datetime import UTC, datetime
from typing import Any

from textnlp.api.schemas.openai_chunk import ChatChunkWriter
from textnlp.domain.generation.model import CompletionChunk, FinishReason, Usage

ASKED_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
CALL = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}


def writer(*, includes_usage: bool = False) -> ChatChunkWriter:
    return ChatChunkWriter("chatcmpl-1", model="asked", asked_at=ASKED_AT, includes_usage=includes_usage)


def choice(line: bytes) -> dict[str, Any]:
    (only,) = json.loads(line)["choices"]
    return only


def test_a_chunk_has_openais_shape() -> None:
    assert json.loads(writer().piece(0, CompletionChunk(text="Hi", model="m-1"))) == {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": int(ASKED_AT.timestamp()),
        "model": "m-1",
        "choices": [
            {
                "index": 0,
                "delta": {"role": "assistant", "content": "Hi"},
                "logprobs": None,
                "finish_reason": None,
            }
        ],
        "system_fingerprint": None,
    }


def test_only_the_first_chunk_of_each_choice_says_who_speaks() -> None:
    chunks = writer()
    deltas = [choice(chunks.piece(index, CompletionChunk(text="a")))["delta"] for index in (0, 1, 0, 1)]
    assert [delta.get("role") for delta in deltas] == ["assistant", "assistant", None, None]


def test_the_last_chunk_adds_nothing_and_says_why_it_ends() -> None:
    chunks = writer()
    chunks.piece(0, CompletionChunk(text="a"))
    last = choice(chunks.piece(0, CompletionChunk(finish_reason=FinishReason.LENGTH)))
    assert (last["delta"], last["finish_reason"]) == ({}, "length")


def test_a_first_chunk_that_calls_a_tool_has_null_for_content() -> None:
    first = choice(writer().piece(0, CompletionChunk(tool_calls=(CALL,), logprobs={"content": []})))
    assert first["delta"] == {"role": "assistant", "content": None, "tool_calls": [CALL]}
    assert first["logprobs"] == {"content": []}


def test_usage_is_null_until_the_chunk_that_sums_it_up() -> None:
    chunks = writer(includes_usage=True)
    for index in (0, 1):
        ended = CompletionChunk(finish_reason=FinishReason.STOP, usage=Usage(prompt_tokens=2, completion_tokens=3))
        assert json.loads(chunks.piece(index, ended))["usage"] is None
    last = json.loads(chunks.usage())
    assert (last["choices"], last["usage"]["total_tokens"]) == ([], 10)
