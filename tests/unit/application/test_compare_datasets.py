from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from textnlp.application.compare_datasets import ComparedRows, compare_datasets
from textnlp.domain.errors import TextNLPError
from textnlp.domain.reports.dataset_diff import DiffSide
from textnlp.domain.validation.record import BadRecord, Record


@dataclass(frozen=True)
class ListedRecords:
    rows: Sequence[Mapping[str, Any] | None]
    name: str = "rows"
    size_bytes: int = 0

    def records(self) -> Iterator[Record | BadRecord]:
        for number, row in enumerate(self.rows, 1):
            if row is None:
                yield BadRecord(number=number, file="f", line=number, message="is no JSON")
            else:
                yield Record(number=number, file="f", line=number, values=row)


def side(*rows: Mapping[str, Any] | None, types: Mapping[str, str] | None = None) -> ComparedRows:
    return ComparedRows(side=DiffSide(name="rows"), source=ListedRecords(rows), types=types or {})


def test_rows_are_told_by_a_column_with_what_changed_in_them() -> None:
    before = side(*({"id": str(number), "a": number, "b": "x"} for number in range(12)))
    after = side(
        *({"id": str(number), "a": -number if number == 3 else number, "b": "x"} for number in range(1, 12)),
        {"id": "20", "a": 0, "b": "y"},
    )
    diff = compare_datasets(before, after, by="id")
    rows = diff.rows
    assert (rows.added, rows.removed, rows.changed, rows.unchanged) == (1, 1, 1, 10)
    assert [(row.key, dict(row.values)) for row in diff.added_rows] == [("20", {"id": "20", "a": "0", "b": "y"})]
    assert [row.key for row in diff.removed_rows] == ["0"]
    assert [
        (row.key, [(change.column, change.before, change.after) for change in row.changes]) for row in diff.changed_rows
    ] == [("3", [("a", "3", "-3")])]


def test_the_same_rows_differ_in_nothing() -> None:
    rows = [{"id": str(number), "a": number % 5} for number in range(2_500)]
    for by in ("id", None):
        diff = compare_datasets(side(*rows), side(*rows), by=by)
        assert (diff.rows.added, diff.rows.removed, diff.rows.changed, diff.rows.unchanged) == (0, 0, 0, 2_500)
        assert {each.level for each in diff.drift} == {"none"}
        assert not diff.added_rows
        assert not diff.removed_rows


def test_columns_are_compared_by_name_and_type() -> None:
    before = side({"a": 1, "b": 1, "c": "x"}, {"a": 1, "b": 2, "c": "x"})
    after = side({"a": 1, "c": 5, "d": True}, {"a": None, "c": 6, "d": True})
    diff = compare_datasets(before, after)
    assert (diff.columns_added, diff.columns_removed, diff.columns_retyped) == (["d"], ["b"], ["c"])
    declared = compare_datasets(side({"a": 1}, types={"a": "int64"}), side({"a": 1}, types={"a": "double"}))
    assert declared.columns_retyped == ["a"]
    assert [(column.name, column.before is None, column.after is None) for column in diff.columns] == [
        *(("a", False, False), ("b", False, True), ("c", False, False), ("d", True, False)),
    ]


def test_drift_is_told_of_columns_that_both_have() -> None:
    before = side(*({"id": str(number), "tone": "kind", "only": 1} for number in range(400)))
    after = side(*({"id": str(number), "tone": "rude"} for number in range(400)))
    diff = compare_datasets(before, after, by="id")
    assert [(each.column, each.of, each.level) for each in diff.drift] == [("tone", "values", "large")]


def test_rows_that_cannot_be_read_are_counted_and_left_out() -> None:
    diff = compare_datasets(side({"a": 1}, None, {"a": 2}), side({"a": 1}))
    assert (diff.before.rows, diff.before.unreadable, diff.after.rows) == (2, 1, 1)
    assert (diff.rows.removed, diff.rows.unchanged) == (1, 1)


def test_few_rows_are_shown_of_many() -> None:
    before = side(*({"id": str(number), "a": 1} for number in range(50)))
    after = side(*({"id": str(number), "a": number} for number in range(25, 90)))
    diff = compare_datasets(before, after, by="id")
    assert [len(rows) for rows in (diff.added_rows, diff.removed_rows, diff.changed_rows)] == [5, 5, 5]
    assert (diff.rows.added, diff.rows.removed, diff.rows.changed) == (40, 25, 25)


def test_a_column_that_rows_lack_tells_none() -> None:
    with pytest.raises(TextNLPError, match="no 'key'"):
        compare_datasets(side({"a": 1}), side({"a": 1}), by="key")
