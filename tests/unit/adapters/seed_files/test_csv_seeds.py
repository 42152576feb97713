from pathlib import Path

import pytest

from tests.factories.seed_files import rows_in
from textnlp.domain.errors import ErrorKind, TextNLPError


async def test_the_first_line_names_the_fields_and_all_values_are_texts(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    path.write_text('\n\npostcode, city\n00501,Holtsville\n\n"1,5","two\nlines"\n   \n7,""\n')
    rows = await rows_in(path)
    assert [dict(row.values) for row in rows] == [
        {"postcode": "00501", "city": "Holtsville"},
        {"postcode": "1,5", "city": "two\nlines"},
        {"postcode": "7", "city": ""},
    ]
    assert [row.origin for row in rows] == [{"file": "places.csv", "line": line} for line in (4, 6, 9)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
async def test_the_delimiter_is_found_in_the_first_line(tmp_path: Path, delimiter: str, line_end: str) -> None:
    path = tmp_path / "a.tsv"
    path.write_bytes(line_end.join([delimiter.join("abc"), delimiter.join("123"), ""]).encode())
    assert [dict(row.values) for row in await rows_in(path)] == [{"a": "1", "b": "2", "c": "3"}]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a,b\n1,2\n3\n", 3, "a.csv, line 3: the row has 1 cells, the first line 2."),
        (b"\na,b\n1,2\n3,4,5\n", 4, "a.csv, line 4: the row has 3 cells, the first line 2."),
        (b'a,b\n1,2\n"3,4\n5,6\n', 3, "a.csv, line 3: a quote is opened that is not closed rightly."),
        (b'a,b\n1,"2', 2, "a.csv, line 2: a quote is opened that is not closed rightly."),
        (b'a,b\n1,"2"x\n', 2, "a.csv, line 2: ',' expected after '\"'."),
        (b"a,b\n1,2\n\n3,caf\xe9\n", 4, "a.csv, line 4, column 6: here is the byte 0xe9, which is not UTF-8."),
        (b"a,b\n1,\x00\n", 2, "a.csv, line 2, column 3: here is a NUL character."),
        (b"a,a\n1,2\n", 1, "a.csv, line 1: the field 'a' is named twice."),
        (b",\n1,2\n", 1, "a.csv, line 1: the first line must name the fields."),
        (b"PAR1", None, "a.csv is Parquet, whatever its ending says."),
        (b"\xff\xfea\x00\x00\xd8b\x00", None, "a.csv begins as UTF-16, but cannot be read as such to its end."),
        (b"a,b\n1," + b"x" * 1_000_001 + b"\n", 2, "a.csv, line 2: field larger than field limit (1000000)."),
        (b"a,b\n1," + b"x" * 6_000_001, 2, "a.csv, line 2: the line has more than 6,000,000 characters."),
    ],
    ids=[
        "short",
        "long",
        "quote",
        "last",
        "after",
        "utf-8",
        "nul",
        "twice",
        "names",
        "parquet",
        "utf-16",
        "cell",
        "line",
    ],
)
async def test_a_broken_line_stops_with_its_place(tmp_path: Path, data: bytes, line: int | None, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(TextNLPError) as caught:
        await rows_in(path)
    assert caught.value.message == message
    assert (caught.value.facts.field, caught.value.facts.line) == ("seeds.path", line)
    assert caught.value.kind in {ErrorKind.INVALID_INPUT, ErrorKind.TOO_LARGE}
