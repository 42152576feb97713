"""Rows that are looked at together."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import polars as pl


class RowBatch:
    """Some rows, by column.

    Operators work on whole columns, so that Polars, NumPy and Rust do the work. A column that a row does not have is
    null there.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = rows
        self.values = cache(self._values)
        self.texts = cache(self._texts)

    def __len__(self) -> int:
        return len(self.rows)

    def _values(self, column: str) -> list[Any]:
        """Return the values of a column, in the order of the rows."""
        return [row.get(column) for row in self.rows]

    def _texts(self, column: str) -> pl.Series:
        """Return the texts of a column; null where a value is none."""
        values = [value if isinstance(value, str) else None for value in self.values(column)]
        try:
            return pl.Series(column, values, dtype=pl.String)
        except UnicodeEncodeError:
            told = [None if value is None else value.encode("utf-8", "replace").decode() for value in values]
            return pl.Series(column, told, dtype=pl.String)
