"""Values and their kinds in messages for people."""

from collections.abc import Mapping, Sequence

import msgspec

_SHOWN_CHARACTERS = 60
_SHOWN_VALUES = 10

_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "true or false"),
    (str, "a text"),
    ((int, float), "a number"),
    ((list, tuple), "a list"),
    (Mapping, "an object"),
)


def shown(value: object) -> str:
    """Return a value as JSON for a message, shortened."""
    try:
        text = str(value) if isinstance(value, float) else msgspec.json.encode(value).decode()
    except (TypeError, ValueError, RecursionError, OverflowError):
        text = type(value).__name__
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def shown_choice(values: Sequence[object]) -> str:
    """Return the first of some values, parted by commas."""
    return ", ".join(map(shown, values[:_SHOWN_VALUES])) + (", …" if len(values) > _SHOWN_VALUES else "")


def kind_of(value: object) -> str:
    """Return what a value is in JSON's terms, with its article."""
    return next((name for kinds, name in _KINDS if isinstance(value, kinds)), f"a {type(value).__name__}")


def as_clause(sentence: str) -> str:
    """Return a sentence as it stands within another one."""
    return (sentence[:1].lower() + sentence[1:]).rstrip(".")
