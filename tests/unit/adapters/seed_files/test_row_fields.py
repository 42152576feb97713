from pathlib import Path
from typing import Any

import pytest

from tests.factories.seed_files import rows_in
from textnlp.adapters.seed_files.opener import SeedFileOpener
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.seeds import RowSeeds


async def refusal_of(path: Path, **settings: Any) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await SeedFileOpener().open(RowSeeds(kind="rows", path=path.name, **settings), base=path.parent)
    return caught.value


@pytest.mark.parametrize(
    ("name", "text"), [("a.csv", "first,second\n1,2\n"), ("a.jsonl", '{"first": 1}\n{"second": 2}\n')]
)
async def test_a_field_that_there_is_not_is_refused_with_those_that_there_are(
    tmp_path: Path, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text)
    error = await refusal_of(tmp_path / name, fields=["first", "thrid"])
    assert (error.kind, error.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.fields")
    assert "'thrid'" in error.message
    assert "There are 'first', 'second'." in error.message


async def test_files_of_a_folder_must_agree_on_their_fields(tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    (folder / "a.csv").write_text("a,b\n1,2\n")
    (folder / "b.csv").write_text("a,c\n1,2\n")
    error = await refusal_of(folder)
    assert error.facts.field == "seeds.fields"
    assert [row.values for row in await rows_in(folder, fields=["a"])] == [{"a": "1"}, {"a": "1"}]


@pytest.mark.parametrize("field", ["first name", "", "9th", "a\n"])
async def test_a_field_that_cannot_be_a_column_is_refused_unless_it_is_left_out(tmp_path: Path, field: str) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"a": 1, "' + field.encode("unicode_escape") + b'": 2}\n')
    error = await refusal_of(tmp_path / "a.jsonl")
    assert (error.kind, error.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.fields")
    assert [row.values for row in await rows_in(tmp_path / "a.jsonl", fields=["a"])] == [{"a": 1}]


async def test_rows_have_a_bounded_number_of_fields(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",".join(f"f{number}" for number in range(257)))
    error = await refusal_of(tmp_path / "a.csv")
    assert (error.message, error.facts.field) == ("a.csv has more than 256 fields.", "seeds.fields")
