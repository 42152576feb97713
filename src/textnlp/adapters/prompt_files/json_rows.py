"""Rows written as JSON: a text, an object with a prompt, or a request of OpenAI's batch format."""

import functools
import re
from typing import Annotated, Any, Literal, cast

import msgspec

from textnlp.adapters.prompt_files.limits import RowLimits
from textnlp.adapters.prompt_files.openai_requests import is_openai_request, openai_fields
from textnlp.adapters.prompt_files.rows import MAX_ID_CHARACTERS, bad_row, prompt_row, read_row
from textnlp.adapters.prompt_files.sampling import INT64, MOST_TOKENS
from textnlp.adapters.prompt_files.text_lines import not_utf8
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.model import NO_PARAMETERS, Message, Parameters, Role

_Penalty = Annotated[float, msgspec.Meta(ge=-2, le=2)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_ID_CHARACTERS)]


class _PlainSampling(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    temperature: Annotated[float, msgspec.Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, msgspec.Meta(gt=0, le=1)] | None = None
    max_tokens: Annotated[int, msgspec.Meta(ge=1, le=MOST_TOKENS)] | None = None
    seed: Annotated[int, msgspec.Meta(ge=-INT64, le=INT64 - 1)] | None = None
    frequency_penalty: _Penalty | None = None
    presence_penalty: _Penalty | None = None


class _PlainBody(_PlainSampling, gc=False, forbid_unknown_fields=True, kw_only=True):
    model: _Name | None = None
    messages: tuple[Message, ...]


class _PlainLine(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """What most lines look like; a line that does not fit takes the careful way, whatever is wrong with it."""

    id: _Name | None = None
    prompt: str | None = None
    messages: tuple[Message, ...] | None = None
    parameters: _PlainSampling | None = None
    model: _Name | None = None
    custom_id: _Name | None = None
    method: Literal["POST"] | None = None
    url: Literal["/v1/chat/completions"] | None = None
    body: _PlainBody | None = None


_PLAIN_LINE = msgspec.json.Decoder(_PlainLine)
_ANYTHING = msgspec.json.Decoder()
_BYTE = re.compile(r"\(byte (\d+)\)")


def read_json_row(raw: bytes, *, index: int, line: int, limits: RowLimits) -> PromptRow | BadRow:
    """Read one JSON value as a row.

    What can be checked while it is decoded is; everything else is decoded once more and looked at field by field, so
    that the common rows cost little and the others get a message that names the fault.
    """
    try:
        row = _plain_row(_PLAIN_LINE.decode(raw), index, line, limits.max_characters)
    except (msgspec.DecodeError, UnicodeDecodeError):
        row = None
    return row or _read_carefully(raw, index=index, line=line, limits=limits)


def json_fault(exc: msgspec.DecodeError, raw: bytes) -> tuple[str, int]:
    """Return what is wrong with JSON text, and the byte at which it is."""
    found = _BYTE.search(str(exc))
    reason = _BYTE.sub("", str(exc)).removeprefix("JSON is malformed: ").strip()
    return reason, int(found[1]) if found else len(raw)


def _plain_row(plain: _PlainLine, index: int, line: int, max_characters: int) -> PromptRow | None:
    """Return the row, or None where it needs a second look."""
    row_id, prompt, messages, body = plain.id, plain.prompt, plain.messages, plain.body
    sampling, model = plain.parameters, plain.model
    if body is not None:
        if not (row_id is prompt is messages is sampling is model is None):
            return None
        row_id, messages, sampling, model = plain.custom_id, body.messages, body, body.model
    elif not (plain.custom_id is plain.method is plain.url is None):
        return None
    if prompt is not None and messages is None:
        messages = (Message(Role.USER, prompt),)
    elif prompt is not None or not messages:
        return None
    if not _is_plain(messages, max_characters) or not (row_id or "x").isprintable() or not (model or "x").isprintable():
        return None
    parameters = NO_PARAMETERS if sampling is None else _parameters(sampling)
    return prompt_row(index, line, row_id, messages, parameters=parameters, model=model)


def _is_plain(messages: tuple[Message, ...], max_characters: int) -> bool:
    characters = 0
    for message in messages:
        if "\0" in message.content:
            return False
        characters += len(message.content)
    return characters <= max_characters and bool(messages[-1].content.strip())


def _parameters(sampling: _PlainSampling) -> Parameters:
    return _shared_parameters(
        sampling.temperature,
        sampling.top_p,
        sampling.max_tokens,
        sampling.seed,
        sampling.frequency_penalty,
        sampling.presence_penalty,
    )


@functools.lru_cache(maxsize=1024)
def _shared_parameters(
    temperature: float | None,
    top_p: float | None,
    max_tokens: int | None,
    seed: int | None,
    frequency_penalty: float | None,
    presence_penalty: float | None,
) -> Parameters:
    """Make one value for all rows that say the same, as most rows of a file do."""
    parameters = Parameters(
        temperature=temperature,
        top_p=top_p,
        max_tokens=max_tokens,
        seed=seed,
        frequency_penalty=frequency_penalty,
        presence_penalty=presence_penalty,
    )
    return NO_PARAMETERS if parameters == NO_PARAMETERS else parameters


def _read_carefully(raw: bytes, *, index: int, line: int, limits: RowLimits) -> PromptRow | BadRow:
    row_id: str | None = None
    try:
        fields = _fields_of(raw)
        if is_openai_request(fields):
            custom_id = fields.get("custom_id")
            row_id = custom_id if isinstance(custom_id, str) else None
            fields = openai_fields(fields)
    except TextNLPError as error:
        return bad_row(error, index=index, line=line, row_id=row_id)
    return read_row(fields, index=index, line=line, max_characters=limits.max_characters)


def _fields_of(raw: bytes) -> dict[str, Any]:
    if b"\0" in raw:
        raise invalid_input("The row has a NUL byte.")
    try:
        value = _ANYTHING.decode(raw)
    except UnicodeDecodeError as exc:
        raise not_utf8(exc) from exc
    except RecursionError as exc:
        raise invalid_input("The row is nested too deeply.") from exc
    except msgspec.DecodeError as exc:
        reason, byte = json_fault(exc, raw)
        column = len(raw[:byte].decode(errors="replace")) + 1
        raise invalid_input(f"The row is not valid JSON: {reason}, column {column}.") from exc
    if isinstance(value, str):
        return {"prompt": value}
    if not isinstance(value, dict):
        raise invalid_input('The row must be an object such as {"prompt": "..."}.')
    return cast("dict[str, Any]", value)
