"""Rows that are looked at together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl


class RowBatch:
    """Some rows, by column.

    Operators work on whole columns, so that Polars, NumPy and Rust do the work. A column that a row does not have is
    null there.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = rows
        self._texts: dict[str, pl.Series] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def values(self, column: str) -> list[Any]:
        """Return the values of a column, in the order of the rows."""
        return [row.get(column) for row in self.rows]

    def texts(self, column: str) -> "pl.Series":
        """Return the texts of a column; null where a value is none."""
        found = self._texts.get(column)
        if found is None:
            found = self._texts[column] = _series(column, self.values(column))
        return found


def _series(column: str, values: Sequence[Any]) -> "pl.Series":
    import polars as pl  # noqa: PLC0415  a tenth of a second that only some checks need

    texts = [value if isinstance(value, str) else None for value in values]
    try:
        return pl.Series(column, texts, dtype=pl.String)
    except UnicodeEncodeError:
        told = [None if text is None else text.encode("utf-8", "replace").decode() for text in texts]
        return pl.Series(column, told, dtype=pl.String)
