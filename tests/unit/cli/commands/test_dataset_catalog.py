import json
from pathlib import Path
from typing import Any

import pytest

from tests.factories.datasets import rows_of, written
from tests.unit.cli.commands.test_dataset import document, run


@pytest.fixture
async def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset of three versions."""
    monkeypatch.setenv("COLUMNS", "200")
    for number in (1, 2, 3):
        await written(tmp_path / "kettles" / f"v{number}", rows_of(14 * number), version=number)
    return tmp_path / "kettles"


def kept(dataset: Path) -> dict[str, Any]:
    return json.loads((dataset / "catalog.json").read_bytes())


def test_tags_stand_for_versions_in_other_commands(dataset: Path) -> None:
    assert document("tag", dataset, "gold", "--version", 1, "--why", "Read twice.")["tags"] == {"gold": 1}
    assert document("show", dataset, "--version", "gold")["version"] == 1
    assert run("tag", dataset, "gold", "--version", 2).exit_code == 1
    assert document("tag", dataset / "v3", "gold", "--version", 2, "--move")["tags"] == {"gold": 2}
    assert "gold (version 2)" in run("facts", dataset).stdout
    assert "gold" in run("list", dataset).stdout
    assert document("verify", dataset, "--version", "gold")["is_intact"] is True
    assert run("untag", dataset, "gold").exit_code == 0
    assert run("show", dataset, "--version", "gold").exit_code == 1
    assert [event["kind"] for event in kept(dataset)["events"]] == ["tagged", "tagged", "untagged"]


def test_the_current_version_is_read_where_none_is_named(dataset: Path, tmp_path: Path) -> None:
    manifests = [(dataset / f"v{number}" / "manifest.json").read_bytes() for number in (1, 2, 3)]
    assert document("rollback", dataset, "--why", "Duplicates.")["current"] == 2
    assert document("show", dataset)["version"] == 2
    assert document("show", dataset, "--version", 3)["version"] == 3
    assert "24 rows" not in run("export", dataset, "--format", "csv", "--out", tmp_path / "csv").stdout
    assert document("rollback", dataset, "--why", "More.", "--to", 1)["current"] == 1
    assert run("rollback", dataset, "--why", "Further.").exit_code == 1
    assert [each["is_current"] for each in document("list", dataset)] == [True, False, False]
    assert [(dataset / f"v{number}" / "manifest.json").read_bytes() for number in (1, 2, 3)] == manifests
    told = run("history", dataset).stdout
    assert "rolled back current from version 3 to version 2" in told
    assert "Duplicates." in told


def test_a_deleted_version_is_listed_and_refused(dataset: Path) -> None:
    run("tag", dataset, "gold", "--version", 3)
    assert run("delete", dataset, "--version", 3, "--why", "Names.").exit_code == 1
    text = run("delete", dataset, "--version", 3, "--why", "Names.", "--force").stdout
    assert "24 accepted" in text.replace("\n", " ")
    assert [path.name for path in (dataset / "v3").iterdir()] == ["tombstone.json"]
    assert "deleted by" in run("list", dataset).stdout
    listed = document("list", dataset)
    assert [(each["version"], bool(each["deleted"])) for each in listed] == [(1, False), (2, False), (3, True)]
    assert listed[2]["deleted"]["why"] == "Names."
    for words in (["show"], ["show", "--rows", 1], ["verify"], ["lineage"]):
        assert run(words[0], dataset, *words[1:], "--version", 3).exit_code == 1
    assert run("delete", dataset, "--version", 3, "--why", "Again.").exit_code == 1
    assert run("delete", dataset, "--version", 9, "--why", "Never.").exit_code == 1
    assert document("show", dataset)["version"] == 2


def test_all_versions_may_be_deleted_and_are_listed_all_the_same(dataset: Path) -> None:
    for number in (1, 2, 3):
        assert run("delete", dataset, "--version", number, "--why", "All.").exit_code == 0
    assert len(document("list", dataset)) == 3
    assert run("show", dataset).exit_code == 1
    assert document("facts", dataset)["current"] is None
    assert len(document("history", dataset)["events"]) == 3


def test_facts_are_shown_set_and_cleared(dataset: Path) -> None:
    found = document("facts", dataset, "--license", "mit", "--description", "Kettles.", "--keep-until", "2030-01-01")
    assert (found["license"], found["keep_until"]) == ("MIT", "2030-01-01T00:00:00Z")
    assert run("delete", dataset, "--version", 1, "--why", "Old.").exit_code == 1
    found = document("facts", dataset, "--clear", "description", "--keep-days", 0)
    assert (found.get("description"), found["keep_days"]) == (None, 0)
    for words in (["--license", "free"], ["--keep-until", "soon"], ["--clear", "tags"]):
        assert run("facts", dataset, *words).exit_code == 2
    assert "kept for" in run("facts", dataset).stdout


def test_what_is_kept_no_longer_is_swept(dataset: Path) -> None:
    assert "No version's time is over." in run("sweep", dataset).stdout
    run("tag", dataset, "gold", "--version", 3)
    run("facts", dataset, "--keep-days", 1)
    assert document("sweep", dataset) == {"deleted": [1, 2]}
    assert document("sweep", dataset) == {"deleted": []}


def test_rows_are_looked_for(dataset: Path) -> None:
    words = ("show", dataset, "--where", "stars >= 4", "--columns", "id, stars", "--rows", 2)
    page = document(*words)
    assert [sorted(each["row"]) for each in page["rows"]] == [["id", "stars"]] * 2
    assert all(each["row"]["stars"] >= 4 for each in page["rows"])
    text = run(*words).stdout
    assert f"--after {page['next_after']}" in text
    following = document(*words, "--after", page["next_after"])
    assert {each["row"]["id"] for each in following["rows"]}.isdisjoint(each["row"]["id"] for each in page["rows"])
    assert "Question 1?" in run("show", dataset, "--search", "question 1?").stdout
    for wrong in (["--where", "score > 1"], ["--columns", "nope"], ["--rows", "1", "--row", "2"]):
        assert run("show", dataset, *wrong).exit_code == 2


def test_where_a_version_is_from_is_shown_as_text_and_as_data(dataset: Path) -> None:
    found = document("lineage", dataset)
    assert (found["version"], found["parent"], found["seed"]) == (3, 2, 7)
    text = run("lineage", dataset, "--version", 1).stdout
    for part in ("kettles, version 1", "1:abc", "nothing earlier", "scripted: 9 calls"):
        assert part in text


def test_a_folder_without_versions_has_no_catalog(tmp_path: Path) -> None:
    assert run("facts", tmp_path).exit_code == 1
    assert run("tag", tmp_path / "absent", "gold", "--version", 1).exit_code == 1
