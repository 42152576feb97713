import contextlib
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.factories.datasets import KEY, rows_of, written
from textnlp.adapters.dataset_files.signature import public_key_text
from textnlp.cli.exit_codes import exit_code_of
from textnlp.cli.main import command_group
from textnlp.domain.errors import TextNLPError


@pytest.fixture
async def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset of two versions, the second one with more rows."""
    monkeypatch.setenv("COLUMNS", "200")
    await written(tmp_path / "kettles" / "v1", rows_of(14))
    await written(tmp_path / "kettles" / "v2", rows_of(28), version=2)
    return tmp_path / "kettles"


class Finished(NamedTuple):
    """How a command ended."""

    exit_code: int
    stdout: str


def run(*words: object) -> Finished:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            code = command_group()(["dataset", *map(str, words)], prog_name="textnlp", standalone_mode=False)
        except TextNLPError as error:
            code = exit_code_of(error)
    return Finished(code or 0, output.getvalue())


def document(*words: object) -> Any:
    return json.loads(run(*words, "--json").stdout)


async def test_versions_are_listed(dataset: Path) -> None:
    assert "1:abc" in run("list", dataset).stdout
    listed = document("list", dataset)
    assert [(version["version"], version["rows"]) for version in listed] == [(1, 8), (2, 16)]


async def test_a_version_is_shown_with_counts_models_and_reasons(dataset: Path) -> None:
    text = run("show", dataset).stdout
    for part in ("version 2", "accepted", "16", "scripted", "unknown", "too short", "stars", "int64"):
        assert part in text
    assert document("show", dataset, "--version", 1)["counts"]["accepted"] == 8


async def test_a_row_is_shown_with_reasons_and_lineage(dataset: Path) -> None:
    text = run("show", dataset, "--row", "2").stdout
    for part in ("rejected", "too short", "candidate 2", '"file":"a.txt"', "scripted", "ask@2", "0002", '"seed":2'):
        assert part in text
    row = document("show", dataset, "--row", "0.1", "--version", 1)
    assert (row["id"], row["fate"], row["split"]) == ("0.1", "accepted", "train")
    assert row["cells"][0]["attempts"] == 2


async def test_a_row_that_is_not_there_is_an_error(dataset: Path) -> None:
    assert run("show", dataset, "--row", "999").exit_code == 1


async def test_versions_are_compared(dataset: Path) -> None:
    text = run("diff", dataset, "--from", 1, "--to", 2).stdout
    for part in ("version 1, 8 rows", "version 2, 16 rows", "told by id", "unchanged", "accepted: 8 to 16", "stars"):
        assert part in text
    found = document("diff", dataset, "--from", 1, "--to", 2)
    assert (found["rows"]["added"], found["rows"]["removed"], found["rows"]["unchanged"]) == (8, 0, 8)
    assert found["after"]["facts"]["accepted"] == "16"
    assert document("diff", dataset / "v1", dataset / "v2")["rows"] == found["rows"]
    assert document("diff", dataset, "--from", 1)["rows"] == found["rows"]


async def test_a_dataset_is_compared_with_any_file_of_rows_and_written_as_a_page(dataset: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("question,stars\nQuestion 0?,1\nQuestion 99?,5\n", encoding="utf-8")
    page = tmp_path / "diff.html"
    text = run("diff", rows, dataset, "--key", "question", "--html", page).stdout
    assert "columns added: id, answer" in text
    assert f"The page is {page}." in text
    assert b"Question 99?" in page.read_bytes()
    found = document("diff", rows, dataset, "--key", "question")
    assert (found["by"], found["rows"]["changed"], found["rows"]["removed"]) == ("question", 1, 1)
    assert document("diff", rows, dataset)["by"] is None


async def test_what_cannot_be_compared_is_wrong_use(dataset: Path, tmp_path: Path) -> None:
    assert run("diff", dataset).exit_code == 2
    assert run("diff", dataset, tmp_path / "absent").exit_code == 1
    assert run("diff", dataset, dataset, "--key", "absent").exit_code == 2
    assert run("diff", dataset, dataset, "--html", tmp_path / "absent" / "a.html").exit_code != 0


async def test_another_form_is_written(dataset: Path, tmp_path: Path) -> None:
    words = ("export", dataset, "--format", "alpaca", "--column", "output=stars")
    assert "16 rows" in run(*words, "--out", tmp_path / "a").stdout
    assert len((tmp_path / "a" / "train.jsonl").read_text().splitlines()) == 16
    assert document(*words, "--out", tmp_path / "b") == {"folder": str(tmp_path / "b"), "rows": 16, "skipped": 0}


@pytest.mark.parametrize("words", [["--format", "xml"], ["--format", "csv", "--column", "a"], ["--format", "dpo"]])
async def test_what_cannot_be_written_is_wrong_use(dataset: Path, tmp_path: Path, words: list[str]) -> None:
    assert run("export", dataset, *words, "--out", tmp_path / "a").exit_code == 2
    assert not (tmp_path / "a").exists()


async def test_an_intact_version_is_said_to_be(dataset: Path) -> None:
    result = run("verify", dataset)
    assert (result.exit_code, "is intact" in result.stdout) == (0, True)
    assert run("verify", dataset, "--public-key", public_key_text(KEY)).exit_code == 0
    assert document("verify", dataset)["is_intact"] is True


async def test_a_changed_file_is_named_and_the_command_fails(dataset: Path) -> None:
    path = dataset / "v2" / "data" / "train.parquet"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    result = run("verify", dataset)
    assert (result.exit_code, "data/train.parquet was changed" in result.stdout) == (1, True)
    assert run("verify", dataset, "--version", 1).exit_code == 0
    found = run("verify", dataset, "--json")
    assert [each["path"] for each in json.loads(found.stdout)["findings"]] == ["data/train.parquet"]
    assert found.exit_code == 1


async def test_another_signer_than_the_expected_one_is_found(dataset: Path) -> None:
    assert run("verify", dataset, "--public-key", "A" * 43 + "=").exit_code == 1
