"""The lines of `generations.jsonl` and `errors.jsonl`, without their line ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from typing import Any, cast

import msgspec

from textnlp.domain.batches.model import RowState
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.filter_verdict import FilterVerdict
from textnlp.domain.generation.model import Completion, FinishReason, JsonObject, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceRecord:
    """One more answer to the same row."""

    text: str
    finish_reason: FinishReason
    tool_calls: tuple[JsonObject, ...] = ()
    logprobs: JsonObject | None = None
    verdicts: tuple[FilterVerdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptedRecord:
    """A line of `generations.jsonl`; what has a default stands there only in batches of chat completions.

    Attributes:
        usage: tokens of all choices together.
        attempts: calls made for the answer, the last one included.
        created: seconds since 1970 at which it was answered.
        tool_calls: what the model calls, in OpenAI's form.
        logprobs: log probabilities, in OpenAI's form.
        more: the second answer and those after it, where several were asked for.
        deployment: the one that answered, there only where the model is an alias of several.
        verdicts: what the provider's content filter found, there only where it found something.
    """

    id: str
    text: str
    model: str
    finish_reason: FinishReason
    usage: Usage
    attempts: int
    created: int | None = None
    tool_calls: tuple[JsonObject, ...] = ()
    logprobs: JsonObject | None = None
    more: tuple[ChoiceRecord, ...] = ()
    deployment: str | None = None
    verdicts: tuple[FilterVerdict, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecord:
    """A line of `errors.jsonl`.

    Attributes:
        line: 1-based line in the input file.
        row: 0-based position among all rows of the input.
        attempts: calls made for the row; 0 for a row that never could be asked.
        verdicts: what the provider's content filter found, there only where it found something.
    """

    id: str
    line: int
    row: int
    state: RowState
    code: ErrorKind
    message: str
    attempts: int
    verdicts: tuple[FilterVerdict, ...] = ()


_ENCODER = msgspec.json.Encoder()
_ACCEPTED = msgspec.json.Decoder(AcceptedRecord)
_FAILED = msgspec.json.Decoder(FailedRecord)


def accepted_record(row_id: str, completion: Completion) -> bytes:
    """Return the line of `generations.jsonl` for a row and its answer.

    Half characters (lone surrogates), which no UTF-8 file can hold, become question marks.
    """
    line: dict[str, Any] = {
        "id": row_id,
        "text": completion.text,
        "model": completion.model,
        "finish_reason": completion.finish_reason,
        "usage": completion.usage,
        "attempts": completion.attempts,
    }
    if completion.deployment:
        line["deployment"] = completion.deployment
    if completion.verdicts:
        line["verdicts"] = completion.verdicts
    try:
        return _ENCODER.encode(line)
    except UnicodeEncodeError:
        return _ENCODER.encode({**line, "text": _whole(completion.text), "model": _whole(completion.model)})


def chat_record(row_id: str, completions: Sequence[Completion], *, answered_at: datetime) -> bytes:
    """Return the line of `generations.jsonl` for a row that asked for one chat completion of one or more choices."""
    first, *more = completions
    line: dict[str, Any] = {
        "id": row_id,
        "text": first.text,
        "model": first.model,
        "finish_reason": first.finish_reason,
        "usage": reduce(Usage.plus, (each.usage for each in completions)),
        "attempts": sum(each.attempts for each in completions),
        "created": int(answered_at.timestamp()),
        **_beside(first),
    }
    if first.deployment:
        line["deployment"] = first.deployment
    if more:
        line["more"] = [{"text": each.text, "finish_reason": each.finish_reason, **_beside(each)} for each in more]
    try:
        return _ENCODER.encode(line)
    except UnicodeEncodeError:
        return _ENCODER.encode(_wholly(line))


def _beside(completion: Completion) -> dict[str, Any]:
    """Return what a completion has besides its text, where it has it."""
    told: dict[str, Any] = {
        "tool_calls": completion.tool_calls,
        "logprobs": completion.logprobs,
        "verdicts": completion.verdicts,
    }
    return {name: value for name, value in told.items() if value}


def failed_record(  # noqa: PLR0913  one argument a field, each a fact of its own
    *,
    row_id: str,
    line: int,
    row_index: int,
    state: RowState,
    code: ErrorKind,
    message: str,
    attempts: int,
    verdicts: tuple[FilterVerdict, ...] = (),
) -> bytes:
    """Return the line of `errors.jsonl` for a row that was rejected or failed, half characters as question marks."""
    record: dict[str, Any] = {
        "id": _whole(row_id),
        "line": line,
        "row": row_index,
        "state": state,
        "code": code,
        "message": _whole(message),
        "attempts": attempts,
    }
    return _ENCODER.encode({**record, "verdicts": verdicts} if verdicts else record)


def parse_accepted(lines: bytes) -> list[AcceptedRecord]:
    """Read lines of `generations.jsonl`; raise `INTERNAL` when one is none."""
    try:
        return _ACCEPTED.decode_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _unreadable(exc) from exc


def parse_failed(lines: bytes) -> list[FailedRecord]:
    """Read lines of `errors.jsonl`; raise `INTERNAL` when one is none."""
    try:
        return _FAILED.decode_lines(lines)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise _unreadable(exc) from exc


def _wholly(value: Any) -> Any:
    """Replace half characters in every text of a JSON value."""
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, dict):
        return {_whole(key): _wholly(inner) for key, inner in cast("dict[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [_wholly(inner) for inner in cast("list[Any]", value)]
    return value


def _whole(text: str) -> str:
    return text.encode(errors="replace").decode()


def _unreadable(exc: Exception) -> TextNLPError:
    return TextNLPError(f"A stored record cannot be read: {exc}.", kind=ErrorKind.INTERNAL)
