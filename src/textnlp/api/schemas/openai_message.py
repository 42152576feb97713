"""One turn of a conversation, as OpenAI's clients send it."""

from typing import Any, Literal

import msgspec
from msgspec import UNSET

from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.model import Message, Role

_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}


class TextPart(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A part of a message's content."""

    type: Literal["text"]
    text: str


class ChatMessageCreate(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One turn; an assistant's may be an answer of this API sent back as it was.

    Attributes:
        content: a text, or parts that are joined; may be left out where an assistant only called tools.
        refusal: an assistant's refusal, which stands in for its content.
        annotations: not looked at.
    """

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[TextPart] | None = None
    name: str | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None
    refusal: str | None = None
    annotations: list[Any] | None = None
    audio: None = None
    function_call: None = None

    def message(self, *, field: str) -> Message:
        """Return the turn as the domain has it; raise `INVALID_INPUT` below `field` where it does not fit its role."""
        calls = self.tool_calls or None
        if calls is not None and self.role != "assistant":
            raise _misplaced("tool_calls", "assistant", field=field)
        if self.tool_call_id is not None and self.role != "tool":
            raise _misplaced("tool_call_id", "tool", field=field)
        if self.tool_call_id is None and self.role == "tool":
            raise invalid_input("A message of role tool needs tool_call_id.", field=f"{field}.tool_call_id")
        return Message(
            _ROLES[self.role],
            self._text(field=field, may_lack=calls is not None),
            name=UNSET if self.name is None else self.name,
            tool_calls=UNSET if calls is None else tuple(calls),
            tool_call_id=UNSET if self.tool_call_id is None else self.tool_call_id,
        )

    def _text(self, *, field: str, may_lack: bool) -> str:
        content = self.content
        if isinstance(content, str):
            return content
        if content is not None:
            return "".join(part.text for part in content)
        if self.role == "assistant" and self.refusal is not None:
            return self.refusal
        if may_lack:
            return ""
        raise invalid_input(f"{field}.content is missing.", field=f"{field}.content")


def _misplaced(name: str, role: str, *, field: str) -> TextNLPError:
    return invalid_input(f"Only a message of role {role} has {name}.", field=f"{field}.{name}")
