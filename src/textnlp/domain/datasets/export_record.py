"""A row of a dataset in a further form."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from textnlp.domain.datasets.export_plan import ExportPlan

_ROLES = ("system", "user", "assistant", "tool")
_SHAREGPT = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}


class Unfit(Exception):  # noqa: N818  a reason about a row, not an error of the program
    """Why a row cannot be written in a form, as a sentence."""


def export_record(plan: ExportPlan, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row in the plan's form; raises `Unfit` saying why it does not fit.

    `chatml` is `{id, messages}` and `openai` `{messages}`, both with `tools` where there are some; `sharegpt` is
    `{id, conversations}` of `{from, value}`, calls of tools as `function_call` and their results as `observation`;
    `alpaca` is `{instruction, input, output}`; `dpo` is `{prompt, chosen, rejected}`, conversations where the columns
    hold such or there is a system prompt. The other forms hold the columns as they are.
    """
    if plan.format == "alpaca":
        return _alpaca(plan, row)
    if plan.format == "dpo":
        return _preference(plan, row)
    if plan.format in {"csv", "huggingface"}:
        return {field: row.get(column) for field, column in plan.sources.items()}
    messages = _messages(plan, row)
    if plan.format == "sharegpt":
        turns = [turn for message in messages for turn in _turns(message)]
        record: dict[str, Any] = {"id": row["id"], "conversations": turns}
        return {**record, "tools": msgspec.json.encode(plan.tools).decode()} if plan.tools else record
    if plan.format == "openai" and messages[-1]["role"] != "assistant":
        raise Unfit("the last turn is not the assistant's, which fine-tuning learns")
    record = {"messages": messages}
    if plan.format == "chatml":
        record = {"id": row["id"], **record}
    return {**record, "tools": list(plan.tools)} if plan.tools else record


def _alpaca(plan: ExportPlan, row: Mapping[str, Any]) -> dict[str, Any]:
    record = {
        "instruction": _text(plan, row, "instruction"),
        "input": _text(plan, row, "input", may_be_empty=True),
        "output": _text(plan, row, "output"),
    }
    if "system" in plan.sources:
        record["system"] = _text(plan, row, "system", may_be_empty=True)
    return record


def _preference(plan: ExportPlan, row: Mapping[str, Any]) -> dict[str, Any]:
    chosen, rejected = (row.get(plan.sources[field]) for field in ("chosen", "rejected"))
    if chosen == rejected:
        raise Unfit("chosen and rejected are the same")
    system = _text(plan, row, "system", may_be_empty=True) if "system" in plan.sources else ""
    prompt = row.get(plan.sources["prompt"])
    if not (system or any(isinstance(value, list) for value in (prompt, chosen, rejected))):
        return {field: _text(plan, row, field) for field in ("prompt", "chosen", "rejected")}
    opening = _checked(prompt) if isinstance(prompt, list) else [_message("user", _text(plan, row, "prompt"))]
    if system and opening[0]["role"] != "system":
        opening.insert(0, _message("system", system))
    answers = {
        field: _checked(value) if isinstance(value, list) else [_message("assistant", _text(plan, row, field))]
        for field, value in (("chosen", chosen), ("rejected", rejected))
    }
    return {"prompt": opening, **answers}


def _messages(plan: ExportPlan, row: Mapping[str, Any]) -> list[dict[str, Any]]:
    if "messages" in plan.sources:
        messages = _checked(row.get(plan.sources["messages"]))
    else:
        system = _text(plan, row, "system", may_be_empty=True) if "system" in plan.sources else ""
        messages = [_message("system", system)] if system else []
        messages += [_message("user", _text(plan, row, "instruction"))]
        messages += [_message("assistant", _text(plan, row, "output"))]
    if not any(message["role"] == "assistant" for message in messages):
        raise Unfit("there is no turn of the assistant's")
    return messages


def _checked(value: Any) -> list[dict[str, Any]]:
    """Return messages in OpenAI's form, with nothing in them that the form does not have."""
    if not isinstance(value, list) or not value:
        raise Unfit("there are no messages")
    return [_checked_message(item, place) for place, item in enumerate(cast("list[Any]", value))]


def _checked_message(item: Any, place: int) -> dict[str, Any]:
    message: dict[str, Any] = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
    role, content, calls = message.get("role"), message.get("content"), message.get("tool_calls")
    if role not in _ROLES:
        raise Unfit(f"message {place} has no role that is known")
    if content is not None and not isinstance(content, str):
        raise Unfit(f"message {place} is no text")
    kept: dict[str, Any] = {"role": role, "content": content or ""}
    if calls:
        if not isinstance(calls, list) or not all(_is_call(call) for call in cast("list[Any]", calls)):
            raise Unfit(f"message {place} calls tools in another form than OpenAI's")
        kept["tool_calls"] = calls
    elif not content and role != "tool":
        raise Unfit(f"message {place} is empty")
    if role == "tool":
        if not message.get("tool_call_id"):
            raise Unfit(f"message {place} answers no call")
        kept["tool_call_id"] = message["tool_call_id"]
    if message.get("name"):
        kept["name"] = message["name"]
    return kept


def _is_call(call: Any) -> bool:
    function: Any = cast("dict[str, Any]", call).get("function") if isinstance(call, dict) else None
    return isinstance(function, dict) and isinstance(cast("dict[str, Any]", function).get("name"), str)


def _turns(message: dict[str, Any]) -> list[dict[str, Any]]:
    turns = [{"from": _SHAREGPT[message["role"]], "value": message["content"]}]
    if "tool_calls" not in message:
        return turns
    calls = [
        {"name": call["function"]["name"], "arguments": _arguments(call["function"].get("arguments"))}
        for call in message["tool_calls"]
    ]
    called = {"from": "function_call", "value": msgspec.json.encode(calls if len(calls) > 1 else calls[0]).decode()}
    return [*turns, called] if message["content"] else [called]


def _arguments(value: Any) -> Any:
    if not isinstance(value, str):
        return value or {}
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value


def _text(plan: ExportPlan, row: Mapping[str, Any], field: str, *, may_be_empty: bool = False) -> str:
    """Return the text of a field; numbers, lists and objects are written as JSON."""
    value = row.get(plan.sources[field]) if field in plan.sources else None
    text = value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()
    if not text.strip() and not may_be_empty:
        raise Unfit(f"{field} is empty")
    return text


def _message(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": content}
