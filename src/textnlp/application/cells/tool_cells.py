"""Cells that are traces of calls to tools."""

from collections.abc import Mapping
from typing import Any

import msgspec

from textnlp.application.cells.cell_asker import CellAsker, conversation, require_whole
from textnlp.application.cells.prompt_cells import Prompt
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.generation.model import JsonObject, Message, Role
from textnlp.domain.recipes.model_columns import ToolCallsColumn
from textnlp.domain.recipes.tool_trace import ToolBox

Row = Mapping[str, Any]

_ANSWER = "answer"
_STEP = (
    "You can call these tools:\n{tools}\nReply with one JSON object: either a call, "
    '{{"tool": NAME, "arguments": {{…}}}}, or, when you know enough, {{"answer": TEXT}}.'
)


class Tools:
    """The tools of a column, compiled, and the form of a step for models that do not call tools themselves."""

    def __init__(self, column: ToolCallsColumn) -> None:
        self.box = ToolBox(column.tools)
        calls = [
            {
                "type": "object",
                "properties": {"tool": {"const": name}, "arguments": tool.parameters},
                "required": ["tool", "arguments"],
                "additionalProperties": False,
            }
            for name, tool in column.tools.items()
        ]
        answer = {
            "type": "object",
            "properties": {_ANSWER: {"type": "string", "minLength": 1}},
            "required": [_ANSWER],
            "additionalProperties": False,
        }
        self.step_schema: dict[str, Any] = {"anyOf": [*calls, answer]}
        self.call_schema: dict[str, Any] = {"anyOf": calls}
        self.answer_schema: dict[str, Any] = answer
        self.text = "\n".join(
            f"- {name}: {tool.description} Arguments: {msgspec.json.encode(tool.parameters).decode()}"
            for name, tool in column.tools.items()
        )


async def trace_calls(
    column: ToolCallsColumn, prompt: Prompt, tools: Tools, row: Row, asker: CellAsker
) -> list[dict[str, Any]]:
    """Return a trace as messages in OpenAI's form, of `max_calls` rounds of calls at most.

    A model that calls tools is offered them; another one writes its steps as JSON. With `simulate` a model answers for
    the tools and the trace ends with an answer; else it ends with the first calls. Raises `SCHEMA_MISMATCH` for a call
    of a tool that there is not, or with arguments that its schema refuses.
    """
    asked = prompt.messages(row)
    trace: list[dict[str, Any]] = [{"role": each.role.value, "content": each.content} for each in asked]
    writes_steps = not asker.engine(column.model).capabilities.calls_tools
    for number in range(column.max_calls):
        step = _written_step if writes_steps else _called_step
        turn = await step(column, tools, trace, asker, must_call=number == 0)
        trace.append(turn)
        calls: list[dict[str, Any]] = turn.get("tool_calls", [])
        if not calls:
            return trace
        for call in calls:
            if (fault := tools.box.fault(call)) is not None:
                raise TextNLPError(fault, kind=ErrorKind.SCHEMA_MISMATCH)
        if not column.simulate:
            return trace
        for call in calls:
            content = await _simulated(column, trace, call, asker)
            trace.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    trace.append({"role": "assistant", "content": await _last_answer(column, tools, trace, asker)})
    return trace


async def _called_step(
    column: ToolCallsColumn, tools: Tools, trace: list[dict[str, Any]], asker: CellAsker, *, must_call: bool
) -> dict[str, Any]:
    request = asker.request(
        _as_messages(trace),
        alias=column.model,
        tools=tools.box.definitions,
        tool_choice="required" if must_call else None,
    )
    completion = require_whole(await asker.engine(column.model).generate(request))
    if not completion.tool_calls:
        return {"role": "assistant", "content": completion.text}
    return {
        "role": "assistant",
        "content": completion.text,
        "tool_calls": [dict(each) for each in completion.tool_calls],
    }


async def _written_step(
    column: ToolCallsColumn, tools: Tools, trace: list[dict[str, Any]], asker: CellAsker, *, must_call: bool
) -> dict[str, Any]:
    schema = tools.call_schema if must_call else tools.step_schema
    messages = _as_plain_messages(trace, _STEP.format(tools=tools.text))
    step = await asker.ask_json(messages, alias=column.model, schema=schema)
    if _ANSWER in step:
        return {"role": "assistant", "content": step[_ANSWER]}
    number = sum(len(turn.get("tool_calls", ())) for turn in trace)
    arguments = msgspec.json.encode(step["arguments"]).decode()
    call = {
        "id": f"call_{number}",
        "type": "function",
        "function": {"name": step["tool"], "arguments": arguments},
    }
    return {"role": "assistant", "content": "", "tool_calls": [call]}


async def _simulated(column: ToolCallsColumn, trace: list[dict[str, Any]], call: JsonObject, asker: CellAsker) -> str:
    """Return what a model thinks that the tool would return."""
    name, arguments = call["function"]["name"], call["function"]["arguments"]
    tool = column.tools[name]
    returned = tool.returns or "a short, plausible result as JSON"
    system = f"You stand in for the tool {name}: {tool.description} It returns {returned}. Write only what it returns."
    wanted = next((each["content"] for each in trace if each["role"] == "user"), "")
    told = f"The request that it helps with: {wanted}\nIt is called with {arguments}."
    completion = await asker.ask(conversation(told, system=system), alias=column.model, allow_truncated=True)
    return completion.text.strip()


async def _last_answer(column: ToolCallsColumn, tools: Tools, trace: list[dict[str, Any]], asker: CellAsker) -> str:
    told = "No more calls are possible. Answer with what you know."
    messages = [*_as_plain_messages(trace, _STEP.format(tools=tools.text)), Message(Role.USER, told)]
    answer = await asker.ask_json(messages, alias=column.model, schema=tools.answer_schema)
    return answer[_ANSWER]


def _as_messages(trace: list[dict[str, Any]]) -> list[Message]:
    messages: list[Message] = []
    for turn in trace:
        role, content = Role(turn["role"]), turn["content"]
        if "tool_calls" in turn:
            messages.append(Message(role, content, tool_calls=tuple(turn["tool_calls"])))
        elif "tool_call_id" in turn:
            messages.append(Message(role, content, tool_call_id=turn["tool_call_id"]))
        else:
            messages.append(Message(role, content))
    return messages


def _as_plain_messages(trace: list[dict[str, Any]], told: str) -> list[Message]:
    """Return the trace for a model that knows no tools: calls as the JSON that it wrote, results as a user's turns."""
    system = next((turn["content"] for turn in trace if turn["role"] == "system"), "")
    messages = [Message(Role.SYSTEM, f"{system}\n\n{told}".strip())]
    for turn in trace:
        if turn["role"] == "tool":
            messages.append(Message(Role.USER, f"The tool returned: {turn['content']}"))
        elif "tool_calls" in turn:
            call = turn["tool_calls"][0]["function"]
            messages.append(Message(Role.ASSISTANT, f'{{"tool":"{call["name"]}","arguments":{call["arguments"]}}}'))
        elif turn["role"] != "system":
            messages.append(Message(Role(turn["role"]), turn["content"]))
    return messages
