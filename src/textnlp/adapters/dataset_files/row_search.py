"""Rows of a version that meet a condition, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from textnlp.adapters.dataset_files.condition_filter import Kind, condition_filter, kind_of
from textnlp.adapters.dataset_files.reader import read_version
from textnlp.domain.datasets.column_type import TypeKind
from textnlp.domain.datasets.layout import table_path
from textnlp.domain.datasets.manifest import DatasetVersion
from textnlp.domain.datasets.row_query import (
    MOST_CONDITION_CHARACTERS,
    MOST_ROWS,
    MOST_SEARCHED_CHARACTERS,
    FoundRow,
    FoundRows,
    RowQuery,
)
from textnlp.domain.errors import ErrorFacts, ErrorKind, TextNLPError, invalid_input, not_found

_POSITION = "\0position"
_WINDOW_ROWS = 100_000
_MOST_WINDOWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """Neighbouring rows of one split: `start` counts from the split's first row, `first` from that of all."""

    split: str
    start: int
    first: int
    rows: int


def find_rows(folder: Path, query: RowQuery) -> FoundRows:
    """Return the accepted rows that a query wants; a million rows are looked at for a page, at most.

    Raises `INVALID_INPUT` naming the field that is wrong, `NOT_FOUND` for a split that is not there, `GONE` for a
    version that was deleted.
    """
    version = read_version(folder)
    _require_fitting(query)
    splits = version.splits
    if query.split is not None and query.split not in splits:
        raise not_found(f"There is no split {query.split!r}; there are {', '.join(splits)}.")
    wanted = {query.split: splits[query.split]} if query.split is not None else splits
    try:
        return _Search(folder, version, query).page(wanted)
    except (pl.exceptions.PolarsError, OSError) as exc:
        raise TextNLPError(
            f"The rows in {folder} cannot be read: {exc}",
            kind=ErrorKind.INVALID_INPUT,
            facts=ErrorFacts(hint="`textnlp dataset verify` says which files are damaged."),
        ) from exc


class _Search:
    """One query over one version."""

    def __init__(self, folder: Path, version: DatasetVersion, query: RowQuery) -> None:
        self._folder = folder
        self._query = query
        self._json = {column.name for column in version.columns if column.type == TypeKind.JSON.value}
        self._shown = _shown_columns(version, query)
        self._filter: pl.Expr | None = None

    def page(self, splits: dict[str, int]) -> FoundRows:
        query = self._query
        found: list[tuple[str, dict[str, Any]]] = []
        looked_until = query.after
        has_filter = query.search is not None or query.where is not None
        size = _WINDOW_ROWS if has_filter else query.limit + 1
        windows = _windows(splits, after=query.after, size=size)
        for number, window in enumerate(windows):
            if number == _MOST_WINDOWS and has_filter:
                break
            rows = self._rows(window, at_most=query.limit + 1 - len(found))
            found += [(window.split, row) for row in rows]
            if len(found) > query.limit:
                break
            looked_until = window.first + window.rows
        shown = found[: query.limit]
        if len(found) > query.limit:
            looked_until = shown[-1][1][_POSITION] + 1
        is_end = len(found) <= query.limit and looked_until >= sum(splits.values())
        return FoundRows(
            rows=tuple(FoundRow(split=split, values=self._values(row)) for split, row in shown),
            next_after=None if is_end else looked_until,
        )

    def _rows(self, window: _Window, *, at_most: int) -> list[dict[str, Any]]:
        frame = pl.scan_parquet(
            self._folder / table_path(window.split),
            row_index_name=_POSITION,
            row_index_offset=window.first - window.start,
            glob=False,
        )
        wanted = self._wanted(frame)
        frame = frame.slice(window.start, window.rows)
        if wanted is not None:
            frame = frame.filter(wanted)
        return frame.head(at_most).select(_POSITION, *self._shown).collect(engine="streaming").to_dicts()

    def _wanted(self, frame: pl.LazyFrame) -> pl.Expr | None:
        if self._filter is None:
            schema = frame.collect_schema()
            kinds = {
                name: Kind.OTHER if name in self._json else kind_of(dtype)
                for name, dtype in schema.items()
                if name != _POSITION
            }
            texts = [name for name, dtype in schema.items() if dtype == pl.String]
            parts: list[pl.Expr] = []
            if self._query.search is not None:
                sought = self._query.search.lower()
                held = [pl.col(name).str.to_lowercase().str.contains(sought, literal=True) for name in texts]
                parts.append(pl.any_horizontal([*held, pl.lit(None, dtype=pl.Boolean)]))
            if self._query.where is not None:
                parts.append(condition_filter(self._query.where, columns=kinds))
            self._filter = pl.all_horizontal(parts) if parts else None
        return self._filter

    def _values(self, row: dict[str, Any]) -> dict[str, Any]:
        return {
            name: msgspec.json.decode(value) if name in self._json and value is not None else value
            for name, value in row.items()
            if name != _POSITION
        }


def _windows(splits: dict[str, int], *, after: int, size: int) -> Iterator[_Window]:
    first = 0
    for split, rows in splits.items():
        for start in range(max(0, after - first), rows, size):
            yield _Window(split=split, start=start, first=first + start, rows=min(size, rows - start))
        first += rows


def _shown_columns(version: DatasetVersion, query: RowQuery) -> list[str]:
    there = [column.name for column in version.columns]
    missing = [name for name in query.columns if name not in there]
    if missing:
        raise invalid_input(f"There is no column {missing[0]!r}; there are {', '.join(there)}.", field="columns")
    return list(dict.fromkeys(query.columns)) or there


def _require_fitting(query: RowQuery) -> None:
    if not 1 <= query.limit <= MOST_ROWS:
        raise invalid_input(f"A page has 1 to {MOST_ROWS} rows.", field="limit")
    if query.after < 0:
        raise invalid_input("after counts rows, from 0.", field="after")
    for name, text, most in (
        ("search", query.search, MOST_SEARCHED_CHARACTERS),
        ("where", query.where, MOST_CONDITION_CHARACTERS),
    ):
        if text is not None and not 0 < len(text) <= most:
            raise invalid_input(f"{name} has 1 to {most:,} characters.", field=name)
