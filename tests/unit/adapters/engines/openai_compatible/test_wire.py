import json
from typing import Any

import pytest

from textnlp.adapters.engines.openai_compatible.profile import GENERIC, OPENAI, EndpointProfile
from textnlp.adapters.engines.openai_compatible.wire import (
    RequestEncoder,
    StreamEnding,
    decode_chunk,
    decode_completion,
)
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import (
    NO_USAGE,
    CompletionChunk,
    FinishReason,
    GenerationRequest,
    Message,
    Parameters,
    Role,
    Usage,
)

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
LOGPROBS: dict[str, Any] = {"content": [{"token": "Hi", "logprob": -0.5, "bytes": None, "top_logprobs": []}]}


def request(**given: Any) -> GenerationRequest:
    return GenerationRequest(model="m", messages=(Message(Role.USER, "Hé"),), **given)


def sent(encoder: RequestEncoder, asked: GenerationRequest, *, stream: bool = False) -> dict[str, Any]:
    return json.loads(encoder.encode(asked, stream=stream))


def answer(**changed: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi."}, "finish_reason": "stop"}
    return json.dumps({"id": "x", "model": "m-1", "choices": [choice], **changed}).encode()


def choice_with(**changed: Any) -> bytes:
    return answer(choices=[{"message": {"content": "Hi."}, "finish_reason": "stop", **changed}])


def test_a_request_holds_only_what_was_given() -> None:
    assert sent(RequestEncoder(GENERIC), request()) == {"model": "m", "messages": [{"role": "user", "content": "Hé"}]}


def test_every_parameter_has_its_field() -> None:
    parameters = Parameters(
        temperature=0.0,
        top_p=0.5,
        max_tokens=7,
        seed=0,
        stop=("\n", "END"),
        frequency_penalty=-1.0,
        presence_penalty=0.0,
    )
    body = sent(RequestEncoder(GENERIC), request(parameters=parameters))
    del body["model"], body["messages"]
    assert body == {
        "temperature": 0.0,
        "top_p": 0.5,
        "max_tokens": 7,
        "seed": 0,
        "stop": ["\n", "END"],
        "frequency_penalty": -1.0,
        "presence_penalty": 0.0,
    }


def test_the_token_limit_goes_where_the_endpoint_looks_for_it() -> None:
    body = sent(RequestEncoder(OPENAI), request(parameters=Parameters(max_tokens=7)))
    assert body["max_completion_tokens"] == 7
    assert "max_tokens" not in body


def test_a_seed_is_kept_from_an_endpoint_that_does_not_know_it() -> None:
    profile = EndpointProfile(takes_seed=False)
    assert "seed" not in sent(RequestEncoder(profile), request(parameters=Parameters(seed=3)))


def test_a_schema_goes_only_to_an_endpoint_that_keeps_to_it() -> None:
    asked = request(response_schema=SCHEMA)
    assert "response_format" not in sent(RequestEncoder(GENERIC), asked)
    described = sent(RequestEncoder(OPENAI), asked)["response_format"]
    assert described == {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True}}


def test_each_request_brings_its_own_schema() -> None:
    encoder = RequestEncoder(OPENAI)
    for schema in (SCHEMA, {"type": "string"}, SCHEMA):
        body = sent(encoder, request(response_schema=schema))
        assert body["response_format"]["json_schema"]["schema"] == schema


def test_a_stream_asks_for_usage_where_the_endpoint_reports_it() -> None:
    assert sent(RequestEncoder(GENERIC), request(), stream=True)["stream_options"] == {"include_usage": True}
    body = sent(RequestEncoder(EndpointProfile(reports_stream_usage=False)), request(), stream=True)
    assert body["stream"] is True
    assert "stream_options" not in body


def test_tools_and_log_probabilities_are_sent_as_they_came() -> None:
    messages = (
        Message(Role.USER, "Hé", name="ada"),
        Message(Role.ASSISTANT, "", tool_calls=(CALL,)),
        Message(Role.TOOL, "Rain.", tool_call_id="call_1"),
    )
    asked = GenerationRequest(
        model="m", messages=messages, tools=(TOOL,), tool_choice="required", logprobs=True, top_logprobs=0
    )
    assert sent(RequestEncoder(GENERIC), asked) == {
        "model": "m",
        "messages": [
            {"role": "user", "content": "Hé", "name": "ada"},
            {"role": "assistant", "content": "", "tool_calls": [CALL]},
            {"role": "tool", "content": "Rain.", "tool_call_id": "call_1"},
        ],
        "tools": [TOOL],
        "tool_choice": "required",
        "logprobs": True,
        "top_logprobs": 0,
    }


def test_half_a_surrogate_pair_is_refused_before_it_is_sent() -> None:
    asked = GenerationRequest(model="m", messages=(Message(Role.USER, "\ud83d"),))
    with pytest.raises(TextNLPError) as caught:
        RequestEncoder(GENERIC).encode(asked)
    assert caught.value.kind is ErrorKind.INVALID_INPUT


