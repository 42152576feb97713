from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.factories.datasets import rows_of, written
from textnlp.adapters.dataset_files.reader import find_version, list_versions, read_version
from textnlp.adapters.dataset_files.tombstone_file import (
    erase_version,
    forget_dataset,
    read_manifest,
    read_tombstone,
)
from textnlp.cli.dataset_folder import DatasetFolder
from textnlp.domain.catalog.model import Tombstone
from textnlp.domain.datasets.model import DatasetCounts
from textnlp.domain.errors import ErrorKind, TextNLPError

STONE = Tombstone(
    version=2,
    manifest_sha256="ab",
    counts=DatasetCounts(accepted=8),
    by="ann",
    at=datetime(2026, 3, 1, tzinfo=UTC),
    why="Names slipped in.",
)


async def test_nothing_is_left_but_the_tombstone_and_the_number_is_not_given_again(tmp_path: Path) -> None:
    for number in (1, 2):
        await written(tmp_path / f"v{number}", rows_of(7), version=number)
    erase_version(tmp_path / "v2", STONE)

    assert [path.name for path in (tmp_path / "v2").iterdir()] == ["tombstone.json"]
    assert read_tombstone(tmp_path / "v2") == STONE
    assert [version.version for version in list_versions(tmp_path)] == [1]
    assert find_version(tmp_path) == tmp_path / "v1"
    assert DatasetFolder(tmp_path).next_version() == 3
    for read in (read_manifest, read_version, find_version):
        with pytest.raises(TextNLPError, match="deleted by ann on 2026-03-01: Names slipped in") as caught:
            read(tmp_path / "v2")
        assert caught.value.kind is ErrorKind.GONE
    with pytest.raises(TextNLPError, match="deleted by ann"):
        find_version(tmp_path, version=2)
    with pytest.raises(TextNLPError) as caught:
        await written(tmp_path / "v2", rows_of(7), version=2)
    assert caught.value.kind is ErrorKind.CONFLICT


async def test_a_removal_that_was_cut_short_is_completed(tmp_path: Path) -> None:
    await written(tmp_path / "v2", rows_of(7), version=2)
    (tmp_path / "v2" / "tombstone.json").write_text("{")
    erase_version(tmp_path / "v2", STONE)
    erase_version(tmp_path / "v2", STONE)
    assert read_tombstone(tmp_path / "v2") == STONE
    assert not (tmp_path / "v2" / "data").exists()


async def test_what_a_link_leads_to_is_left_alone(tmp_path: Path) -> None:
    await written(tmp_path / "elsewhere", rows_of(7), version=2)
    (tmp_path / "v2").symlink_to(tmp_path / "elsewhere")
    erase_version(tmp_path / "v2", STONE)
    assert read_tombstone(tmp_path / "v2") == STONE
    assert read_version(tmp_path / "elsewhere").version == 2


async def test_a_folder_of_tombstones_alone_is_forgotten_and_one_with_a_version_is_not(tmp_path: Path) -> None:
    for number in (1, 2):
        await written(tmp_path / "d" / f"v{number}", rows_of(7), version=number)
    erase_version(tmp_path / "d" / "v1", STONE)
    forget_dataset(tmp_path / "d")
    assert (tmp_path / "d" / "v2").is_dir()
    erase_version(tmp_path / "d" / "v2", STONE)
    forget_dataset(tmp_path / "d")
    assert not (tmp_path / "d").exists()
    forget_dataset(tmp_path / "d")
