from pathlib import Path

import pytest

from textnlp.cli.run_directory import RunRecord, open_run_directory
from textnlp.domain.errors import ErrorKind, TextNLPError
from textnlp.domain.identifiers import BatchId

RECORD = RunRecord(batch_id=BatchId("batch_1"), identity={"input": "abc", "model": "m"})


def test_what_was_saved_is_found_by_the_next_run(tmp_path: Path) -> None:
    with open_run_directory(tmp_path / "out") as directory:
        assert directory.record() is None
        directory.save(RECORD)
    with open_run_directory(tmp_path / "out") as directory:
        assert directory.record() == RECORD


def test_a_second_run_in_the_same_folder_is_refused_while_the_first_is_there(tmp_path: Path) -> None:
    with (
        open_run_directory(tmp_path),
        pytest.raises(TextNLPError, match="Another run is writing") as caught,
        open_run_directory(tmp_path),
    ):
        pass
    assert caught.value.kind is ErrorKind.CONFLICT


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TextNLPError, match="Cannot write to") as caught, open_run_directory(tmp_path / "file" / "out"):
        pass
    assert caught.value.facts.field == "out"


def test_every_difference_is_named_with_both_values(tmp_path: Path) -> None:
    with open_run_directory(tmp_path) as directory:
        directory.require_same({"input": "abc", "model": "m"}, RECORD)
        with pytest.raises(TextNLPError, match='model was "m", is "n"') as caught:
            directory.require_same({"input": "abc", "model": "n"}, RECORD)
    assert "--restart" in caught.value.full_text


def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    with open_run_directory(tmp_path) as directory:
        for broken in ("", "[]", '{"version": 99}', '{"version": 1}'):
            (tmp_path / ".textnlp" / "run.json").write_text(broken)
            assert directory.record() is None


def test_forgetting_removes_the_record_and_the_named_results_only(tmp_path: Path) -> None:
    (tmp_path / "generations.jsonl").write_text("x")
    (tmp_path / "mine.txt").write_text("x")
    with open_run_directory(tmp_path) as directory:
        directory.save(RECORD)
        directory.forget(["generations.jsonl", "errors.jsonl"])
        assert directory.record() is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [".textnlp", "mine.txt"]
