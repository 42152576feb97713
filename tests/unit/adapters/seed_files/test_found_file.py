import os
from pathlib import Path

import pytest

from textnlp.adapters.blobs.obstore_store import memory_blob_store
from textnlp.adapters.seed_files.found_file import FilesWanted, find_blobs, find_local_files
from textnlp.domain.errors import ErrorKind, TextNLPError

_FLAT = FilesWanted(suffixes=(".txt",), is_recursive=False)
_DEEP = FilesWanted(suffixes=(".txt",), is_recursive=True)


def plant(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def names_in(folder: Path, wanted: FilesWanted) -> list[str]:
    return [file.name for file in find_local_files(folder, wanted)]


def test_folders_are_read_with_their_folders_where_that_is_wanted(tmp_path: Path) -> None:
    plant(tmp_path, "b.txt", "a/z.TXT", "a/b/c.txt", "d.png", ".git/e.txt", "a/.f.txt")
    assert names_in(tmp_path, _FLAT) == ["b.txt"]
    assert names_in(tmp_path, _DEEP) == ["a/b/c.txt", "a/z.TXT", "b.txt"]


def test_a_circle_of_links_is_not_followed(tmp_path: Path) -> None:
    plant(tmp_path, "a/b.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert names_in(tmp_path, _DEEP) == ["a/b.txt"]


def test_files_that_cannot_be_read_are_named_when_nothing_is_left(tmp_path: Path) -> None:
    plant(tmp_path, *(f"{number}.png" for number in range(7)))
    with pytest.raises(TextNLPError) as caught:
        find_local_files(tmp_path, _FLAT)
    assert caught.value.message.endswith("there is 0.png, 1.png, 2.png, 3.png, 4.png, ….")
    assert caught.value.facts.hint == "Known endings are .txt."


def test_a_path_that_leads_nowhere_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        find_local_files(tmp_path / "none", _FLAT)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.NOT_FOUND, "seeds.path")


def test_a_path_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextNLPError) as caught:
        find_local_files(tmp_path / ("n" * 300), _FLAT)
    assert caught.value.facts.field == "seeds.path"


def test_a_name_that_is_no_utf_8_is_remembered_with_a_sign(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text("x")
    assert names_in(tmp_path, _FLAT) == ["\ufffd.txt"]


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("docs/a.txt", ["a.txt"]),
        ("docs", ["a.txt", "in/b.txt"]),
        ("docs/", ["a.txt", "in/b.txt"]),
        ("docs-2", ["docs-20.txt", "docs-21/c.txt"]),
        ("docs/i", ["in/b.txt"]),
    ],
    ids=["blob", "folder", "folder with a slash", "start of names", "start within a folder"],
)
async def test_blobs_are_found_by_path_folder_or_start(path: str, names: list[str]) -> None:
    blobs = memory_blob_store()
    for name in ("docs/a.txt", "docs/in/b.txt", "docs/.c.txt", "docs/d.png", "docs-20.txt", "docs-21/c.txt"):
        await blobs.put(name, b"x")
    assert [file.name for file in await find_blobs(path, blobs, _DEEP)] == names


async def test_blobs_in_inner_folders_are_left_where_one_folder_is_wanted() -> None:
    blobs = memory_blob_store()
    for name in ("docs/a.txt", "docs/in/b.txt"):
        await blobs.put(name, b"x")
    assert [file.name for file in await find_blobs("docs", blobs, _FLAT)] == ["a.txt"]


async def test_a_blob_that_is_not_there_is_not_found() -> None:
    with pytest.raises(TextNLPError) as caught:
        await find_blobs("docs", memory_blob_store(), _DEEP)
    assert (caught.value.kind, caught.value.facts.field) == (ErrorKind.NOT_FOUND, "seeds.path")
