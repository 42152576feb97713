import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from textnlp.adapters.blobs.staged_files import abandoned_writes
from textnlp.adapters.blobs.staging import StagedFile, Staging
from textnlp.domain.inspection.model import Leftover

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)


def age(path: Path, by: timedelta) -> None:
    moment = (NOW - by).timestamp()
    os.utime(path, (moment, moment))


def found(root: Path) -> list[Leftover]:
    return abandoned_writes(root, root / "datasets", now=NOW, allowed=HOUR)


def test_a_folder_that_holds_nothing_half_written_has_no_leftovers(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    assert found(tmp_path) == []
    assert found(tmp_path / "missing") == []


def test_what_a_living_writer_writes_is_no_leftover_and_what_a_dead_one_left_is(tmp_path: Path) -> None:
    staging = Staging(tmp_path)
    path = staging.new_path()
    StagedFile.create(path).close()
    age(path.parent, 2 * HOUR)
    assert found(tmp_path) == []
    os.close(staging._descriptor)  # pyright: ignore[reportPrivateUsage]  as the end of its process does
    (leftover,) = found(tmp_path)
    assert (leftover.place, leftover.count) == (str(path.parent), 1)
    age(path.parent, HOUR / 2)
    assert found(tmp_path) == []


def test_a_version_of_a_dataset_that_was_begun_long_ago_is_a_leftover(tmp_path: Path) -> None:
    partial = tmp_path / "datasets" / "run_1" / ".v2.partial"
    partial.mkdir(parents=True)
    assert found(tmp_path) == []
    age(partial, 2 * HOUR)
    assert [leftover.place for leftover in found(tmp_path)] == [str(partial)]
