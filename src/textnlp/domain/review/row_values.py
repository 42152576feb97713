"""Values of a row by the path of their column."""

from collections.abc import Mapping
from typing import Any, cast


def value_at(row: Mapping[str, Any], path: str) -> Any:
    """Return what stands at `path`, whose full stops lead into objects; None where nothing does.

    A column whose own name has full stops comes before a path.
    """
    if path in row:
        return row[path]
    found: Any = row
    for part in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = cast("Mapping[str, Any]", found).get(part)
    return found


def text_at(row: Mapping[str, Any], path: str) -> str | None:
    """Return the text at `path`; None where there is none."""
    value = value_at(row, path)
    return value if isinstance(value, str) else None


def number_at(row: Mapping[str, Any], path: str) -> float | None:
    """Return the number at `path`; None where there is none. An object with a `score` counts as its score."""
    value = value_at(row, path)
    if isinstance(value, Mapping):
        value = cast("Mapping[str, Any]", value).get("score")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
