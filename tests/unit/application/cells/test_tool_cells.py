from typing import Any

import msgspec

from tests.unit.application.cells.made_cell import contents, made_cell
from textnlp.domain.errors import ErrorKind
from textnlp.domain.generation.model import Completion, EngineCapabilities, FinishReason

WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TRACE: dict[str, Any] = {
    "kind": "tool_calls",
    "prompt": "Is it warm in {{ city }}?",
    "tools": {"weather": {"description": "Tells the weather.", "parameters": WEATHER}},
}
CALLING = EngineCapabilities(calls_tools=True, constrains_to_schema=True)


def calling(arguments: str, *, name: str = "weather") -> Completion:
    call = {"id": "call_a", "type": "function", "function": {"name": name, "arguments": arguments}}
    return Completion(text="", model="m", finish_reason=FinishReason.TOOL_CALLS, tool_calls=(call,))


async def test_a_model_that_calls_tools_is_offered_them_and_a_model_answers_for_them() -> None:
    cell = await made_cell(
        TRACE, calling('{"city":"Rome"}'), "31 degrees", "Yes, 31 degrees.", row={"city": "Rome"}, capabilities=CALLING
    )

    assert [turn["role"] for turn in cell.value] == ["user", "assistant", "tool", "assistant"]
    assert cell.value[2] == {"role": "tool", "tool_call_id": "call_a", "content": "31 degrees"}
    assert cell.value[3]["content"] == "Yes, 31 degrees."


async def test_a_model_without_tools_writes_its_steps_in_the_same_form() -> None:
    step = '{"tool": "weather", "arguments": {"city": "Rome"}}'

    cell = await made_cell(TRACE, step, "31 degrees", '{"answer": "Yes."}', row={"city": "Rome"})

    call = cell.value[1]["tool_calls"][0]
    assert call["function"]["name"] == "weather"
    assert msgspec.json.decode(call["function"]["arguments"]) == {"city": "Rome"}
    assert cell.value[2]["tool_call_id"] == call["id"]
    assert cell.value[3] == {"role": "assistant", "content": "Yes."}
    assert "weather: Tells the weather." in contents(cell)[0][1]


async def test_without_simulation_the_trace_ends_with_the_first_calls() -> None:
    cell = await made_cell(
        {**TRACE, "simulate": False}, '{"tool": "weather", "arguments": {"city": "Rome"}}', row={"city": "Rome"}
    )

    assert [turn["role"] for turn in cell.value] == ["user", "assistant"]
    assert cell.record.calls == 1


async def test_a_call_that_its_schema_refuses_is_no_trace() -> None:
    cell = await made_cell(TRACE, calling('{"town":"Rome"}'), row={"city": "Rome"}, capabilities=CALLING)

    assert cell.error is not None
    assert cell.error.kind is ErrorKind.SCHEMA_MISMATCH


async def test_a_call_of_a_tool_that_there_is_not_is_no_trace() -> None:
    cell = await made_cell(TRACE, calling("{}", name="news"), row={"city": "Rome"}, capabilities=CALLING)

    assert cell.error is not None
    assert "news" in cell.error.message


async def test_after_the_last_round_of_calls_an_answer_is_asked_for() -> None:
    step = '{"tool": "weather", "arguments": {"city": "Rome"}}'

    cell = await made_cell({**TRACE, "max_calls": 1}, step, "31", '{"answer": "Warm."}', row={"city": "Rome"})

    assert cell.value[-1] == {"role": "assistant", "content": "Warm."}
    assert contents(cell)[-1] == ("user", "No more calls are possible. Answer with what you know.")
