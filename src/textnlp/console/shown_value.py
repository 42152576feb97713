"""Values of rows as people read them: texts as they are, everything else as JSON."""

from typing import Any

import msgspec

from textnlp.console.formats import NOTHING

_MOST_CELL_CHARACTERS = 160
_MOST_CHARACTERS = 100_000


def shown_value(value: Any, most_characters: int = _MOST_CHARACTERS) -> str:
    """Return a whole value, what is very long cut."""
    return _cut(_text(value, indent=2), most_characters)


def shown_cell(value: Any) -> str:
    """Return the beginning of a value, in one line."""
    text = _text(value, indent=None)
    return _cut(" ".join(text[: 4 * _MOST_CELL_CHARACTERS].split()), _MOST_CELL_CHARACTERS)


def _text(value: Any, *, indent: int | None) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    encoded = msgspec.json.encode(value)
    return (encoded if indent is None else msgspec.json.format(encoded, indent=indent)).decode()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
