from typing import Any

import msgspec
import pytest

from textnlp.api.schemas.openai_chat import ChatCompletionCreate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import GenerationRequest, Message, Parameters, Role

SCHEMA = {"type": "object", "properties": {"stars": {"type": "integer"}}}
TOOL = {"type": "function", "function": {"name": "weather"}}


def order(**fields: Any) -> GenerationRequest:
    sent = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **fields}
    return msgspec.convert(sent, ChatCompletionCreate).order(model="m", timeout_seconds=9.0)


def test_a_request_that_says_nothing_leaves_all_to_the_engine() -> None:
    assert order() == GenerationRequest(model="m", messages=(Message(Role.USER, "Hi"),), timeout_seconds=9.0)


def test_every_field_goes_where_the_engine_finds_it() -> None:
    asked = order(
        temperature=0.5,
        top_p=0.9,
        max_completion_tokens=7,
        seed=3,
        stop="END",
        frequency_penalty=1,
        presence_penalty=-1,
        tools=[TOOL],
        tool_choice="required",
        logprobs=True,
        top_logprobs=2,
    )
    assert asked.parameters == Parameters(
        temperature=0.5,
        top_p=0.9,
        max_tokens=7,
        seed=3,
        stop=("END",),
        frequency_penalty=1,
        presence_penalty=-1,
    )
    assert (asked.tools, asked.tool_choice, asked.logprobs, asked.top_logprobs) == ((TOOL,), "required", True, 2)


def test_what_stands_for_nothing_is_taken_for_nothing() -> None:
    names = ("temperature", "max_tokens", "n", "stop", "tools", "tool_choice", "logprobs", "stream", "response_format")
    assert order(**dict.fromkeys(names)) == order()
    ignored = ("user", "metadata", "store", "service_tier", "parallel_tool_calls")
    assert order(**{name: {"x": 1} for name in ignored}) == order()


@pytest.mark.parametrize(
    ("response_format", "schema"),
    [
        ({"type": "text"}, None),
        ({"type": "json_object"}, {"type": "object"}),
        ({"type": "json_schema", "json_schema": {"name": "review", "strict": True, "schema": SCHEMA}}, SCHEMA),
        ({"type": "json_schema", "json_schema": {"name": "any"}}, {"type": "object"}),
    ],
)
def test_the_response_format_is_a_schema(response_format: dict[str, Any], schema: dict[str, Any] | None) -> None:
    assert order(response_format=response_format).response_schema == schema


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"max_tokens": 1, "max_completion_tokens": 2}, "max_tokens"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"top_logprobs": 1}, "top_logprobs"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "odd"}}}},
            "response_format.json_schema.schema",
        ),
    ],
)
def test_fields_that_do_not_go_together_are_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        order(**fields)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


def test_both_token_limits_may_say_the_same() -> None:
    assert order(max_tokens=4, max_completion_tokens=4).parameters.max_tokens == 4
