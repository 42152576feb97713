"""What is said of two datasets, one beside the other."""

from typing import Literal

import msgspec

from textnlp.domain.reports.column_figures import ColumnFigures
from textnlp.domain.reports.model import DriftFigures

FORMAT = 1


class DiffSide(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two.

    Attributes:
        name: the dataset's, or the file's.
        version: of a dataset.
        rows: those that were compared.
        unreadable: rows that could not be read, and are left out.
        facts: what is known beside the rows by name, such as how many were rejected.
    """

    name: str
    version: int | None = None
    rows: int = 0
    unreadable: int = 0
    facts: dict[str, str] = {}


class RowDiff(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows are only in one, in both with other values, or the same in both.

    Attributes:
        repeated_before: rows of the first whose key came there already; they are left out. Likewise `repeated_after`.
    """

    added: int
    removed: int
    changed: int
    unchanged: int
    repeated_before: int = 0
    repeated_after: int = 0


class SampleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is only in one, values cut."""

    key: str
    values: dict[str, str]


class ValueChange(msgspec.Struct, frozen=True, kw_only=True):
    """A value that was another, both cut; None where the row lacks the column."""

    column: str
    before: str | None
    after: str | None


class ChangedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is in both with other values."""

    key: str
    changes: list[ValueChange]


class ColumnDiff(msgspec.Struct, frozen=True, kw_only=True):
    """A column, or a field of its objects, in either; None where it is not there."""

    name: str
    before: ColumnFigures | None
    after: ColumnFigures | None


class DatasetDiff(msgspec.Struct, frozen=True, kw_only=True):
    """How a dataset differs from another one.

    Attributes:
        by: the column that rows are told by; None where their whole content tells them, so that none is changed.
        added_rows: the first rows that are only in the second; likewise `removed_rows` and `changed_rows`.
        drift: how far distributions of the second are from those of the first, for columns that both have.
    """

    format: Literal[1] = FORMAT
    before: DiffSide
    after: DiffSide
    by: str | None
    rows: RowDiff
    columns_added: list[str] = []
    columns_removed: list[str] = []
    columns_retyped: list[str] = []
    columns: list[ColumnDiff] = []
    drift: list[DriftFigures] = []
    added_rows: list[SampleRow] = []
    removed_rows: list[SampleRow] = []
    changed_rows: list[ChangedRow] = []
