from typing import Any

import msgspec
import pytest

from textnlp.api.schemas.openai_message import ChatMessageCreate
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Role

CALL = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}


def read(sent: dict[str, Any]) -> Message:
    return msgspec.convert(sent, ChatMessageCreate).message(field="messages[3]")


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"role": "user", "content": "Hi"}, Message(Role.USER, "Hi")),
        ({"role": "developer", "content": "Be brief."}, Message(Role.SYSTEM, "Be brief.")),
        ({"role": "user", "content": "Hi", "name": "ada"}, Message(Role.USER, "Hi", name="ada")),
        (
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            Message(Role.USER, "ab"),
        ),
        ({"role": "assistant", "tool_calls": [CALL]}, Message(Role.ASSISTANT, "", tool_calls=(CALL,))),
        (
            {"role": "tool", "content": "Rain.", "tool_call_id": "call_1"},
            Message(Role.TOOL, "Rain.", tool_call_id="call_1"),
        ),
        ({"role": "assistant", "content": None, "refusal": "No."}, Message(Role.ASSISTANT, "No.")),
    ],
)
def test_every_form_of_a_turn_is_read(sent: dict[str, Any], message: Message) -> None:
    assert read(sent) == message


def test_an_answer_can_be_sent_back_as_it_was() -> None:
    absent = dict.fromkeys(("refusal", "audio", "tool_calls", "function_call"))
    sent: dict[str, Any] = {"role": "assistant", "content": "Hi", "annotations": [], **absent}
    assert read(sent) == Message(Role.ASSISTANT, "Hi")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"role": "user"}, "content"),
        ({"role": "assistant"}, "content"),
        ({"role": "assistant", "tool_calls": []}, "content"),
        ({"role": "user", "content": "Hi", "tool_calls": [CALL]}, "tool_calls"),
        ({"role": "user", "content": "Hi", "tool_call_id": "call_1"}, "tool_call_id"),
        ({"role": "tool", "content": "Rain."}, "tool_call_id"),
    ],
)
def test_a_turn_that_does_not_fit_its_role_is_refused_with_the_field(sent: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        read(sent)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, f"messages[3].{field}")
