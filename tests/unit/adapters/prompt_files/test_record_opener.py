import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from textnlp.adapters.prompt_files.record_opener import open_records
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.validation.record import BadRecord, Record


def read(path: Path, **options: list[str]) -> list[Record | BadRecord]:
    return list(open_records(path, **options).records())


def test_json_lines_are_rows_of_any_fields_and_a_broken_one_does_not_stop_the_others(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"a": 1}\n\n"only a text"\n{"a": \n[1]\n{"a": "\xff"}\n{"b": {"c": [2]}}')

    good = [row for row in read(path) if isinstance(row, Record)]
    bad = [row for row in read(path) if isinstance(row, BadRecord)]

    assert [(row.number, row.line, row.values) for row in good] == [
        (1, 1, {"a": 1}),
        (2, 3, {"text": "only a text"}),
        (6, 7, {"b": {"c": [2]}}),
    ]
    assert [(row.number, row.line) for row in bad] == [(3, 4), (4, 5), (5, 6)]
    assert "not valid JSON" in bad[0].message
    assert "neither an object nor a text" in bad[1].message
    assert "UTF-8" in bad[2].message


def test_cells_of_csv_are_texts_but_for_columns_of_numbers(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('code;stars;text\n00501;4;"a; b"\n00502;;x\n1;2;3;4\n00503;five\n')

    first, second, third, fourth = read(path, numbers=["stars"])

    assert isinstance(first, Record)
    assert first.values == {"code": "00501", "stars": 4, "text": "a; b"}
    assert isinstance(second, Record)
    assert second.values["stars"] is None
    assert isinstance(third, BadRecord)
    assert (third.line, "4 cells, the header 3" in third.message) == (4, True)
    assert isinstance(fourth, Record)
    assert fourth.values == {"code": "00503", "stars": "five", "text": None}


@pytest.mark.parametrize("written", ['[{"a": 1}, {"a": 2}]', '{"version": 1, "rows": [{"a": 1}, {"a": 2}]}'])
def test_an_array_of_json_is_rows(tmp_path: Path, written: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(written)

    assert [row.values for row in read(path) if isinstance(row, Record)] == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("written", ["{}", '{"a": [], "b": []}', "[", "3"])
def test_json_without_one_array_is_refused(tmp_path: Path, written: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(written)

    with pytest.raises(TextNLPError, match=r"rows\.json"):
        read(path)


def test_a_folder_is_read_in_the_order_of_its_names_and_numbered_through(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "second.txt").write_text("two\n\nthree\n")
    with gzip.open(tmp_path / "a.jsonl.gz", "wt") as file:
        file.write('{"text": "one"}\n')
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    (tmp_path / ".hidden.jsonl").write_text("{}")

    rows = read(tmp_path)

    assert [(row.number, row.file, row.line) for row in rows] == [
        (1, "a.jsonl.gz", 1),
        (2, "b/second.txt", 1),
        (3, "b/second.txt", 3),
    ]


def test_a_version_of_a_dataset_is_its_accepted_rows_once(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "rejected.jsonl").write_text('{"text": "no"}\n')
    (tmp_path / "data" / "train.jsonl").write_text('{"text": "yes"}\n')
    (tmp_path / "data" / "train.parquet").write_bytes(b"PAR1")

    assert [row.values for row in read(tmp_path) if isinstance(row, Record)] == [{"text": "yes"}]


def test_what_is_not_there_and_what_is_not_known_are_told(tmp_path: Path) -> None:
    (tmp_path / "rows.docx").write_bytes(b"PK")
    (tmp_path / "empty").mkdir()

    with pytest.raises(TextNLPError) as missing:
        open_records(tmp_path / "none.jsonl")
    with pytest.raises(TextNLPError) as bare:
        open_records(tmp_path / "empty")
    with pytest.raises(TextNLPError, match=r"\.docx"):
        open_records(tmp_path / "rows.docx")
    assert missing.value.kind is bare.value.kind is ErrorKind.NOT_FOUND


def test_parquet_rows_keep_their_types(tmp_path: Path) -> None:
    import polars as pl  # noqa: PLC0415  only here

    rows: list[dict[str, Any]] = [
        {"text": "one", "score": 0.5, "tags": ["a"]},
        {"text": None, "score": 2.0, "tags": []},
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "rows.parquet")

    assert [row.values for row in read(tmp_path / "rows.parquet") if isinstance(row, Record)] == rows


def test_it_may_be_read_twice(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps({"n": number}) + "\n" for number in range(3)))
    source = open_records(path)

    assert list(source.records()) == list(source.records())
    assert source.size_bytes == path.stat().st_size
