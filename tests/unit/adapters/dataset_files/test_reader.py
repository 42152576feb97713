import csv
import io
import json
from pathlib import Path

import pytest

from tests.factories.datasets import row_of, rows_of, written
from textnlp.adapters.dataset_files.reader import (
    export_version,
    find_row,
    find_version,
    list_versions,
)
from textnlp.domain.datasets.model import RowFate
from textnlp.domain.errors import ErrorKind, TextNLPError


def refusal(call: object, *arguments: object, **named: object) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        call(*arguments, **named)  # pyright: ignore[reportCallIssue]  whichever function
    return caught.value


async def test_versions_are_listed_by_number(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        await written(tmp_path / f"v{number}", rows_of(7), version=number)
    (tmp_path / "v3").mkdir()
    (tmp_path / ".v11.partial").mkdir()
    assert [version.version for version in list_versions(tmp_path)] == [1, 2, 10]
    assert find_version(tmp_path) == tmp_path / "v10"
    assert find_version(tmp_path, version=2) == tmp_path / "v2"
    assert find_version(tmp_path / "v1") == tmp_path / "v1"
    missing = refusal(find_version, tmp_path, version=3)
    assert missing.kind is ErrorKind.NOT_FOUND
    assert "1, 2, 10" in missing.message


def test_a_folder_without_versions_says_so(tmp_path: Path) -> None:
    assert refusal(list_versions, tmp_path).kind is ErrorKind.NOT_FOUND
    assert refusal(find_version, tmp_path).kind is ErrorKind.NOT_FOUND
    assert refusal(find_version, tmp_path / "absent").kind is ErrorKind.NOT_FOUND


async def test_a_row_of_every_fate_is_found_with_its_lineage(tmp_path: Path) -> None:
    rows = rows_of(14)
    await written(tmp_path / "v1", rows)
    for row in rows:
        stored = find_row(tmp_path / "v1", row_id=row.id)
        assert (stored.row.id, stored.row.fate, stored.row.cells) == (row.id, row.fate, row.cells)
        is_accepted = row.fate is RowFate.ACCEPTED
        assert (stored.split, "secret" in stored.row.values) == (("train", False) if is_accepted else (None, True))


@pytest.mark.parametrize("row_id", ["", "x", "7.", "99", "0.9", "-1", "1" * 30, "../etc"])
async def test_a_row_that_is_not_there_is_not_found(tmp_path: Path, row_id: str) -> None:
    await written(tmp_path / "v1", rows_of(14))
    assert refusal(find_row, tmp_path / "v1", row_id=row_id).kind is ErrorKind.NOT_FOUND


async def test_damaged_files_are_named_with_what_to_do(tmp_path: Path) -> None:
    await written(tmp_path / "v1", rows_of(14))
    lineage = tmp_path / "v1" / "lineage.parquet"
    lineage.write_bytes(lineage.read_bytes()[:-9])
    error = refusal(find_row, tmp_path / "v1", row_id="0")
    assert str(lineage) in error.message
    assert "verify" in (error.facts.hint or "")


async def test_rows_that_do_not_fit_an_export_are_listed(tmp_path: Path) -> None:
    rows = [row_of(0, {"question": "Why?", "answer": "So."}), row_of(1, {"question": "Why?", "answer": ""})]
    await written(tmp_path / "v1", rows)
    target = tmp_path / "out" / "alpaca"
    assert export_version(tmp_path / "v1", form="alpaca", columns={}, target=target) == (1, 1)
    assert json.loads((target / "train.jsonl").read_text()) == {"instruction": "Why?", "input": "", "output": "So."}
    skipped = json.loads((target / "skipped.jsonl").read_text())
    assert skipped == {"id": "1", "split": "train", "reason": "output is empty"}


async def test_a_table_is_read_back_by_a_csv_reader(tmp_path: Path) -> None:
    rows = [row_of(0, {"a": 'two\nlines, "quoted"', "b": [1, None]}), row_of(1, {"a": None, "b": []})]
    await written(tmp_path / "v1", rows, recipe={})
    export_version(tmp_path / "v1", form="csv", columns={"text": "a", "list": "b"}, target=tmp_path / "csv")
    text = (tmp_path / "csv" / "train.csv").read_bytes().decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["text", "list"],
        ['two\nlines, "quoted"', "[1,null]"],
        ["", "[]"],
    ]


async def test_an_export_writes_over_nothing(tmp_path: Path) -> None:
    await written(tmp_path / "v1", rows_of(14))
    (tmp_path / "there").mkdir()
    there = refusal(export_version, tmp_path / "v1", form="csv", columns={}, target=tmp_path / "there")
    assert there.kind is ErrorKind.CONFLICT
    inside = refusal(export_version, tmp_path / "v1", form="csv", columns={}, target=tmp_path / "v1" / "exports" / "x")
    assert inside.kind is ErrorKind.INVALID_INPUT
