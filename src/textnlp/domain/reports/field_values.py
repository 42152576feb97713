"""The columns of rows, and the fields of objects in them, as columns of values."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, cast

_MOST_COLUMNS = 200
_DEEPEST = 3


def field_values(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of rows by column, and those of objects by `column.field`, down to three levels.

    A column that a row lacks is null there; 200 columns are looked at, from the first on, fields among them.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))[:_MOST_COLUMNS]
    columns = {name: [row.get(name) for row in rows] for name in names}
    found: dict[str, list[Any]] = {}
    for name, values in columns.items():
        _divide(name, values, found, depth=1)
    return dict(islice(found.items(), _MOST_COLUMNS))


def _divide(name: str, values: list[Any], found: dict[str, list[Any]], *, depth: int) -> None:
    objects = [cast("dict[str, Any]", value) for value in values if isinstance(value, dict)]
    if not objects or depth >= _DEEPEST or len(found) >= _MOST_COLUMNS:
        found[name] = values
        return
    fields = list(dict.fromkeys(field for each in objects for field in each))
    others = [value for value in values if value is not None and not isinstance(value, dict)]
    if others or len(found) + len(fields) > _MOST_COLUMNS or not fields:
        found[name] = values
        return
    for field in fields:
        inner = [cast("dict[str, Any]", value).get(field) if isinstance(value, dict) else None for value in values]
        _divide(f"{name}.{field}", inner, found, depth=depth + 1)
