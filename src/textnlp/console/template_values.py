"""Values for the variables of a template, as a form gives them."""

from collections.abc import Mapping
from typing import Any

import msgspec

PREFIX = "variable:"
"""Begins the name of the field of a variable."""


def split_values(fields: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values of variables, by name, and the other fields.

    Numbers, lists, objects, `true` and `false` are read as in JSON; everything else is text.
    """
    values = {name.removeprefix(PREFIX): read_value(text) for name, text in fields.items() if name.startswith(PREFIX)}
    return values, {name: text for name, text in fields.items() if not name.startswith(PREFIX)}


def read_value(text: str) -> Any:
    """Return what a text says in JSON, or the text itself; one in quotes is text without them."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return text
