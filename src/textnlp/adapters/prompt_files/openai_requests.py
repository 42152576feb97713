"""A line of OpenAI's batch format: custom_id, method, url, and the body of the call."""

from collections.abc import Mapping
from typing import Any, cast

from textnlp.adapters.prompt_files.sampling import PARAMETER_NAMES, nearest_name
from textnlp.domain.errors import TextNLPError, invalid_input

CHAT_COMPLETIONS = "/v1/chat/completions"

_WITHOUT_EFFECT = frozenset({"user", "metadata", "store", "service_tier", "stream", "stream_options"})
"""What does not change the completion of a batch."""

_DEFAULTS: dict[str, Any] = {
    "n": 1,
    "logprobs": False,
    "tools": [],
    "tool_choice": "none",
    "response_format": {"type": "text"},
}
"""What is accepted with this one value, because it asks for nothing."""


def is_openai_request(fields: Mapping[str, Any]) -> bool:
    """Tell whether a JSON object is meant as a line of OpenAI's batch format."""
    return "body" in fields and "prompt" not in fields and "messages" not in fields


def openai_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that a row of our own format would have.

    Raises `INVALID_INPUT` for another call than a chat completion, and for anything in its body that would have to be
    left out.
    """
    if fields.get("method") not in {None, "POST"}:
        raise invalid_input("method must be POST.", field="method")
    if fields.get("url") not in {None, CHAT_COMPLETIONS}:
        raise invalid_input(f"url must be {CHAT_COMPLETIONS}: other calls are not supported.", field="url")
    if not isinstance(fields["body"], dict):
        raise invalid_input("body must be an object.", field="body")
    body = cast("dict[str, Any]", fields["body"])
    for name, value in body.items():
        if name not in {"messages", "model", *PARAMETER_NAMES} and name not in _WITHOUT_EFFECT and value is not None:
            _require_default(name, value)
    return {
        "id": fields.get("custom_id"),
        "messages": body.get("messages"),
        "model": body.get("model"),
        "parameters": {name: body[name] for name in PARAMETER_NAMES if name in body},
    }


def _require_default(name: str, value: Any) -> None:
    if name in _DEFAULTS:
        if value != _DEFAULTS[name]:
            raise _unsupported(name, f"anything but {_DEFAULTS[name]!r} is not supported.")
        return
    nearest = nearest_name(name, PARAMETER_NAMES)
    raise _unsupported(name, f"did you mean {nearest!r}?" if nearest else "it is not supported.")


def _unsupported(name: str, reason: str) -> TextNLPError:
    return invalid_input(f"body.{name[:60]}: {reason}", field=f"body.{name[:60]}")
