"""Under which names columns are written."""

from collections.abc import Collection, Mapping
from typing import Any

ROW_ID = "id"
_STEPS = frozenset({"filter", "subsample"})


def column_key(name: str) -> str:
    """Return the name of a column in the files: `id` is the row's own, and columns `id`, `id_`, … get one more `_`."""
    return f"{name}_" if name.rstrip("_") == ROW_ID else name


def recipe_columns(recipe: Mapping[str, Any], *, dropped: Collection[str]) -> list[str]:
    """Return the names under which a recipe's columns are written, in its order: no steps and no dropped ones."""
    return [
        column_key(name)
        for name, column in recipe.get("columns", {}).items()
        if column.get("kind") not in _STEPS and name not in dropped
    ]


def dropped_columns(recipe: Mapping[str, Any]) -> frozenset[str]:
    """Return the columns that a recipe itself leaves out of its dataset."""
    return frozenset(name for name, column in recipe.get("columns", {}).items() if column.get("drop"))
