import json
from typing import Any

import pytest

from textnlp.domain.datasets.export_plan import ExportPlan
from textnlp.domain.datasets.export_record import Unfit, export_record
from textnlp.domain.recipes.output import ExportFormat

_CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
_TOOL = {"type": "function", "function": {"name": "weather"}}
_TRACE = [
    {"role": "system", "content": "Help.", "turn": 0},
    {"role": "user", "content": "Rain?"},
    {"role": "assistant", "content": None, "tool_calls": [_CALL]},
    {"role": "tool", "tool_call_id": "c1", "content": "No."},
    {"role": "assistant", "content": "It stays dry."},
]
_PAIR = {"instruction": "q", "output": "a"}


def record(form: ExportFormat, row: dict[str, Any], **sources: str) -> dict[str, Any]:
    return export_record(ExportPlan(format=form, sources=sources), {"id": "7", **row})


def traced(form: ExportFormat) -> dict[str, Any]:
    plan = ExportPlan(format=form, sources={"messages": "m"}, tools=(_TOOL,))
    return export_record(plan, {"id": "7", "m": _TRACE})


def test_a_question_and_its_answer_are_a_conversation() -> None:
    row = {"q": "Why?", "a": "So.", "s": "Be brief."}
    turns = [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]
    assert record("openai", row, **_PAIR) == {"messages": turns}
    assert record("chatml", row, **_PAIR, system="s") == {
        "id": "7",
        "messages": [{"role": "system", "content": "Be brief."}, *turns],
    }
    assert record("sharegpt", row, **_PAIR) == {
        "id": "7",
        "conversations": [{"from": "human", "value": "Why?"}, {"from": "gpt", "value": "So."}],
    }


def test_a_trace_keeps_its_calls_and_tools_and_nothing_foreign() -> None:
    found = traced("openai")
    assert found["tools"] == [_TOOL]
    assert found["messages"][0] == {"role": "system", "content": "Help."}
    assert found["messages"][2] == {"role": "assistant", "content": "", "tool_calls": [_CALL]}
    assert found["messages"][3] == {"role": "tool", "content": "No.", "tool_call_id": "c1"}
    turns = traced("sharegpt")["conversations"]
    assert [turn["from"] for turn in turns] == ["system", "human", "function_call", "observation", "gpt"]
    assert json.loads(turns[2]["value"]) == {"name": "weather", "arguments": {"city": "Rome"}}


def test_alpaca_has_an_input_even_where_it_is_empty() -> None:
    assert record("alpaca", {"q": "Add.", "a": 3}, **_PAIR) == {"instruction": "Add.", "input": "", "output": "3"}


def test_preferences_are_texts_or_conversations() -> None:
    sources = {"prompt": "p", "chosen": "c", "rejected": "r"}
    row: dict[str, Any] = {"p": "Hi", "c": "Good day.", "r": "What?", "s": "Be polite."}
    assert record("dpo", row, **sources) == {"prompt": "Hi", "chosen": "Good day.", "rejected": "What?"}
    whole = record("dpo", row, **sources, system="s")
    assert [message["role"] for message in whole["prompt"]] == ["system", "user"]
    assert whole["chosen"] == [{"role": "assistant", "content": "Good day."}]
    talk = [{"role": "user", "content": "Hi"}]
    assert record("dpo", {**row, "p": talk}, **sources)["prompt"] == talk


def test_tables_hold_columns_as_they_are() -> None:
    assert record("csv", {"a": [1], "b": None}, x="a", y="b", z="absent") == {"x": [1], "y": None, "z": None}


@pytest.mark.parametrize(
    ("messages", "reason"),
    [
        (None, "there are no messages"),
        ([], "there are no messages"),
        ("text", "there are no messages"),
        (["text"], "message 0 has no role"),
        ([{"role": "robot", "content": "x"}], "message 0 has no role"),
        ([{"role": ["user"], "content": "x"}], "message 0 has no role"),
        ([{"role": "user", "content": [1]}], "message 0 is no text"),
        ([{"role": "user", "content": ""}], "message 0 is empty"),
        ([{"role": "user", "content": "x"}], "no turn of the assistant's"),
        ([{"role": "assistant", "content": "", "tool_calls": ["x"]}], "message 0 calls tools"),
        ([{"role": "tool", "content": "x"}], "message 0 answers no call"),
    ],
)
def test_messages_that_do_not_fit_say_why(messages: Any, reason: str) -> None:
    for form in ("openai", "chatml", "sharegpt"):
        with pytest.raises(Unfit, match=reason):
            record(form, {"m": messages}, messages="m")


def test_only_fine_tuning_needs_the_assistant_to_speak_last() -> None:
    messages = [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Bye"}]
    assert record("chatml", {"m": messages}, messages="m")["messages"] == messages
    with pytest.raises(Unfit, match="last turn"):
        record("openai", {"m": messages}, messages="m")


def test_texts_that_are_empty_do_not_fit() -> None:
    with pytest.raises(Unfit, match="output is empty"):
        record("alpaca", {"q": "x", "a": " "}, **_PAIR)
    with pytest.raises(Unfit, match="the same"):
        record("dpo", {"p": "x", "c": "y", "r": "y"}, prompt="p", chosen="c", rejected="r")
