from typing import Any

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import EngineCapabilities, GenerationRequest, Message, Role
from textnlp.domain.generation.rules import require_capable

TOOL = {"type": "function", "function": {"name": "weather"}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
NOTHING = EngineCapabilities()
EVERYTHING = EngineCapabilities(calls_tools=True, reports_logprobs=True)
HELLO = Message(Role.USER, "Hello")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"tools": (TOOL,), "tool_choice": "auto"}, "tools"),
        ({"tool_choice": "none"}, "tool_choice"),
        ({"messages": (HELLO, Message(Role.ASSISTANT, "", tool_calls=(CALL,)))}, "messages[1]"),
        ({"messages": (Message(Role.TOOL, "Rain.", tool_call_id="call_1"),)}, "messages[0]"),
        ({"logprobs": True, "top_logprobs": 2}, "logprobs"),
        ({"top_logprobs": 2}, "top_logprobs"),
    ],
)
def test_what_an_engine_cannot_do_is_refused_with_the_field_and_the_model(asked: dict[str, Any], field: str) -> None:
    fields: dict[str, Any] = {"model": "small", "messages": (HELLO,), **asked}
    request = GenerationRequest(**fields)
    require_capable(request, EVERYTHING)
    with pytest.raises(TextNLPError, match="'small' cannot") as caught:
        require_capable(request, NOTHING)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, field)


def test_a_plain_conversation_is_for_every_engine() -> None:
    named = Message(Role.USER, "Hello", name="ada")
    tool = Message(Role.TOOL, "Rain.")
    require_capable(GenerationRequest(model="m", messages=(named, tool), response_schema={}), NOTHING)
