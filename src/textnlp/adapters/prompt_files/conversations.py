"""Prompts and conversations as people write them, checked."""

from collections.abc import Mapping
from typing import Any, cast

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input
from textnlp.domain.generation.model import Message, Role

DEFAULT_MAX_PROMPT_CHARACTERS = 1_000_000

_ROLES = {role.value: role for role in Role} | {"developer": Role.SYSTEM}


def read_conversation(fields: Mapping[str, Any], *, max_characters: int) -> tuple[Message, ...]:
    """Return the messages that `prompt` or `messages`, and `system`, stand for.

    Raises `INVALID_INPUT` with the field that is wrong, `TOO_LARGE` when all texts together have more than
    `max_characters`.
    """
    prompt, messages, system = fields.get("prompt"), fields.get("messages"), fields.get("system")
    if prompt is not None and messages is not None:
        raise invalid_input("The row has both prompt and messages: give one of them.", field="messages")
    if prompt is not None:
        conversation = [Message(Role.USER, _text(prompt, "prompt"))]
    elif messages is not None:
        conversation = _read_messages(messages)
    else:
        raise invalid_input(f"The row has no prompt and no messages{_among(fields)}.", field="prompt")
    if system is not None:
        if conversation[0].role is Role.SYSTEM:
            raise invalid_input("The row has system, and a system message too: give one of them.", field="system")
        conversation.insert(0, Message(Role.SYSTEM, _text(system, "system")))
    if not conversation[-1].content.strip():
        raise invalid_input("The prompt is empty.", field="prompt" if prompt is not None else "messages")
    return _within(conversation, max_characters)


def _read_messages(messages: Any) -> list[Message]:
    if not isinstance(messages, list | tuple):
        raise invalid_input("messages must be a list.", field="messages")
    if not messages:
        raise invalid_input("messages is empty.", field="messages")
    listed = cast("list[Any]", messages)
    return [_read_message(message, f"messages[{place}]") for place, message in enumerate(listed)]


def _read_message(message: Any, field: str) -> Message:
    if not isinstance(message, dict):
        raise invalid_input(f"{field} must be an object with role and content.", field=field)
    parts = cast("dict[str, Any]", message)
    role = parts.get("role")
    if not isinstance(role, str) or role not in _ROLES:
        raise invalid_input(f"{field}.role must be one of {', '.join(_ROLES)}.", field=f"{field}.role")
    if parts.get("tool_calls") or parts.get("function_call"):
        raise invalid_input(f"{field} calls a tool, which is not supported.", field=f"{field}.tool_calls")
    return Message(_ROLES[role], _read_content(parts.get("content"), f"{field}.content"))


def _read_content(content: Any, field: str) -> str:
    """Return a text; OpenAI's list of parts is joined where all of them are text."""
    if not isinstance(content, list):
        return _text(content, field)
    texts: list[str] = []
    for part in cast("list[Any]", content):
        kind = cast("dict[str, Any]", part).get("type") if isinstance(part, dict) else None
        if kind != "text":
            raise invalid_input(f"{field} has a part that is not text, which is not supported.", field=field)
        texts.append(_text(cast("dict[str, Any]", part).get("text"), field))
    return "".join(texts)


def _text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise invalid_input(f"{field} must be a text, not {_kind(value)}.", field=field)
    if "\0" in value:
        raise invalid_input(f"{field} has a NUL character (U+0000).", field=field)
    return value


def _within(conversation: list[Message], max_characters: int) -> tuple[Message, ...]:
    characters = sum(len(message.content) for message in conversation)
    if characters > max_characters:
        raise TextNLPError(
            f"The prompt has {characters:,} characters, the limit is {max_characters:,}.",
            kind=ErrorKind.TOO_LARGE,
            facts=ErrorFacts(field="prompt"),
        )
    return tuple(conversation)


def _among(fields: Mapping[str, Any]) -> str:
    """Name what the row has instead, in short."""
    names = [name[:30] for name in fields][:8]
    return f"; it has {', '.join(names)}" if names else ""


def _kind(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "a number" if isinstance(value, int | float) else "an object" if isinstance(value, dict) else "a list"
