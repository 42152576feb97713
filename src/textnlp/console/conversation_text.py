"""Conversations as people type them: a turn begins with who speaks."""

import re
from collections.abc import Sequence

import msgspec

from textnlp.api.schemas.generation import MessageCreate
from textnlp.domain.errors import invalid_input
from textnlp.domain.generation.model import Message, Role

_FIELD = "messages"
_TURN = re.compile(r"^(system|user|assistant|tool):[ \t]*", re.MULTILINE)


def read_conversation(text: str) -> list[MessageCreate]:
    """Read turns that each begin a line with `user:`, `assistant:` or `system:`, or messages as a JSON list.

    Raises `INVALID_INPUT` for a text that is neither, and for a turn in which nothing is said.
    """
    if text.lstrip().startswith("["):
        try:
            return msgspec.json.decode(text, type=list[MessageCreate])
        except (msgspec.DecodeError, RecursionError) as exc:
            raise invalid_input(f"The messages cannot be read: {exc}.", field=_FIELD) from exc
    marks = list(_TURN.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        raise invalid_input("Begin each turn on a line of its own, with user:, assistant: or system:.", field=_FIELD)
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    turns = [(Role(mark.group(1)), text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=True)]
    for role, content in turns:
        if not content:
            raise invalid_input(f"A turn of the {role} says nothing.", field=_FIELD)
    return [MessageCreate(role=role, content=content) for role, content in turns]


def prompt_line(messages: Sequence[Message]) -> str:
    """Return a conversation as one line of a file of prompts: plain text where that says it all, else JSON."""
    only = messages[0].content
    if len(messages) == 1 and messages[0].role is Role.USER and _is_plain(only):
        return only
    turns = [{"role": each.role, "content": each.content} for each in messages]
    return msgspec.json.encode({"messages": turns}).decode()


def _is_plain(text: str) -> bool:
    return len(text.splitlines()) == 1 and text == text.strip() and text[0] not in "{["
