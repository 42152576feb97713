import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.model_columns import Tool
from textnlp.domain.recipes.tool_trace import ToolBox, call_fault

WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = {
    "weather": Tool(description="Tells the weather.", parameters=WEATHER),
    "now": Tool(description="Tells the time.", parameters={"type": "object", "properties": {}}),
}
UNSATISFIED = "The arguments of weather do not satisfy its schema"


def call_of(name: object, arguments: object) -> dict[str, Any]:
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("weather", '{"city": "Oslo", "days": 2}'),
        ("weather", {"city": "Oslo"}),
        ("now", ""),
        ("now", "{}"),
        ("now", None),
    ],
)
def test_a_call_as_declared_has_no_fault(name: str, arguments: object) -> None:
    assert ToolBox(TOOLS).fault(call_of(name, arguments)) is None


@pytest.mark.parametrize(
    ("name", "arguments", "fault"),
    [
        ("wether", "{}", "There is no tool 'wether'; did you mean 'weather'?"),
        ("search", "{}", "There is no tool 'search'; there are weather, now."),
        ("weather", "", f'{UNSATISFIED}: the arguments: "city" is a required property.'),
        ("weather", '{"city": 1}', f'{UNSATISFIED}: city: 1 is not of type "string".'),
        ("weather", '{"city": ', "The arguments of weather are no JSON: Line 1, column 10: Expecting value."),
        ("weather", '["Oslo"]', "The arguments of weather are no JSON object."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_call_is_told(name: str, arguments: str, fault: str) -> None:
    assert ToolBox(TOOLS).fault(call_of(name, arguments)) == fault
    assert call_fault(name, arguments, tools=TOOLS) == fault


@pytest.mark.parametrize("call", [{}, {"function": "now"}, {"function": {}}, call_of(None, "{}")])
def test_what_is_no_call_names_no_function(call: dict[str, Any]) -> None:
    assert ToolBox(TOOLS).fault(call) == "The call names no function."


def test_the_definitions_are_those_of_a_request() -> None:
    assert ToolBox(TOOLS).definitions[0] == {
        "type": "function",
        "function": {"name": "weather", "description": "Tells the weather.", "parameters": WEATHER},
    }


def test_parameters_that_are_no_schema_are_refused() -> None:
    with pytest.raises(TextNLPError) as caught:
        ToolBox({"bad": Tool(description="", parameters={"type": "objekt"})})
    assert caught.value.kind is ErrorKind.INVALID_INPUT
    assert caught.value.facts.field == "tools.bad.parameters"


@given(arguments=st.one_of(st.text(), st.text(alphabet='{}[]":,1 '), st.just("[" * 5_000), st.just('"\ud800"')))
def test_any_arguments_are_either_good_or_told_about(arguments: str) -> None:
    fault = ToolBox(TOOLS).fault(call_of("weather", arguments))
    assert fault is not None
    assert fault.endswith(".")


@given(city=st.text(), days=st.integers(1, 9))
def test_arguments_that_satisfy_the_schema_always_pass(city: str, days: int) -> None:
    assert call_fault("weather", json.dumps({"city": city, "days": days}), tools=TOOLS) is None
