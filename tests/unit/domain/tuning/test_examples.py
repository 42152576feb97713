import json
from typing import Any

import pytest

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.tuning.examples import count_examples

ANSWERED = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}


def count_of(*lines: bytes | None, min_examples: int = 1) -> int:
    return count_examples(lines, name="train.jsonl", field="training", min_examples=min_examples)


def refused(*lines: bytes | None, min_examples: int = 1) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        count_of(*lines, min_examples=min_examples)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "training")
    return caught.value


def said(**message: Any) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": "Hi"}, message]}).encode()


def test_conversations_are_counted_and_empty_lines_are_not() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    tool = {
        "messages": [
            {"role": "system", "content": "Short."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
            {"role": "assistant", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "1", "content": "12:00"},
            {"role": "assistant", "content": "Noon", "weight": 1},
        ],
        "tools": [],
        "parallel_tool_calls": False,
    }
    assert count_of(json.dumps(ANSWERED).encode() + b"\r\n", b"\n", json.dumps(tool).encode()) == 2


def test_too_few_examples_are_told_with_the_number_that_is_needed() -> None:
    error = refused(*[json.dumps(ANSWERED).encode()] * 9, min_examples=10)
    assert error.message == "train.jsonl holds 9 examples, and 10 are needed."
    assert error.facts.hint


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (None, "more than 16,777,216 bytes"),
        (b"{", "no JSON"),
        (b'{"messages": "\xff"}', "no JSON"),
        (b"[]", "no object"),
        (b'{"prompt": "Hi", "completion": "Hello"}', "the field 'completion' is none"),
        (b'{"messages": []}', "messages is missing, empty, or no list"),
        (b'{"messages": ["Hi"]}', r"messages\[0\] is no object"),
        (b'{"messages": [{"content": "Hi"}]}', r"messages\[0\].role is missing"),
        (b'{"messages": [{"role": ["user"], "content": "Hi"}]}', r"messages\[0\].role is missing, or no text"),
        (b'{"messages": [{"role": "bot", "content": "Hi"}]}', r"messages\[0\].role is 'bot', and not one of"),
        (b'{"messages": [{"role": "user", "content": "Hi"}]}', "the last message is not the assistant's"),
        (said(role="assistant"), r"messages\[1\].content is missing"),
        (said(role="assistant", content=" "), r"messages\[1\].content is empty"),
        (said(role="assistant", content=[]), r"messages\[1\].content is empty"),
        (said(role="assistant", content="Hello", weight=0), "every answer of the assistant has the weight 0"),
        (said(role="assistant", content="Hello", weight=2), r"messages\[1\].weight can only be 0 or 1"),
        (b'{"messages": [{"role": "user", "content": "Hi", "weight": 1}]}', r"messages\[0\].weight can only be"),
    ],
)
def test_a_line_that_cannot_be_learnt_from_is_named(line: bytes | None, fault: str) -> None:
    error = refused(json.dumps(ANSWERED).encode(), line)
    with pytest.raises(TextNLPError, match=f"line 2: .*{fault}"):
        raise error
    assert error.facts.line == 2


def test_of_many_bad_lines_the_first_are_named_and_the_others_counted() -> None:
    error = refused(*[b"{"] * 9)
    assert error.facts.line == 1
    assert error.message.count("line ") == 5
    assert error.message.endswith("and 4 lines more.")
