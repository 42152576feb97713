import pytest

from textnlp.domain.datasets.export_plan import plan_export, read_format
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.output import ExportFormat

_TOOLS = {"weather": {"description": "Tells.", "parameters": {"type": "object"}}}
_RECIPE = {"columns": {"trace_of": {"kind": "tool_calls", "tools": _TOOLS}, "talk": {"kind": "conversation"}}}


def sources(form: ExportFormat, *columns: str, **given: str) -> dict[str, str]:
    return dict(plan_export(form, given=given, columns=["id", *columns], recipe={}).sources)


def test_columns_are_found_by_their_usual_names() -> None:
    assert sources("alpaca", "Question", "answer") == {"instruction": "Question", "output": "answer"}
    assert sources("dpo", "prompt", "chosen", "rejected", "system") == {
        "prompt": "prompt",
        "chosen": "chosen",
        "rejected": "rejected",
        "system": "system",
    }
    assert sources("openai", "dialogue", "question") == {"messages": "dialogue"}
    assert sources("chatml", "instruction", "response") == {"instruction": "instruction", "output": "response"}


def test_what_is_given_counts_before_what_is_guessed() -> None:
    given = {"instruction": "a", "output": "b"}
    assert sources("sharegpt", "messages", "a", "b", **given) == given
    assert sources("alpaca", "question", "a", "answer", instruction="a")["instruction"] == "a"


def test_tables_hold_all_columns_or_those_that_are_given() -> None:
    assert sources("csv", "a", "b") == {"id": "id", "a": "a", "b": "b"}
    assert sources("huggingface", "a", "b", text="a") == {"text": "a"}


def test_a_conversation_is_found_by_its_kind_with_its_tools() -> None:
    plan = plan_export("openai", given={}, columns=["id", "trace_of"], recipe=_RECIPE)
    assert plan.sources == {"messages": "trace_of"}
    assert [tool["function"]["name"] for tool in plan.tools] == ["weather"]


def test_two_conversations_are_not_guessed_between() -> None:
    with pytest.raises(TextNLPError, match="'messages'"):
        plan_export("openai", given={}, columns=["id", "trace_of", "talk"], recipe=_RECIPE)


@pytest.mark.parametrize(
    ("form", "columns", "given", "message"),
    [
        ("alpaca", ["id", "text"], {}, "'instruction'.* there are id, text.*instruction=COLUMN"),
        ("openai", ["id", "question"], {}, "'output'"),
        ("openai", ["id", "text"], {}, "'messages'"),
        ("dpo", ["id", "prompt", "chosen"], {}, "'rejected'"),
        ("dpo", ["id"], {"best": "id"}, "no field 'best'; it has prompt, chosen, rejected, system"),
        ("csv", ["id", "a"], {"x": "b"}, "no column 'b' for 'x'; there are id, a"),
    ],
)
def test_what_is_missing_is_named(form: ExportFormat, columns: list[str], given: dict[str, str], message: str) -> None:
    with pytest.raises(TextNLPError, match=message) as caught:
        plan_export(form, given=given, columns=columns, recipe={})
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field


def test_a_form_that_is_not_is_answered_with_those_there_are() -> None:
    assert read_format("csv") == "csv"
    with pytest.raises(TextNLPError, match="chatml, alpaca, sharegpt, openai, dpo, csv, huggingface"):
        read_format("xml")
