import errno
import hashlib
from pathlib import Path

import pytest

from textnlp.adapters.dataset_files.unfinished_folder import UnfinishedFolder, disk_errors
from textnlp.domain.errors import ErrorKind, TextNLPError


def test_a_folder_appears_with_all_its_files(tmp_path: Path) -> None:
    with UnfinishedFolder(tmp_path / "a" / "v1") as folder:
        folder.put("b/c.txt", b"text")
        with folder.open("a.jsonl") as file:
            file.add(b"{}\n")
            file.add(b"{}\n{}\n", rows=2)
        assert not (tmp_path / "a" / "v1").exists()
        folder.publish()
    assert (tmp_path / "a" / "v1" / "b" / "c.txt").read_bytes() == b"text"
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["v1"]
    first, second = folder.files
    assert (first.path, first.rows, first.bytes) == ("a.jsonl", 3, 9)
    assert (second.path, second.rows, second.sha256) == ("b/c.txt", None, hashlib.sha256(b"text").hexdigest())


def test_a_folder_that_is_not_published_goes(tmp_path: Path) -> None:
    with UnfinishedFolder(tmp_path / "v1") as folder:
        folder.start("a").write(b"half")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("is_early", [True, False])
def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path, *, is_early: bool) -> None:
    def appear() -> None:
        (tmp_path / "v1").mkdir()
        (tmp_path / "v1" / "a").write_text("theirs")

    def write() -> None:
        with UnfinishedFolder(tmp_path / "v1") as folder:
            folder.put("a", b"ours")
            appear()
            folder.publish()

    if is_early:
        appear()
    with pytest.raises(TextNLPError) as caught:
        write()
    assert caught.value.kind is ErrorKind.CONFLICT
    assert [entry.name for entry in tmp_path.iterdir()] == ["v1"]
    assert (tmp_path / "v1" / "a").read_text() == "theirs"


def test_a_link_in_place_of_the_unfinished_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").touch()
    (tmp_path / ".v1.partial").symlink_to(tmp_path / "elsewhere")
    with UnfinishedFolder(tmp_path / "v1") as folder:
        folder.publish()
    assert (tmp_path / "elsewhere" / "kept").exists()
    assert not (tmp_path / "v1").is_symlink()


def test_a_full_disk_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError, match="No space left") as caught, disk_errors(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.kind is ErrorKind.UNAVAILABLE


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(TextNLPError) as caught, UnfinishedFolder(tmp_path / "file" / "v1"):
        pass
    assert caught.value.kind is ErrorKind.UNAVAILABLE
