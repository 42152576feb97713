"""Whether a file of conversations can be learnt from.

Rules are those that both providers publish: platform.openai.com/docs/guides/supervised-fine-tuning and
learn.microsoft.com, "Customize a model with fine-tuning". What they refuse is found here before anything is sent, since
there it shows only after the upload, or once a job has waited for its turn.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec

from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError

MIN_TRAINING_EXAMPLES = 10
MAX_FILE_BYTES = 512 << 20
MAX_LINE_BYTES = 16 << 20

_SHOWN_FAULTS = 5
_ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})
_FIELDS = frozenset({"messages", "tools", "parallel_tool_calls", "functions"})
_ASSISTANT = "assistant"
_HINT = 'Each line is {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}]}.'
_decoder = msgspec.json.Decoder()


def count_examples(lines: Iterable[bytes | None], *, name: str, field: str, min_examples: int) -> int:
    """Return how many conversations a file holds; None stands for a line of more than `MAX_LINE_BYTES`.

    `field` is what the file was given as. Raises `INVALID_INPUT` with the first lines that cannot be learnt from, and
    for fewer than `min_examples`. Empty lines do not count.
    """
    count = 0
    faults: list[tuple[int, str]] = []
    others = 0
    for number, line in enumerate(lines, 1):
        if line is not None and not line.strip():
            continue
        count += 1
        if fault := _fault_of(line):
            if len(faults) < _SHOWN_FAULTS:
                faults.append((number, fault))
            else:
                others += 1
    if faults:
        raise _refused(name, faults, others, field)
    if count < min_examples:
        raise TextNLPError(
            f"{name} holds {count} examples, and {min_examples} are needed.",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint=_HINT, field=field),
        )
    return count


def _refused(name: str, faults: list[tuple[int, str]], others: int, field: str) -> TextNLPError:
    shown = "; ".join(f"line {number}: {fault}" for number, fault in faults)
    more = f"; and {others} lines more" if others else ""
    return TextNLPError(
        f"{name} cannot be learnt from: {shown}{more}.",
        kind=ErrorKind.INVALID_INPUT,
        facts=ErrorFacts(hint=_HINT, field=field, line=faults[0][0]),
    )


def _fault_of(line: bytes | None) -> str:
    """Return what is wrong with a line, empty where nothing is."""
    if line is None:
        return f"it has more than {MAX_LINE_BYTES:,} bytes"
    try:
        example: object = _decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as exc:
        return f"it is no JSON ({exc})"
    if not isinstance(example, dict):
        return "it is no object"
    fields = cast("dict[str, Any]", example)
    if strange := sorted(set(fields) - _FIELDS):
        return f"the field {strange[0][:40]!r} is none that a conversation has"
    messages = fields.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages is missing, empty, or no list"
    return _fault_of_messages(cast("list[object]", messages))


def _fault_of_messages(messages: list[object]) -> str:
    for place, message in enumerate(messages):
        if not isinstance(message, dict):
            return f"messages[{place}] is no object"
        if fault := _fault_of_message(cast("dict[str, Any]", message)):
            return f"messages[{place}]{fault}"
    roles = [cast("dict[str, Any]", message)["role"] for message in messages]
    if roles[-1] != _ASSISTANT:
        return "the last message is not the assistant's, so there is no answer to learn"
    if all(cast("dict[str, Any]", each).get("weight") == 0 for each in messages if _is_assistant(each)):
        return "every answer of the assistant has the weight 0"
    return ""


def _is_assistant(message: object) -> bool:
    return cast("dict[str, Any]", message)["role"] == _ASSISTANT


def _fault_of_message(message: Mapping[str, Any]) -> str:
    role, content = message.get("role"), message.get("content")
    if not isinstance(role, str):
        return ".role is missing, or no text"
    if role not in _ROLES:
        return f".role is {role[:40]!r}, and not one of {', '.join(sorted(_ROLES))}"
    weight = message.get("weight")
    if weight is not None and (role != _ASSISTANT or weight not in (0, 1)):
        return ".weight can only be 0 or 1, and only the assistant's messages have one"
    calls = role == _ASSISTANT and (message.get("tool_calls") or message.get("function_call"))
    return "" if calls else _fault_of_content(content)


def _fault_of_content(content: object) -> str:
    if not isinstance(content, str | list):
        return ".content is missing, or no text"
    is_empty = not (content.strip() if isinstance(content, str) else cast("list[object]", content))
    return ".content is empty" if is_empty else ""
