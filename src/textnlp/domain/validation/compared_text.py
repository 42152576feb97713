"""What rows are compared by."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


def compared_text(row: Mapping[str, Any], columns: Sequence[str]) -> str | None:
    """Return the values of columns, one a line and what is no text as JSON; None where nothing but space is.

    A row without a text repeats no other.
    """
    text = "\n".join(_text(row.get(column)) for column in columns)
    return text if text.strip() else None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value, enc_hook=str, order="sorted").decode()
    except UnicodeEncodeError:
        # Halves of surrogate pairs have no UTF-8; here they become escapes.
        return json.dumps(value, default=str, sort_keys=True, separators=(",", ":"))
