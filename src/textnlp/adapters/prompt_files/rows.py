"""One row of any format, from its fields to what can be asked, or to the reason why it cannot."""

import re
from collections.abc import Mapping
from typing import Any, cast

from textnlp.adapters.prompt_files.conversations import read_conversation
from textnlp.adapters.prompt_files.sampling import PARAMETER_NAMES, nearest_name, read_parameters
from textnlp.domain.batches.model import BadRow, PromptRow
from textnlp.domain.errors import TextNLPError, invalid_input
from textnlp.domain.generation.model import NO_PARAMETERS, Message, Parameters

MAX_ID_CHARACTERS = 512
ROW_FIELDS = ("id", "prompt", "messages", "system", "model", "parameters", *PARAMETER_NAMES)

_CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NAMES = frozenset(ROW_FIELDS)
_NEVER_OVERLOOKED = ("parameters", *(name for name in PARAMETER_NAMES if name not in {"seed", "stop"}))
"""Short names are left out: too many other words are like them."""


def read_row(fields: Mapping[str, Any], *, index: int, line: int, max_characters: int) -> PromptRow | BadRow:
    """Check a row's fields; None counts as not given.

    Sampling parameters may stand in `parameters` or beside the prompt. Fields of other names are the writer's own
    and are ignored, unless they look like a parameter with a slip of the pen, which would change what is asked.
    """
    row_id: str | None = None
    try:
        row_id = _read_id(fields.get("id"))
        _refuse_slips(fields)
        messages = read_conversation(fields, max_characters=max_characters)
        parameters = _read_parameters(fields)
        model = _read_model(fields.get("model"))
    except TextNLPError as error:
        return bad_row(error, index=index, line=line, row_id=row_id)
    return prompt_row(index, line, row_id, messages, parameters=parameters, model=model)


def prompt_row(
    index: int,
    line: int,
    row_id: str | None,
    messages: tuple[Message, ...],
    *,
    parameters: Parameters = NO_PARAMETERS,
    model: str | None = None,
) -> PromptRow:
    """Make a row from parts that were checked; a row without an id is called by its 1-based position."""
    return PromptRow(
        index=index,
        id=str(index + 1) if row_id is None else row_id,
        has_own_id=row_id is not None,
        line=line,
        messages=messages,
        parameters=parameters,
        model=model,
    )


def find_slip(name: str) -> str | None:
    """Return the parameter that `name`, which is none, may have been meant for."""
    return nearest_name(name, _NEVER_OVERLOOKED, likeness=0.8)


def bad_row(error: TextNLPError, *, index: int, line: int, row_id: str | None = None) -> BadRow:
    """Make the row for an input that cannot be asked."""
    return BadRow(
        index=index,
        id=row_id,
        line=line,
        kind=error.kind,
        message=error.full_text,
        field=error.facts.field,
    )


def _read_id(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise invalid_input("id must be a text or a whole number.", field="id")
    if len(value) > MAX_ID_CHARACTERS:
        raise invalid_input(f"id is longer than {MAX_ID_CHARACTERS} characters.", field="id")
    if _CONTROL_CHARACTER.search(value):
        raise invalid_input("id has a control character.", field="id")
    return value


def _read_model(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or _CONTROL_CHARACTER.search(value):
        raise invalid_input("model must be the name of a model.", field="model")
    return value


def _read_parameters(fields: Mapping[str, Any]) -> Parameters:
    nested = fields.get("parameters")
    if nested is not None and not isinstance(nested, dict):
        raise invalid_input("parameters must be an object.", field="parameters")
    inside = {name: value for name, value in cast("dict[str, Any]", nested or {}).items() if value is not None}
    beside = {name: fields[name] for name in PARAMETER_NAMES if fields.get(name) is not None}
    for name, value in beside.items():
        if inside.setdefault(name, value) != value:
            raise invalid_input(f"{name} stands in parameters and beside the prompt, and differs.", field=name)
    return read_parameters(inside) if inside else NO_PARAMETERS


def _refuse_slips(fields: Mapping[str, Any]) -> None:
    for name in fields:
        if name not in _NAMES and (meant := find_slip(name)):
            raise invalid_input(f"{name!r} is not known; did you mean {meant!r}?", field=name)
