import os
from pathlib import Path

import pytest

from textnlp.adapters.blobs.folder import UNCONDITIONALLY, Condition, Folder, etag_of
from textnlp.domain.errors import ErrorKind, TextNLPError


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "root").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/secret").write_text("secret")
    return Folder(tmp_path / "root")


def _paths(folder: Folder, prefix: str = "") -> list[str]:
    return [info.path for info in folder.walk(prefix)]


def _put(folder: Folder, path: str, data: bytes = b"x") -> None:
    folder.put(path, data, condition=UNCONDITIONALLY)


def test_a_link_out_of_the_root_leads_nowhere(folder: Folder, tmp_path: Path) -> None:
    (folder.root / "file").symlink_to(tmp_path / "outside/secret")
    (folder.root / "folder").symlink_to(tmp_path / "outside")
    (folder.root / "up").symlink_to("..")
    assert _paths(folder) == []
    for path in ["file", "folder/secret", "up/outside/secret"]:
        with pytest.raises(TextNLPError) as caught:
            folder.open(path)
        assert caught.value.kind is ErrorKind.INVALID_INPUT
        assert "symbolic link" in caught.value.message
    for path in ["folder/secret", "up/outside/secret", "up/new"]:
        with pytest.raises(TextNLPError):
            _put(folder, path, b"overwritten")
        with pytest.raises(TextNLPError):
            folder.remove(path)
    with pytest.raises(TextNLPError):
        _paths(folder, "folder/")
    assert (tmp_path / "outside/secret").read_text() == "secret"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["outside", "root"]


def test_writing_over_a_link_replaces_the_link_and_not_its_target(folder: Folder, tmp_path: Path) -> None:
    (folder.root / "inside").write_text("target")
    (folder.root / "file").symlink_to("inside")
    _put(folder, "file", b"replaced")
    assert not (folder.root / "file").is_symlink()
    assert (folder.root / "inside").read_text() == "target"
    assert (tmp_path / "outside/secret").read_text() == "secret"


def test_links_within_the_root_are_followed(folder: Folder) -> None:
    _put(folder, "real/a", b"abc")
    (folder.root / "link").symlink_to("real/a")
    assert _paths(folder) == ["link", "real/a"]
    assert folder.look("link").st_size == 3


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    folder = Folder(tmp_path / "link")
    _put(folder, "a")
    assert _paths(folder) == ["a"]
    assert (tmp_path / "real/a").exists()


def test_links_in_a_circle_end_the_walk_nowhere(folder: Folder) -> None:
    _put(folder, "a/b")
    (folder.root / "a/circle").symlink_to("..")
    (folder.root / "self").symlink_to("self")
    assert _paths(folder) == ["a/b"]


def test_files_that_cannot_be_blobs_are_left_out(folder: Folder) -> None:
    _put(folder, "a")
    for name in [b"new\nline", b"back\\slash", b"\xff\xfe"]:
        Path(os.fsdecode(os.fsencode(folder.root) + b"/" + name)).write_bytes(b"x")
    os.mkfifo(folder.root / "pipe")
    (folder.root / "empty folder").mkdir()
    assert _paths(folder) == ["a"]


def test_what_is_being_written_is_not_listed(folder: Folder) -> None:
    staged = folder.staging.new_path()
    staged.write_bytes(b"half")
    assert _paths(folder) == []
    folder.commit(staged, "a")
    assert _paths(folder) == ["a"]


def test_a_blob_cannot_lie_below_another(folder: Folder) -> None:
    _put(folder, "a")
    with pytest.raises(OSError, match="a"):
        _put(folder, "a/b")
    _put(folder, "c/d/e")
    with pytest.raises(OSError, match="c"):
        _put(folder, "c")
    assert _paths(folder) == ["a", "c/d/e"]
    assert [path for path in folder.root.rglob("*") if path.is_file()] == [folder.root / "a", folder.root / "c/d/e"]


def test_a_folder_that_was_emptied_is_no_obstacle(folder: Folder) -> None:
    _put(folder, "a/b/c")
    folder.remove("a/b/c")
    _put(folder, "a")
    assert _paths(folder) == ["a"]


def test_a_version_is_younger_than_the_one_before(folder: Folder) -> None:
    _put(folder, "a")
    os.utime(folder.root / "a", ns=(0, 4_000_000_000_000_000_000))
    before = folder.look("a")
    _put(folder, "a")
    after = folder.look("a")
    assert after.st_mtime_ns > before.st_mtime_ns
    assert etag_of(after) != etag_of(before)


def test_a_file_brought_to_its_place_shows_that_it_came_whole(folder: Folder) -> None:
    _put(folder, "a")
    facts = folder.look("a")
    assert facts.st_ctime_ns > facts.st_mtime_ns


def test_a_failed_condition_leaves_no_trace(folder: Folder) -> None:
    _put(folder, "a")
    with pytest.raises(TextNLPError):
        folder.put("a", b"y", condition=Condition(if_absent=True))
    with pytest.raises(TextNLPError):
        folder.put("b", b"y", condition=Condition(if_etag="other"))
    assert _paths(folder) == ["a"]
    folder.staging.close()
    assert [entry.name for entry in folder.root.iterdir()] == ["a"]
