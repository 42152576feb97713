import json

import pytest

from textnlp.console.conversation_text import prompt_line, read_conversation
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import Message, Role


def turns(text: str) -> list[tuple[Role, str]]:
    return [(each.role, each.content) for each in read_conversation(text)]


def test_turns_begin_lines_with_who_speaks_and_go_on_over_several() -> None:
    text = "\nsystem: Be brief.\nuser: Hello,\n\nwho are you?\nassistant: A model: user: no.\nuser:  And now?"
    assert turns(text) == [
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Hello,\n\nwho are you?"),
        (Role.ASSISTANT, "A model: user: no."),
        (Role.USER, "And now?"),
    ]


def test_messages_are_taken_as_a_json_list_too() -> None:
    assert turns(' [{"role": "user", "content": "Hi"}]') == [(Role.USER, "Hi")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Hello", "Begin each turn"),
        ("Hello\nuser: Hi", "Begin each turn"),
        ("user:\nassistant: Hi", "A turn of the user says nothing."),
        ('[{"role": "nobody", "content": "Hi"}]', "Invalid enum value"),
        ("[", "truncated"),
    ],
)
def test_what_is_no_conversation_is_refused_with_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(TextNLPError, match=message) as caught:
        read_conversation(text)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "messages")


def test_a_plain_prompt_becomes_a_line_of_text() -> None:
    assert prompt_line([Message(Role.USER, "Write a slogan.")]) == "Write a slogan."


@pytest.mark.parametrize(
    "messages",
    [
        [Message(Role.USER, "Two\nlines")],
        [Message(Role.USER, '{"prompt": "a trap"}')],
        [Message(Role.USER, " spaced")],
        [Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Hi")],
    ],
)
def test_whatever_a_line_of_text_would_not_say_becomes_json(messages: list[Message]) -> None:
    said = json.loads(prompt_line(messages))["messages"]
    assert said == [{"role": each.role.value, "content": each.content} for each in messages]
