import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.factories.datasets import row_of, rows_of, written
from textnlp.adapters.dataset_files import row_search
from textnlp.adapters.dataset_files.row_search import find_rows
from textnlp.domain.datasets.row_query import RowQuery
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.output import Output
from textnlp.domain.templates.condition import Condition

VALUES: list[dict[str, Any]] = [
    {"stars": 1, "text": "A Kettle, 100% steel", "ok": True, "price": 2.5, "mixed": 1, "tags": ["a"]},
    {"stars": 5, "text": "a lamp", "ok": False, "price": None, "mixed": "KETTLE", "tags": []},
    {"stars": 3, "text": None, "ok": True, "price": 7.0, "mixed": {"a": 1}, "tags": ["b", "c"]},
    {"stars": 4, "text": "kettle_2", "ok": None, "price": -1.0, "mixed": None, "tags": None},
]


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("things") / "v1"
    recipe = {"name": "things", "columns": {name: {"kind": "expression"} for name in VALUES[0]}}
    rows = [row_of(place, values) for place, values in enumerate(VALUES)]
    asyncio.run(written(folder, rows, recipe=recipe))
    return folder


def ids(folder: Path, **query: Any) -> list[str]:
    return [row.values["id"] for row in find_rows(folder, RowQuery(**query)).rows]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("stars >= 3", "123"),
        ("stars in [1, 5] and ok", "0"),
        ("stars not in (1, 5)", "23"),
        ("2 < stars < 5", "23"),
        ("price > 2 or stars == 5", "012"),
        ("price is none", "1"),
        ("price is not none and not price < 0", "02"),
        ("price != none", "023"),
        ("not ok", "1"),
        ("ok == true", "02"),
        ("'ettle' in text", "03"),
        ("'%' in text", "0"),
        ("'lamp' not in text", "03"),
        ("text|lower|length == 6", "1"),
        ("text|length - 10 < 0", "13"),
        ("(stars * 2 - 1) / 3 == 3", "1"),
        ("-stars < -3 and price|abs == 1", "3"),
        ("text < 'b'", "01"),
        ("tags is none", "3"),
        ("mixed is none", "3"),
    ],
)
def test_rows_that_meet_a_condition_are_found(version: Path, where: str, found: str) -> None:
    assert "".join(ids(version, where=where)) == found


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("score >= 3", "there is no column 'score'; there are id, stars"),
        ("stars >= '3'", "numbers and text cannot be compared"),
        ("stars", "numbers is neither true nor false"),
        ("stars >=", "it ends too early"),
        ("stars = 3", "equal is written =="),
        ("tags == 'a'", "cannot be compared"),
        ("mixed == 1", "cannot be compared"),
        ("text.upper() == 'A'", "call cannot be used"),
        ("text|replace('a', 'b') == 'c'", "takes nothing here"),
        ("stars|upper == 'A'", "cannot be used for numbers"),
        ("stars is odd", "the test odd cannot be used"),
        ("stars in text", "`in` looks for"),
        ("stars in [1, 'a']", "has to hold numbers"),
        ("text + 1 == 2", "text cannot be reckoned with"),
        ("stars == 99999999999999999999", "too large"),
        ("not " * 40 + "ok", "nested too deeply"),
        ("stars == 1 " + "and stars == 1 " * 90, "1,000 characters"),
    ],
)
def test_what_cannot_be_asked_is_said_with_its_field(version: Path, where: str, message: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        ids(version, where=where)
    assert message in caught.value.message
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.INVALID_INPUT, "where")


def test_a_condition_means_the_same_as_in_a_recipe_where_there_are_values(version: Path) -> None:
    whole = [row for row in VALUES if row["text"] is not None and row["price"] is not None and row["ok"] is not None]
    for where in ("stars * price > 2 and 'K' in text", "ok or stars > 1", "text|trim|upper != text", "1 <= stars <= 3"):
        expected = [str(VALUES.index(row)) for row in whole if Condition(where).holds(row)]
        there = "text is not none and price is not none and ok is not none"
        assert ids(version, where=f"({where}) and {there}") == expected


def test_a_text_is_found_in_any_column_whatever_its_case(version: Path) -> None:
    assert ids(version, search="KETTLE") == ["0", "1", "3"]
    assert ids(version, search=".*") == []
    assert ids(version, search="kettle", where="stars > 3") == ["1", "3"]


def test_values_come_back_as_they_were(version: Path) -> None:
    rows = [row.values for row in find_rows(version, RowQuery()).rows]
    assert [{name: row[name] for name in VALUES[0]} for row in rows] == VALUES
    shown = find_rows(version, RowQuery(columns=("text", "stars"), limit=1)).rows[0]
    assert (list(shown.values), shown.split) == (["text", "stars"], "train")


async def test_pages_follow_each_other_through_the_splits_and_their_windows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_search, "_WINDOW_ROWS", 5)
    output = Output(splits={"train": 0.7, "test": 0.3})
    await written(tmp_path / "v1", rows_of(70), output=output)
    queries: list[dict[str, Any]] = [{}, {"where": "stars >= 4"}, {"search": "question 1"}]
    for query in queries:
        whole = ids(tmp_path / "v1", limit=200, **query)
        assert whole
        paged: list[str] = []
        after: int | None = 0
        while after is not None:
            page = find_rows(tmp_path / "v1", RowQuery(after=after, limit=3, **query))
            paged += [row.values["id"] for row in page.rows]
            after = page.next_after
        assert paged == whole
    assert {row.split for row in find_rows(tmp_path / "v1", RowQuery(split="test")).rows} == {"test"}


def test_a_page_that_looked_at_enough_goes_on_later(version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_search, "_WINDOW_ROWS", 1)
    monkeypatch.setattr(row_search, "_MOST_WINDOWS", 2)
    first = find_rows(version, RowQuery(where="stars == 4"))
    assert (first.rows, first.next_after) == ((), 2)
    second = find_rows(version, RowQuery(where="stars == 4", after=2))
    assert ([row.values["id"] for row in second.rows], second.next_after) == (["3"], None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"columns": ("nope",)}, "columns"),
        ({"limit": 501}, "limit"),
        ({"after": -1}, "after"),
        ({"search": ""}, "search"),
        ({"search": "a" * 201}, "search"),
    ],
)
def test_a_wrong_field_is_named(version: Path, query: dict[str, Any], field: str) -> None:
    with pytest.raises(TextNLPError) as caught:
        find_rows(version, RowQuery(**query))
    assert caught.value.facts.field == field


def test_a_split_that_is_not_there_and_a_table_that_is_damaged_are_said(version: Path, tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="there are train") as caught:
        find_rows(version, RowQuery(split="test"))
    assert caught.value.kind is ErrorKind.NOT_FOUND
    damaged = tmp_path / "v1"
    shutil.copytree(version, damaged)
    (damaged / "data" / "train.parquet").write_bytes(b"PAR1")
    with pytest.raises(TextNLPError, match="cannot be read"):
        find_rows(damaged, RowQuery())
