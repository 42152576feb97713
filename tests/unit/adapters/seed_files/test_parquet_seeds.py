import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.factories.seed_files import rows_in
from textnlp.domain.errors import ErrorKind, TextNLPError

_ARROW, _PARQUET = cast("Any", pa), cast("Any", pq)


def write(path: Path, columns: dict[str, Any]) -> None:
    _PARQUET.write_table(_ARROW.table(columns), path)


async def test_values_become_those_of_json(tmp_path: Path) -> None:
    moment = dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)
    nanoseconds = 1_709_209_800_123_456_789
    write(
        tmp_path / "a.parquet",
        {
            "day": [dt.date(2024, 2, 29)],
            "moment": _ARROW.array([moment], _ARROW.timestamp("us", tz="UTC")),
            "exact": _ARROW.array([nanoseconds], _ARROW.timestamp("ns")),
            "hour": [dt.time(12, 30)],
            "span": [dt.timedelta(minutes=1)],
            "price": [Decimal("1.50")],
            "whole": [Decimal("2.00")],
            "nan": [float("nan")],
            "text": [b"caf\xc3\xa9"],
            "raw": [b"\xff"],
            "kind": _ARROW.array(["tea"]).dictionary_encode(),
            "nested": [{"tags": ["a", None], "day": dt.date(2024, 1, 1)}],
            "pairs": _ARROW.array([[("k", 1)]], _ARROW.map_(_ARROW.string(), _ARROW.int64())),
            "none": _ARROW.nulls(1),
        },
    )
    (row,) = await rows_in(tmp_path / "a.parquet")
    assert row.values == {
        "day": "2024-02-29",
        "moment": "2024-02-29T12:30:00+00:00",
        "exact": "2024-02-29T12:30:00.123456",
        "hour": "12:30:00",
        "span": 60.0,
        "price": 1.5,
        "whole": 2,
        "nan": None,
        "text": "café",
        "raw": "/w==",
        "kind": "tea",
        "nested": {"tags": ["a", None], "day": "2024-01-01"},
        "pairs": {"k": 1},
        "none": None,
    }
    assert row.origin == {"file": "a.parquet", "line": 1}


async def test_the_recipe_chooses_columns_in_its_own_order(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"a": [1, 2], "not a name": [3, 4], "b": ["x", "y"]})
    rows = await rows_in(tmp_path / "a.parquet", fields=["b", "a"])
    assert [list(row.values.items()) for row in rows] == [[("b", "x"), ("a", 1)], [("b", "y"), ("a", 2)]]


async def test_rows_go_on_over_batches(tmp_path: Path) -> None:
    write(tmp_path / "a.parquet", {"a": list(range(2_500))})
    rows = await rows_in(tmp_path / "a.parquet")
    assert [(row.number, row.values["a"], row.origin["line"]) for row in rows] == [(n, n, n + 1) for n in range(2_500)]


@pytest.mark.parametrize("left", [0, 100])
async def test_a_damaged_file_is_refused(tmp_path: Path, left: int) -> None:
    path = tmp_path / "a.parquet"
    write(path, {"a": list(range(1_000))})
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(TextNLPError, match=r"a\.parquet cannot be read as Parquet") as caught:
        await rows_in(path)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.path")


async def test_text_that_is_no_utf_8_names_its_column(tmp_path: Path) -> None:
    texts = _ARROW.Array.from_buffers(_ARROW.string(), 1, _ARROW.array([b"\xff"]).buffers())
    write(tmp_path / "a.parquet", {"broken": texts})
    with pytest.raises(TextNLPError, match="column 'broken'"):
        await rows_in(tmp_path / "a.parquet")


async def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    table = _ARROW.Table.from_arrays([_ARROW.array([1]), _ARROW.array([2])], names=["a", "a"])
    _PARQUET.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(TextNLPError, match="'a' is there twice"):
        await rows_in(tmp_path / "a.parquet")
