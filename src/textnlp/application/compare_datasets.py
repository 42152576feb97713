"""Say how a dataset differs from another one: rows, columns and distributions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec

from textnlp.domain.datasets.written_columns import ROW_ID
from textnlp.domain.reports.column_drift import column_drift
from textnlp.domain.reports.column_profile import ColumnProfile
from textnlp.domain.reports.dataset_diff import (
    ChangedRow,
    ColumnDiff,
    DatasetDiff,
    DiffSide,
    SampleRow,
    ValueChange,
)
from textnlp.domain.reports.field_values import field_values
from textnlp.domain.reports.row_matching import LISTED, Digest, RowMatching
from textnlp.domain.reports.shown_text import shown_text
from textnlp.domain.validation.record import Record
from textnlp.ports.record_source import RecordSource

_BLOCK_ROWS = 1_000
_MOST_COLUMNS = 200
_SHOWN_CHARACTERS = 400

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRows:
    """One of two datasets.

    Attributes:
        side: its name, and what is known of it beside its rows.
        source: its rows; read twice where rows of it are shown.
        types: of its columns, where they are declared.
    """

    side: DiffSide
    source: RecordSource
    types: Mapping[str, str] = field(default_factory=dict[str, str])


def compare_datasets(before: ComparedRows, after: ComparedRows, *, by: str | None = None) -> DatasetDiff:
    """Return how `after` differs from `before`; rows are told by the column `by`, by their content where it is None.

    Raises what the sources raise, and `INVALID_INPUT` for a row without the column.
    """
    matching = RowMatching(by)
    one, other = _Side(before), _Side(after)
    for block in one.blocks():
        matching.add_before(block)
    for block in other.blocks():
        matching.add_after(block)
    added = dict(_chosen(after.source, matching, matching.added.keys()))
    changed = dict(_chosen(after.source, matching, matching.changed.keys()))
    rows = matching.rows()
    earlier = dict(_chosen(before.source, matching, matching.changed.keys()))
    removed = list(islice(_removed(before.source, matching), LISTED)) if rows.removed else []
    first, second = one.types(), other.types()
    names = [*first, *(name for name in second if name not in first)]
    return DatasetDiff(
        before=one.side(),
        after=other.side(),
        by=by,
        rows=rows,
        columns_added=[name for name in second if name not in first],
        columns_removed=[name for name in first if name not in second],
        columns_retyped=[name for name in first if name in second and first[name] != second[name]],
        columns=list(_columns(one, other)),
        drift=[
            figures
            for name, profile in one.profiles.items()
            if name in other.profiles and name not in {by, ROW_ID}
            for figures in column_drift(name, profile, other.profiles[name])
        ],
        added_rows=[_sample(matching, row) for row in added.values()],
        removed_rows=[_sample(matching, row) for row in removed],
        changed_rows=[
            ChangedRow(key=matching.label(row), changes=list(_changes(names, earlier[key], row)))
            for key, row in changed.items()
            if key in earlier
        ],
    )


class _Side:
    """The rows of one dataset, with what is learnt of its columns while they pass by."""

    def __init__(self, compared: ComparedRows) -> None:
        self._compared = compared
        self._rows = self._unreadable = 0
        self._columns: dict[str, set[str]] = {}
        self.profiles: dict[str, ColumnProfile] = {}

    def blocks(self) -> Iterator[list[_Row]]:
        records = self._compared.source.records()
        while batch := list(islice(records, _BLOCK_ROWS)):
            rows = [record.values for record in batch if isinstance(record, Record)]
            self._unreadable += len(batch) - len(rows)
            if rows:
                self._learn(rows)
                yield rows

    def side(self) -> DiffSide:
        return msgspec.structs.replace(self._compared.side, rows=self._rows, unreadable=self._unreadable)

    def types(self) -> dict[str, str]:
        """Return the columns with their types: those that are declared, or what their values are."""
        declared = self._compared.types
        return dict(declared) if declared else {name: _kinds(kinds) for name, kinds in self._columns.items()}

    def _learn(self, rows: Sequence[_Row]) -> None:
        for row in rows:
            for name, value in row.items():
                if name in self._columns or len(self._columns) < _MOST_COLUMNS:
                    self._columns.setdefault(name, set()).add(type(value).__name__)
        found = field_values(rows)
        for name in found:
            if name not in self.profiles and len(self.profiles) < _MOST_COLUMNS:
                self.profiles[name] = ColumnProfile(has_diversity=True)
                self.profiles[name].add_nulls(self._rows)
        for name, profile in self.profiles.items():
            profile.add(found.get(name) or [None] * len(rows))
        self._rows += len(rows)


def _kinds(names: set[str]) -> str:
    known = {"str": "text", "int": "number", "float": "number", "bool": "boolean", "dict": "object"}
    return " or ".join(sorted({known.get(name, name) for name in names - {"NoneType"}})) or "null"


def _columns(before: _Side, after: _Side) -> Iterator[ColumnDiff]:
    first, second = before.types(), after.types()
    for name in [*before.profiles, *(name for name in after.profiles if name not in before.profiles)]:
        one, other = before.profiles.get(name), after.profiles.get(name)
        yield ColumnDiff(
            name=name,
            before=None if one is None else one.figures(name, type_name=first.get(name, "")),
            after=None if other is None else other.figures(name, type_name=second.get(name, "")),
        )


def _chosen(source: RecordSource, matching: RowMatching, keys: Any) -> Iterator[tuple[Digest, _Row]]:
    """Yield the rows of some keys, each once, reading no further than it takes."""
    wanted = set(keys)
    if not wanted:
        return
    for record in source.records():
        if isinstance(record, Record) and (digest := matching.digest(record.values)) in wanted:
            wanted.remove(digest)
            yield digest, record.values
            if not wanted:
                return


def _removed(source: RecordSource, matching: RowMatching) -> Iterator[_Row]:
    for record in source.records():
        if isinstance(record, Record) and matching.is_removed(matching.digest(record.values)):
            yield record.values


def _sample(matching: RowMatching, row: _Row) -> SampleRow:
    values = {name: shown_text(value, most=_SHOWN_CHARACTERS) for name, value in row.items()}
    return SampleRow(key=matching.label(row), values=values)


def _changes(names: Sequence[str], before: _Row, after: _Row) -> Iterator[ValueChange]:
    for name in names:
        one, other = before.get(name), after.get(name)
        if one != other or (name in before) != (name in after):
            yield ValueChange(
                column=name,
                before=shown_text(one, most=_SHOWN_CHARACTERS) if name in before else None,
                after=shown_text(other, most=_SHOWN_CHARACTERS) if name in after else None,
            )
