from pathlib import Path
from typing import Any

import pytest

from tests.factories.seed_files import pieces_in, rows_in, seeds_of
from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.seed_files.opener import SeedFileOpener
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.recipes.seeds import DocumentSeeds, RowSeeds


async def refusal_of(seeds: RowSeeds | DocumentSeeds, base: Path, opener: SeedFileOpener | None = None) -> TextNLPError:
    with pytest.raises(TextNLPError) as caught:
        await (opener or SeedFileOpener()).open(seeds, base=base)
    return caught.value


def rows(path: str, **settings: Any) -> RowSeeds:
    return RowSeeds(kind="rows", path=path, **settings)


async def test_a_path_is_relative_to_the_recipe_or_absolute(tmp_path: Path) -> None:
    path = tmp_path / "data" / "a.csv"
    path.parent.mkdir()
    path.write_text("a\n1\n")
    for given, base in (("data/a.csv", tmp_path), ("../data/a.csv", path.parent), (str(path), Path("/"))):
        (row,) = await seeds_of(rows(given), base)
        assert (row.values, row.origin) == ({"a": "1"}, {"file": "a.csv", "line": 2})


@pytest.mark.parametrize("path", ["a.csv", "../a.csv", "/etc/passwd", "", "blob", "file:a.csv"])
@pytest.mark.parametrize("kind", ["rows", "documents"])
async def test_a_server_reads_none_of_its_files(tmp_path: Path, path: str, kind: str) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    opener = SeedFileOpener(blobs=memory_blob_store(), is_confined=True)
    seeds = rows(path) if kind == "rows" else DocumentSeeds(kind="documents", path=path)
    error = await refusal_of(seeds, tmp_path, opener)
    assert (error.kind, error.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.path")
    assert error.message == "Files of the server cannot be seeds."


@pytest.mark.parametrize("path", ["blob:../a.csv", "blob:/a.csv", "blob:a//b.csv", "blob:"])
async def test_a_blob_lies_within_its_store(tmp_path: Path, path: str) -> None:
    error = await refusal_of(rows(path), tmp_path, SeedFileOpener(blobs=memory_blob_store()))
    assert error.kind is ErrorKind.INVALID_INPUT


async def test_blobs_need_a_store(tmp_path: Path) -> None:
    error = await refusal_of(rows("blob:a.csv"), tmp_path)
    assert error.message == "There is no blob store here to read blob:a.csv from."


async def test_rows_of_the_recipe_have_the_fields_of_all(tmp_path: Path) -> None:
    seeds = RowSeeds(kind="rows", rows=[{"a": 1}, {"b": None, "a": "x"}])
    found = await seeds_of(seeds, tmp_path)
    assert [(row.number, dict(row.values), row.origin) for row in found] == [
        (0, {"a": 1, "b": None}, {}),
        (1, {"a": "x", "b": None}, {}),
    ]


@pytest.mark.parametrize("value", ["\0", "\ud800"])
async def test_a_value_of_the_recipe_must_be_text(tmp_path: Path, value: str) -> None:
    seeds = RowSeeds.model_construct(kind="rows", rows=[{"a": value}])
    error = await refusal_of(seeds, tmp_path)
    assert (error.kind, error.facts.field) == (ErrorKind.INVALID_INPUT, "seeds.rows")


async def test_files_of_a_folder_follow_one_another_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    (folder / "inner").mkdir(parents=True)
    (folder / "b.jsonl").write_text('{"a": 3}\n')
    (folder / "a.CSV").write_text("a\n1\n2\n")
    (folder / "notes.docx").write_text("no rows")
    (folder / ".a.csv").write_text("hidden\n0\n")
    (folder / "inner" / "c.csv").write_text("a\n9\n")
    found = await rows_in(folder)
    assert [(row.values["a"], row.origin) for row in found] == [
        ("1", {"file": "a.CSV", "line": 2}),
        ("2", {"file": "a.CSV", "line": 3}),
        (3, {"file": "b.jsonl", "line": 1}),
    ]


@pytest.mark.parametrize(("name", "text"), [("a.csv", "a\n"), ("a.jsonl", "\n"), ("a.jsonl", "")])
async def test_a_file_without_rows_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    error = await refusal_of(rows(name), tmp_path)
    assert (error.message, error.facts.field) == (f"There is no row in {name}.", "seeds.path")


async def test_documents_without_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<script>x</script>")
    error = await refusal_of(DocumentSeeds(kind="documents", path="a.html"), tmp_path)
    assert error.message == "There is no text in a.html."


async def test_one_error_names_every_document_that_cannot_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_bytes(b"caf\xe9")
    (folder / "b.txt").write_text("Fine.")
    (folder / "c.pdf").write_text("no PDF")
    with pytest.raises(TextNLPError) as caught:
        await pieces_in(folder)
    assert caught.value.message.startswith("2 documents cannot be read. a.txt, line 1, column 4: ")
    assert "c.pdf cannot be read as PDF" in caught.value.message
    assert caught.value.facts.field == "seeds.path"


async def test_a_document_has_a_bounded_size(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(200_000_001)
    error = await refusal_of(DocumentSeeds(kind="documents", path="a.txt"), tmp_path)
    assert (error.kind, error.message) == (
        ErrorKind.TOO_LARGE,
        "a.txt has 200,000,001 bytes, the limit is 200,000,000.",
    )


async def test_seeds_are_written_aside_where_it_is_said_and_leave_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    scratch = tmp_path / "made" / "scratch"
    source = await SeedFileOpener(scratch=scratch).open(rows("a.csv"), base=tmp_path)
    assert (await source.read([0]))[0].values == {"a": "1"}
    await source.aclose()
    assert list(scratch.iterdir()) == []


async def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    error = await refusal_of(rows("a.csv"), tmp_path, SeedFileOpener(scratch=tmp_path / "a.csv" / "inner"))
    assert error.kind is ErrorKind.UNAVAILABLE
