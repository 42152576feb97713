from typing import Any

import pytest

from textnlp.domain.duplicates.text_index import text_index
from textnlp.domain.validation.duplicate_checks import Deduplication
from textnlp.domain.validation.reason import Reason
from textnlp.domain.validation.record import Record
from textnlp.domain.validation.row_checks import CheckedRow
from textnlp.domain.validation.row_duplicates import RowDuplicates

_TEXT = "one two three four five six seven eight nine ten"


def _records(rows: list[dict[str, Any]], *, first: int = 1, file: str = "a.jsonl") -> list[Record]:
    return [Record(number=first + place, file=file, line=place + 1, values=row) for place, row in enumerate(rows)]


def _duplicates(**parts: Any) -> RowDuplicates:
    check = Deduplication.model_validate({"columns": ["text"], "threshold": 0.7, **parts})
    return RowDuplicates(check, text_index(check.method, threshold=check.threshold))


def _looked_at(duplicates: RowDuplicates, *batches: list[Record]) -> dict[int, Reason]:
    checked = [[CheckedRow(values=record.values) for record in batch] for batch in batches]
    for batch, rows in zip(batches, checked, strict=True):
        duplicates.add(batch, rows)
    found = duplicates.found()
    for rows in checked:
        found.reject(rows)
    numbers = [record.number for batch in batches for record in batch]
    flat = [row for rows in checked for row in rows]
    return {number: row.reasons[0] for number, row in zip(numbers, flat, strict=True) if row.reasons}


def test_a_removed_row_names_the_row_that_is_kept_with_its_place() -> None:
    first = _records([{"text": _TEXT}, {"text": "other words altogether"}])
    second = _records([{"text": _TEXT.upper()}, {"text": f"{_TEXT} eleven"}], first=3, file="b.jsonl")
    found = _looked_at(_duplicates(), first, second)
    assert found == {
        3: Reason(
            code="duplicate", message="It says what row 1 says (a.jsonl, line 1).", column="text", row="1", similarity=1
        ),
        4: Reason(
            code="duplicate",
            message="It says nearly what row 1 says (a.jsonl, line 1; similarity 0.89).",
            column="text",
            row="1",
            similarity=8 / 9,
        ),
    }


def test_a_row_of_the_second_file_is_named_with_that_file() -> None:
    rows = _records([{"text": _TEXT}], first=2, file="b.jsonl"), _records([{"text": _TEXT}], first=3, file="c.jsonl")
    found = _looked_at(_duplicates(), _records([{"text": "x"}]), *rows)
    assert found[3].message == "It says what row 2 says (b.jsonl, line 1)."


@pytest.mark.parametrize(
    ("keep", "removed"),
    [("first", {2, 3}), ("longest", {1, 3}), ("highest:stars", {1, 2})],
    ids=str,
)
def test_the_row_that_is_asked_for_is_kept(keep: str, removed: set[int]) -> None:
    rows = [{"text": _TEXT, "stars": 1}, {"text": f"{_TEXT} eleven", "stars": None}, {"text": _TEXT, "stars": "4.5"}]
    assert set(_looked_at(_duplicates(keep=keep), _records(rows))) == removed


def test_rows_that_failed_are_neither_compared_nor_kept() -> None:
    duplicates = _duplicates()
    records = _records([{"text": _TEXT}, {"text": _TEXT}, {"text": _TEXT}])
    checked = [CheckedRow(values=record.values) for record in records]
    checked[0].reasons.append(Reason(code="length:text", message="short"))
    duplicates.add(records, checked)
    duplicates.found().reject(checked)
    assert [[reason.code for reason in row.reasons] for row in checked] == [["length:text"], [], ["duplicate"]]


def test_rows_of_earlier_datasets_are_named_by_dataset_and_number() -> None:
    duplicates = _duplicates()
    duplicates.prime(_records([{"text": "x y z"}, {"text": _TEXT}]), dataset="old.jsonl")
    found = _looked_at(duplicates, _records([{"text": _TEXT}]))
    assert (found[1].message, found[1].row) == ("It says what row 2 of old.jsonl says.", "2 of old.jsonl")


def test_what_is_compared_is_what_checks_left() -> None:
    duplicates = _duplicates(threshold=1)
    records = _records([{"text": "call 1"}, {"text": "call 2"}])
    checked = [CheckedRow(values={"text": "call [PHONE]"}) for _ in records]
    duplicates.add(records, checked)
    duplicates.found().reject(checked)
    assert [len(row.reasons) for row in checked] == [0, 1]