def test_an_answer_is_read_with_model_reason_and_usage() -> None:
    usage = {
        "prompt_tokens": 9,
        "completion_tokens": 4,
        "total_tokens": 13,
        "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 2},
    }
    completion = decode_completion(answer(usage=usage), model="m")
    assert (completion.text, completion.model, completion.finish_reason) == ("Hi.", "m-1", FinishReason.STOP)
    assert completion.usage == Usage(prompt_tokens=9, completion_tokens=4, cached_tokens=8, reasoning_tokens=2)


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"prompt_tokens": None}, {"prompt_tokens_details": None, "completion_tokens_details": {}}],
)
def test_usage_that_is_left_out_counts_nothing(usage: object) -> None:
    assert decode_completion(answer(usage=usage), model="m").usage == NO_USAGE


def test_the_model_asked_for_stands_in_for_one_that_is_not_named() -> None:
    assert decode_completion(answer(model=None), model="asked").model == "asked"


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": None}, ""),
        ({}, ""),
        ({"content": None, "refusal": "I will not."}, "I will not."),
        ({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}, "ab"),
        ({"content": None, "tool_calls": [{"id": "1"}]}, ""),
        ({"content": "x", "reasoning_content": "thinking"}, "x"),
    ],
)
def test_content_is_read_in_every_form_it_comes_in(message: dict[str, Any], text: str) -> None:
    assert decode_completion(choice_with(message=message), model="m").text == text


def test_calls_and_log_probabilities_are_read_as_they_came() -> None:
    message = {"content": None, "tool_calls": [CALL]}
    completion = decode_completion(choice_with(message=message, logprobs=LOGPROBS), model="m")
    assert (completion.tool_calls, completion.logprobs) == ((CALL,), LOGPROBS)
    choice: dict[str, Any] = {"delta": {"tool_calls": [{"index": 0, **CALL}]}, "logprobs": LOGPROBS}
    chunk = StreamEnding("m").pass_on(decode_chunk(json.dumps({"choices": [choice]}).encode()))
    assert chunk == CompletionChunk(model="m", tool_calls=({"index": 0, **CALL},), logprobs=LOGPROBS)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("length", FinishReason.LENGTH),
        ("max_tokens", FinishReason.LENGTH),
        ("content_filter", FinishReason.CONTENT_FILTER),
        ("tool_calls", FinishReason.TOOL_CALLS),
        ("eos", FinishReason.STOP),
        (None, FinishReason.STOP),
    ],
)
def test_finish_reasons_are_mapped(name: str | None, reason: FinishReason) -> None:
    assert decode_completion(choice_with(finish_reason=name), model="m").finish_reason is reason


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>bad gateway</html>",
        b"[]",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"finish_reason": "stop"}]}',
        b'{"choices": [{"message": {"content": 3}}]}',
        choice_with(finish_reason="abort"),
        b'{"choices": [{"message": {"content": "\xff"}}]}',
    ],
)
def test_an_answer_that_is_none_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_completion(body, model="m")
    assert caught.value.kind is ErrorKind.BAD_RESPONSE


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "slow down", "code": 429}, ErrorKind.RATE_LIMITED),
        ({"message": "upstream died"}, ErrorKind.UNAVAILABLE),
        ("model crashed", ErrorKind.UNAVAILABLE),
        ({"message": "too long", "code": 400, "type": "exceed_context_size_error"}, ErrorKind.CONTEXT_EXCEEDED),
    ],
)
def test_an_error_inside_an_answer_is_raised(error: object, kind: ErrorKind) -> None:
    with pytest.raises(TextNLPError) as caught:
        decode_completion(json.dumps({"error": error}).encode(), model="m")
    assert caught.value.kind is kind


def test_chunks_are_read_piece_by_piece() -> None:
    text = decode_chunk(b'{"model":"m","choices":[{"delta":{"content":"Hi"},"finish_reason":null}],"usage":null}')
    assert text == CompletionChunk(text="Hi", model="m")
    role = decode_chunk(b'{"choices":[{"delta":{"role":"assistant","content":null}}]}')
    assert role == CompletionChunk()
    usage = decode_chunk(b'{"choices":[],"usage":{"prompt_tokens":2,"completion_tokens":3}}')
    assert usage.usage == Usage(prompt_tokens=2, completion_tokens=3)


def test_the_last_chunk_gathers_reason_and_usage_that_came_apart() -> None:
    ending = StreamEnding("asked")
    assert ending.pass_on(CompletionChunk(text="Hi", model="m-1")) == CompletionChunk(text="Hi", model="m-1")
    assert ending.pass_on(CompletionChunk(finish_reason=FinishReason.LENGTH)) is None
    assert ending.pass_on(CompletionChunk(usage=Usage(completion_tokens=1))) is None
    assert ending.last_chunk() == CompletionChunk(
        model="m-1",
        finish_reason=FinishReason.LENGTH,
        usage=Usage(completion_tokens=1),
    )


def test_a_stream_without_an_end_was_cut() -> None:
    ending = StreamEnding("m")
    ending.pass_on(CompletionChunk(text="Hi"))
    with pytest.raises(TextNLPError) as caught:
        ending.last_chunk()
    assert caught.value.kind is ErrorKind.UNAVAILABLE
