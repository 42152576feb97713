from pathlib import Path

import pytest

from tests.factories.seed_files import rows_in
from textnlp.domain.errors import ErrorKind, TextNLPError


async def test_rows_keep_their_types_and_leave_fields_out_at_will(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1, "b": [true, {"c": null}]}\n\n{"d": "é", "a": 12345678901234567890123}\n')
    rows = await rows_in(path)
    assert [dict(row.values) for row in rows] == [
        {"a": 1, "b": [True, {"c": None}], "d": None},
        {"a": 12345678901234567890123, "b": None, "d": "é"},
    ]
    assert [row.origin for row in rows] == [{"file": "a.jsonl", "line": 1}, {"file": "a.jsonl", "line": 3}]


async def test_windows_writes_utf_16_and_its_own_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes('{"a": "é"}\r\n{"a": "ß"}\r\n'.encode("utf-16"))
    assert [row.values["a"] for row in await rows_in(path)] == ["é", "ß"]


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        (b'{"a": x}', 7, "not valid JSON, invalid character"),
        ('{"é": x}'.encode(), 7, "not valid JSON, invalid character"),
        (b'{"a": 1', 8, "not valid JSON, Input data was truncated"),
        (b'{"a": NaN}', 7, "not valid JSON, invalid character"),
        (b'["a"]', 1, 'a row must be an object such as {"topic": "tea"}'),
        (b"[" * 5_000, 1, "the row is nested too deeply"),
        (b'{"a": "\xe9"}', 8, "here is the byte 0xe9, which is not UTF-8"),
    ],
    ids=["value", "column in characters", "cut off", "nan", "array", "nested", "utf-8"],
)
async def test_a_broken_line_stops_with_its_place(tmp_path: Path, line: bytes, column: int, message: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n' + line + b"\n")
    with pytest.raises(TextNLPError) as caught:
        await rows_in(path)
    assert caught.value.message == f"a.jsonl, line 2, column {column}: {message}."
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.path")
    assert (caught.value.facts.line, caught.value.facts.column) == (2, column)


@pytest.mark.parametrize("value", [r"\u0000", r"\\\u0000"])
async def test_a_nul_character_in_a_value_is_refused(tmp_path: Path, value: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a": "' + value + '"}\n')
    with pytest.raises(TextNLPError, match=r"a\.jsonl, line 2: a value has a NUL character") as caught:
        await rows_in(path)
    assert caught.value.facts.line == 2


async def test_a_text_about_nul_characters_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(r'{"a": "\\u0000"}')
    assert [row.values for row in await rows_in(path)] == [{"a": r"\u0000"}]
