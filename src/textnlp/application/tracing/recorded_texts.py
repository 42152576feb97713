"""Prompts and completions as a span records them, where the settings ask for it."""

from collections.abc import Callable, Sequence

import msgspec

from textnlp.domain.generation.model import Message

Redaction = Callable[[str], str]
"""Takes personal data and secrets out of a text."""

_LONGEST_TEXT = 2_000


def recorded_prompt(messages: Sequence[Message], *, redact: Redaction) -> str:
    """Return a conversation as `gen_ai.input.messages` has it: JSON, each text redacted and then cut."""
    return _written([(message.role.value, message.content) for message in messages], redact)


def recorded_completion(text: str, *, finish_reason: str, redact: Redaction) -> str:
    """Return a completion as `gen_ai.output.messages` has it."""
    return _written([("assistant", text)], redact, finish_reason=finish_reason)


def _written(turns: Sequence[tuple[str, str]], redact: Redaction, **told: str) -> str:
    messages = [
        {"role": role, "parts": [{"type": "text", "content": redact(text)[:_LONGEST_TEXT]}], **told}
        for role, text in turns
    ]
    return msgspec.json.encode(messages).decode()
